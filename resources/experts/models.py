"""Experts, and the calls that were made to them within an incident."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from common.database.encrypted_fields import SealedField
from common.database.paths import PathField
from incidents.models import granted_pks
from journal.keys import key
from plans.document.words import Words
from resources.experts import rules
from resources.experts.choices import CallState, CallVerb
from resources.visibility import near


class ExpertQuerySet(models.QuerySet):
    def visible_to(self, reach):
        return self.filter(near(reach))

    def listed(self):
        return self.filter(ended_at__isnull=True)

    def available(self, now):
        """The twin of `rules.is_available` in SQL."""
        is_away = Q(away_from__lte=now) & (Q(away_until__isnull=True) | Q(away_until__gt=now))
        return self.exclude(is_away)


class Expert(models.Model):
    """An adviser of the bureau, with or without an account here. Never somebody who comes to the bureau."""

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="experts")
    unit_path = PathField()
    #: The plan's pool and kind ("expert_pool", "retired_judge"), and its words for the kind; empty: of no pool.
    pool = models.CharField(max_length=80, blank=True, default="")
    kind = models.CharField(max_length=80, blank=True, default="")
    title_zh = models.CharField(max_length=80, blank=True, default="")
    title_en = models.CharField(max_length=120, blank=True, default="")
    #: What they are asked about.
    skill = models.CharField(max_length=120, blank=True, default="")
    #: Whose name and number stand with the account alone, and who answers a call with it.
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Empty where there is an account, and once they are off the list; then the number is gone too.
    name = models.CharField(max_length=40, blank=True, default="")
    organisation = models.CharField(max_length=80, blank=True, default="")
    #: At most 40 characters; sealed text is longer.
    phone = SealedField(max_length=160, blank=True, default="")
    away_from = models.DateTimeField(null=True, blank=True)
    away_until = models.DateTimeField(null=True, blank=True)
    away_note = models.CharField(max_length=120, blank=True, default="")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    rev = models.PositiveIntegerField(default=1)

    objects = ExpertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kind="") | ~Q(skill=""), name="an_expert_knows_something"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, account__isnull=True) & ~Q(name="")
                | Q(ended_at__isnull=True, account__isnull=False, name="")
                | Q(ended_at__isnull=False, account__isnull=True, name=""),
                name="off_the_list_the_name_is_gone",
            ),
            models.CheckConstraint(
                condition=Q(away_from__isnull=True, away_until__isnull=True, away_note="")
                | Q(away_from__isnull=False, away_until__isnull=True)
                | Q(away_from__isnull=False, away_until__gt=F("away_from")),
                name="away_has_a_beginning",
            ),
            models.UniqueConstraint(
                fields=["unit", "account"],
                condition=Q(ended_at__isnull=True),
                name="an_account_advises_a_unit_once",
            ),
        ]
        indexes = [models.Index(fields=["unit_path", "kind"])]

    def __str__(self):
        return self.shown_name or self.title

    @property
    def shown_name(self) -> str:
        """The account's where there is one; empty off the list."""
        return str(self.account) if self.account else self.name

    @property
    def shown_phone(self) -> str:
        return self.account.phone if self.account else self.phone

    @property
    def key(self) -> str:
        return key("expert", self.pk)

    @property
    def title(self) -> str:
        """What they are, in the reader's language."""
        return Words(self.title_zh, self.title_en).in_language(get_language()) or self.skill

    @property
    def is_listed(self) -> bool:
        return self.ended_at is None

    def is_available(self, now) -> bool:
        return rules.is_available(self.away_from, self.away_until, now)


class ExpertCallQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """Those of incidents this person may see."""
        condition = reach.filter("incident.view")
        if granted := granted_pks(reach):
            condition |= Q(incident_id__in=granted)
        return self.filter(condition)

    def live(self):
        return self.filter(state__in=rules.CALLS.live)


class ExpertCall(models.Model):
    """One call to one expert for one incident."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="expert_calls")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="calls")
    #: The incident's unit.
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    question = models.CharField(max_length=300)
    state = models.CharField(max_length=12, choices=CallState, default=CallState.CALLED)
    called_at = models.DateTimeField()
    #: When they arrived or were consulted, whichever was first.
    met_at = models.DateTimeField(null=True, blank=True)
    rev = models.PositiveIntegerField(default=1)

    objects = ExpertCallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "expert"],
                condition=Q(state=CallState.CALLED),
                name="one_open_call_per_expert_and_incident",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[CallState.ARRIVED, CallState.CONSULTED],
                    met_at__isnull=False,
                    met_at__gte=F("called_at"),
                )
                | ~Q(state__in=[CallState.ARRIVED, CallState.CONSULTED]) & Q(met_at__isnull=True),
                name="an_expert_who_was_met_has_its_time",
            ),
        ]

    def __str__(self):
        return f"{self.incident_id} {self.expert_id} {self.state}"

    @property
    def key(self) -> str:
        return key("expert_call", self.pk)


class ExpertCallStep(models.Model):
    """One thing that happened in a call; the advice is among them. Appended, never edited."""

    call = models.ForeignKey(ExpertCall, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=12, choices=CallVerb)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb__in=rules.NEEDS_NOTE) | ~Q(note=""), name="advice_is_in_words"
            ),
        ]

    def __str__(self):
        return f"{self.call_id} {self.verb}"
