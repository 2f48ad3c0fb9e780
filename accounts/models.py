"""Units, people, posts, and who holds which post from when to when."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.timezone import localtime
from django.utils.translation import get_language

from accounts.access.user_agents import words_for
from accounts.choices import HeldAs, PostKind, Tier
from accounts.contacts.models import NumberCode, VerifiedNumber  # noqa: F401  (tables of this room)
from accounts.emergency.models import EmergencyAccess, OpenedThing  # noqa: F401  (tables of this room)
from accounts.exclusions.models import Exclusion  # noqa: F401  (table of this room)
from accounts.push.models import PushDevice  # noqa: F401  (table of this room)
from accounts.reform.models import Reform, Succession  # noqa: F401  (tables of this room)
from accounts.screens.models import Screen  # noqa: F401  (table of this room)
from accounts.tokens.scopes import as_text
from common.database.encrypted_fields import SealedField
from common.database.paths import PathField
from common.text.codes import SquadField, UnitCodeField


class UnitQuerySet(models.QuerySet):
    def open_at(self, date):
        """Units that exist on `date` (valid_to is the first day they no longer do)."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=date),
            Q(valid_to__isnull=True) | Q(valid_to__gt=date),
        )

    def under(self, path):
        return self.filter(path__under=path)


class Unit(models.Model):
    """An organ in the tree: province, city, county, township, village.

    The code is what people call it and may change hands; it is never the key. Below is a range of `path`.
    """

    #: Capitals, whatever the door: common.text.codes.
    code = UnitCodeField(max_length=40)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    tier = models.CharField(max_length=10, choices=Tier)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = PathField(unique=True)
    phone = models.CharField(max_length=30, blank=True, default="")
    address = models.CharField(max_length=120, blank=True, default="")
    #: The second line of superiors: the authority of the area it works under, beside the unit above it in the tree, and
    #: the telephone of that office. Never a person's own number.
    local_superior = models.CharField(max_length=80, blank=True, default="")
    local_phone = models.CharField(max_length=40, blank=True, default="")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to__isnull=True), name="one_open_unit_per_code"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                name="unit_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(local_phone="") | ~Q(local_superior=""), name="a_local_telephone_is_somebodys"
            ),
            models.CheckConstraint(condition=Q(code__fits="unit_code"), name="unit_code_fits_an_address"),
        ]
        indexes = [models.Index(fields=["parent"]), models.Index(fields=["tier", "path"])]

    def __str__(self):
        return in_reader_language(self.name, self.name_en)


class User(AbstractUser):
    """A member of staff with an account. Nobody else is ever a row here."""

    name = models.CharField(max_length=40, blank=True, default="")
    #: At most 30 characters; sealed text is longer.
    phone = SealedField(max_length=120, blank=True, default="")
    #: Who they are at the chat service of this installation (WeCom, DingTalk, Feishu); at most 64 characters. Given by
    #: who keeps the accounts, never chosen by oneself.
    chat_id = SealedField(max_length=200, blank=True, default="")
    #: What messages to this person are written in; pages follow the cookie of the browser.
    language = models.CharField(max_length=10, blank=True, default="")
    password_changed_at = models.DateTimeField(null=True, blank=True)
    #: Set while the password is one that somebody else handed over: good until then, for choosing an own one.
    one_time_until = models.DateTimeField(null=True, blank=True)
    #: Names of the role cards whose first steps this person has put away (dashboards.help.first_visit).
    cards_seen = models.JSONField(default=list, blank=True)

    first_name = last_name = None

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("username"), name="one_account_per_username_whatever_the_case"),
            models.CheckConstraint(
                condition=Q(username__fits="username"),
                name="username_fits_an_address",
            ),
        ]

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)


class Post(models.Model):
    """A chair in a unit, e.g. the director of county 1. Rights belong to posts, not to people."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=20, choices=PostKind)
    #: The plan's squad id for squad posts ("dialogue"), else empty.
    squad = SquadField(max_length=40, blank=True, default="")
    title = models.CharField(max_length=60)
    title_en = models.CharField(max_length=80, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "squad", "title"], name="one_post_per_title"),
            models.CheckConstraint(
                condition=Q(squad="") | Q(kind=PostKind.SQUAD), name="only_squad_posts_name_a_squad"
            ),
            models.CheckConstraint(
                condition=Q(squad="") | Q(squad__fits="squad"), name="squad_fits_an_address"
            ),
        ]

    def __str__(self):
        return in_reader_language(self.title, self.title_en)


class Skill(models.Model):
    """What a member of staff is by profession, by the word that plans use for it: lawyer, notary, psychologist."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="skills")
    #: As a plan's squads ask for it (their `composition`).
    code = SquadField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "code"], name="each_skill_once_per_person"),
            models.CheckConstraint(condition=Q(code__fits="squad"), name="skill_fits_an_address"),
        ]

    def __str__(self):
        return self.code


class AppointmentQuerySet(models.QuerySet):
    def current(self, now):
        """In force at `now`: from the first moment, up to but not including the last."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=now),
            valid_from__lte=now,
            post__closed_at__isnull=True,
            person__is_active=True,
        )

    def current_or_coming(self, now):
        """Not yet over at `now`, whether or not it has begun."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now))

    def overlapping(self, start, end):
        """In force at some moment from `start` up to `end` (None: without end)."""
        rows = self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=start))
        return rows.filter(valid_from__lt=end) if end else rows


class Appointment(models.Model):
    """A person holds a post from one moment to another: as holder, as AB角, or by a delegation that ends."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    held_as = models.CharField(max_length=10, choices=HeldAs, default=HeldAs.HOLDER)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="appointment_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(held_as=HeldAs.DELEGATE) | (Q(valid_to__isnull=False) & ~Q(reason="")),
                name="delegation_ends_and_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "valid_from"]),
            models.Index(fields=["post", "valid_from"]),
        ]

    def __str__(self):
        return f"{self.person} – {self.post}"


class ApiToken(models.Model):
    """A bearer token of the HTTP API. Only its hash is kept; the token is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    hash = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=80, blank=True, default="")
    #: What it opens, as OAuth writes it: "alarms:write incidents:read" (accounts.tokens.scopes).
    scopes = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    #: Written no more than once an hour.
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"{self.user} {self.note}"

    @property
    def scopes_as_text(self):
        return as_text(self.scopes)


class FormerPassword(models.Model):
    """The hashes of a person's last passwords, so that none of them comes back."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_passwords")
    hash = models.CharField(max_length=200)
    at = models.DateTimeField()


class OpenSession(models.Model):
    """A sign-in that has not ended: what a person sees under "my open sessions"."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    signed_in_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True, default="")
    device = models.CharField(max_length=200, blank=True, default="")

    def __str__(self):
        return f"{self.user} {localtime(self.signed_in_at):%Y-%m-%d %H:%M}"

    @property
    def device_words(self):
        return words_for(self.device)


class WrongTry(models.Model):
    """A wrong password or code, counted for a few minutes. `key` names what is limited, never what was typed."""

    key = models.CharField(max_length=100)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["key", "at"])]

    def __str__(self):
        return self.key


class UsedCode(models.Model):
    """A one-time code that was accepted: the time step it belongs to. The same one is never accepted again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="used_codes")
    step = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "step"], name="one_use_per_code")]

    def __str__(self):
        return f"{self.user} {self.step}"


def in_reader_language(zh: str, en: str) -> str:
    """The English wording for an English reader where there is one, else the Chinese."""
    return en if en and (get_language() or "").startswith("en") else zh
