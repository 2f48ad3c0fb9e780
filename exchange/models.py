"""Other installations and their keys, our own keys, what goes to them and what came from them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from common.database.columns import staff, together
from common.database.encrypted_fields import SealedField
from common.database.paths import PathField
from exchange import keys, rules
from exchange.choices import Direction, IncomingState, KeyState, Kind, OutgoingState, PartnerState
from journal.keys import key

_HASH = {"max_length": 64}


class OwnKey(models.Model):
    """A key that this installation signs with. While two are in use, each document bears both signatures."""

    public = models.CharField(max_length=44, unique=True)
    secret = SealedField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = staff()
    #: From then on it signs nothing more, and its secret is gone.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = staff(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=together("ended_at", "ended_by"), name="an_ended_own_key_says_when_and_by_whom"
            )
        ]

    def __str__(self):
        return self.fingerprint

    @property
    def key(self) -> str:
        return key("exchange_key", self.pk)

    @property
    def fingerprint(self) -> str:
        return keys.fingerprint(self.public)


class Partner(models.Model):
    """Another installation: one of the level above or below."""

    #: As it calls itself, for good: the fingerprint of its first key.
    uid = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    #: What reports and plans call it besides, one a line.
    also_called = models.CharField(max_length=300, blank=True, default="")
    direction = models.CharField(max_length=12, choices=Direction)
    #: Of the level above: our unit that reports to it, with those below. Of the level below: our unit that it stands for.
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    #: Held against the operator's list when it is proposed, and before each document.
    address = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=PartnerState, default=PartnerState.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = staff()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = staff(null=True, blank=True)
    #: Why it was suspended or ended.
    reason = models.CharField(max_length=200, blank=True, default="")
    #: When a document of ours was last received there, and one of theirs here.
    last_received_at = models.DateTimeField(null=True, blank=True)
    last_heard_at = models.DateTimeField(null=True, blank=True)
    silences = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=80, blank=True, default="")
    #: Of the process that sends now.
    holder = models.CharField(max_length=16, blank=True, default="")
    held_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["uid"], condition=~Q(state="ended"), name="one_live_partner_per_installation"
            ),
            models.CheckConstraint(
                condition=together("confirmed_at", "confirmed_by"), name="a_confirmed_partner_says_by_whom"
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(confirmed_at__isnull=False),
                name="an_active_partner_was_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="a_partner_is_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="suspended") | ~Q(reason=""), name="a_suspended_partner_says_why"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def key(self) -> str:
        return key("exchange_partner", self.pk)

    @property
    def names(self) -> list[str]:
        return [self.name, *self.also_called.splitlines()]

    @property
    def is_superior(self) -> bool:
        return self.direction == Direction.SUPERIOR

    @property
    def is_live(self) -> bool:
        return self.state in rules.PARTNERS.live


class PartnerKey(models.Model):
    """A public key of another installation, accepted only by a second person who compared its fingerprint."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="keys")
    public = models.CharField(max_length=44)
    state = models.CharField(max_length=10, choices=KeyState, default=KeyState.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = staff()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = staff(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "public"], condition=~Q(state="withdrawn"), name="a_key_once_per_partner"
            ),
            models.CheckConstraint(
                condition=together("accepted_at", "accepted_by"), name="an_accepted_key_says_by_whom"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(accepted_at__isnull=False),
                name="a_key_in_use_was_accepted",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | ~Q(accepted_by=F("proposed_by")),
                name="a_key_is_accepted_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="a_withdrawn_key_says_when",
            ),
        ]

    def __str__(self):
        return self.fingerprint

    @property
    def fingerprint(self) -> str:
        return keys.fingerprint(self.public)


