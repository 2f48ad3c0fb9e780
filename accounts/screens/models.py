"""A screen on a wall: a place that shows a unit's picture, and nobody's account."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.screens.choices import Scale, Theme


class ScreenQuerySet(models.QuerySet):
    def kept(self):
        """Registered and not taken down."""
        return self.filter(ended_at=None)


class Screen(models.Model):
    """It signs in with a code that is good once, and stays connected for weeks. One that was taken down stays listed."""

    #: Where it hangs, in words.
    label = models.CharField(max_length=40)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="screens")
    scale = models.CharField(max_length=2, choices=Scale, default=Scale.MEDIUM)
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.DARK)
    language = models.CharField(max_length=10, default="zh-hans")
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: Of the code that connects it; the code itself was shown once.
    code_hash = models.CharField(max_length=64, blank=True, default="")
    code_until = models.DateTimeField(null=True, blank=True)
    session_key = models.CharField(max_length=40, blank=True, default="")
    connected_at = models.DateTimeField(null=True, blank=True)
    #: The moment at which it has to be connected anew.
    until = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ScreenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(label=""), name="a_screen_says_where_it_hangs"),
            models.CheckConstraint(
                condition=Q(code_hash="", code_until__isnull=True)
                | (~Q(code_hash="") & Q(code_until__isnull=False)),
                name="a_screens_code_ends",
            ),
            models.CheckConstraint(
                condition=Q(session_key="")
                | Q(connected_at__isnull=False, until__gt=F("connected_at"), ended_at__isnull=True),
                name="a_connected_screen_is_connected_until",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="who_took_a_screen_down_is_known",
            ),
            models.UniqueConstraint(
                fields=["session_key"], condition=~Q(session_key=""), name="one_screen_per_session"
            ),
            models.UniqueConstraint(
                fields=["code_hash"], condition=~Q(code_hash=""), name="one_screen_per_code"
            ),
        ]
        indexes = [models.Index(fields=["unit"], condition=Q(ended_at=None), name="screen_kept")]

    def __str__(self):
        return self.label