class Outgoing(models.Model):
    """A document that goes to another installation: written with the act, sent later, kept until it is received."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="outgoing")
    #: The same for each try.
    uid = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    #: What it is here, by its journal key, and the thread that belongs to; empty: nothing but this document.
    subject = models.CharField(max_length=80, blank=True, default="")
    thread = models.CharField(max_length=80, blank=True, default="")
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    #: Its number and title on paper.
    number = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    #: The bytes as they are sent, every time the same. Empty once nothing more is tried, where the thing itself stands
    #: in a table of its own; an order stands nowhere else.
    body = models.TextField(blank=True)
    sha256 = models.CharField(**_HASH)
    state = models.CharField(max_length=10, choices=OutgoingState, default=OutgoingState.QUEUED)
    queued_at = models.DateTimeField()
    queued_by = staff()
    next_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    #: Of the last try: "503", or why there was no receipt.
    last_error = models.CharField(max_length=80, blank=True, default="")
    #: When the duty room was told that it is not through.
    told_at = models.DateTimeField(null=True, blank=True)
    #: First receipt: when it was stored there, under which number; and the answer as it was signed.
    received_at = models.DateTimeField(null=True, blank=True)
    receipt_number = models.CharField(max_length=60, blank=True, default="")
    receipt = models.TextField(blank=True, default="")
    #: Second receipt: who there has it, by name and post.
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=120, blank=True, default="")
    acknowledged_note = models.CharField(max_length=300, blank=True, default="")
    #: How it was settled another way.
    settled_note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "kind", "subject"],
                condition=~Q(subject=""),
                name="a_thing_goes_to_a_partner_once",
            ),
            models.CheckConstraint(
                condition=Q(state="received", received_at__isnull=False)
                & ~Q(receipt_number="")
                & ~Q(receipt="")
                | ~Q(state="received") & Q(received_at__isnull=True, receipt_number="", receipt=""),
                name="a_received_document_has_its_receipt",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by="")
                | Q(acknowledged_at__isnull=False) & ~Q(acknowledged_by=""),
                name="an_acknowledgement_names_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(settled_note=""), name="a_settled_document_says_how"
            ),
            models.CheckConstraint(
                condition=Q(body="", state__in=["received", "dropped"]) & ~Q(subject="")
                | ~Q(body="") & (Q(state__in=["queued", "refused"]) | Q(subject="")),
                name="a_text_goes_when_nothing_more_is_tried",
            ),
        ]
        indexes = [
            models.Index(
                fields=["partner", "next_at"], condition=Q(state="queued"), name="exchange_document_due"
            ),
            models.Index(fields=["unit_path", "-queued_at"], name="exchange_sent_list"),
            models.Index(fields=["subject"], name="exchange_sent_subject"),
        ]

    def __str__(self):
        return self.number

    @property
    def key(self) -> str:
        return key("exchange_sent", self.pk)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be received there."""
        return self.state in OutgoingState.open()

    def let_text_go(self) -> None:
        """Nothing more is tried: what stands in a table of its own is not kept here a second time."""
        if self.subject:
            self.body = ""

    @property
    def error_text(self) -> str:
        """What came of the last try, in the reader's language."""
        if not self.last_error:
            return ""
        if self.last_error.isdigit():
            return _("the other installation answered %(status)s") % {"status": self.last_error}
        if self.last_error == "bad_receipt":
            return _("its receipt was not in order, so it does not count")
        if self.last_error == "not_listed":
            return _("the operator does not list its address (EXCHANGE_TARGETS)")
        if self.state == OutgoingState.REFUSED:
            return _("the other installation refused it (%(code)s)") % {"code": self.last_error}
        return _("the other installation did not answer (%(why)s)") % {"why": self.last_error}


class Incoming(models.Model):
    """A document of another installation, stored once."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="incoming")
    uid = models.CharField(max_length=40)
    #: Of the bytes as they came; what is kept of them is masked.
    sha256 = models.CharField(**_HASH)
    kind = models.CharField(max_length=20, choices=Kind)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    #: Ours: the number of the receipt. Theirs: as it stands on the paper.
    number = models.CharField(max_length=60, unique=True)
    their_number = models.CharField(max_length=60)
    title = models.CharField(max_length=200, blank=True)
    #: [{"label", "text"}] in the order of the paper.
    texts = models.JSONField(default=list)
    signed_by = models.CharField(max_length=120, blank=True, default="")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_sha256 = models.CharField(**_HASH, blank=True, default="")
    #: By when something is asked for.
    due_at = models.DateTimeField(null=True, blank=True)
    #: When it was written there, and when it came here.
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=IncomingState, default=IncomingState.NEW)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = staff(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "uid"], name="a_document_of_a_partner_once"),
            models.CheckConstraint(
                condition=Q(
                    state="acknowledged", acknowledged_at__isnull=False, acknowledged_by__isnull=False
                )
                | ~Q(state="acknowledged") & Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True),
                name="an_acknowledged_document_says_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["unit_path", "-received_at"], name="exchange_inbox")]

    def __str__(self):
        return self.number

    @property
    def key(self) -> str:
        return key("exchange_document", self.pk)


class Refusal(models.Model):
    """What a partner signed and we did not take: another content under a known id, a form we do not read."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="refusals")
    uid = models.CharField(max_length=40)
    sha256 = models.CharField(**_HASH)
    code = models.CharField(max_length=40)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "uid", "sha256", "code"], name="a_refusal_is_counted_once"
            )
        ]

    def __str__(self):
        return f"{self.partner} {self.code}"
