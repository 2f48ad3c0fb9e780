"""The outbox: who is to be told, by which way, and how far that got. A row is the promise; sending keeps it."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from common.database.paths import PathField
from common.drills import RealRows, marked
from journal.keys import key
from notices.choices import ON_SCREEN, ROUTINE, Answer, Channel, Do, PushKind, PushState, State
from notices.incoming.failure_reasons import NO_POSTS, reason_of, result_of

#: How each state looks in lists.
LOOKS = {
    State.QUEUED: "wait",
    State.SENT: "wait",
    State.DELIVERED: "wait",
    State.HEARD: "ok",
    State.ACKNOWLEDGED: "ok",
    State.FAILED: "bad",
    State.ESCALATED: "bad",
    State.CANCELLED: "off",
}


class NoticeQuerySet(RealRows):
    def open(self):
        """Still to be sent, claimed ones included."""
        return self.filter(state=State.QUEUED)

    def claimable(self, now):
        return self.open().filter(visible_at__lte=now)

    def about(self, key: str):
        """Notices of one subject ("warning:7") or of a whole thread ("incident:5")."""
        return self.filter(Q(subject=key) | Q(thread=key))

    def visible_to(self, reach):
        """Notices of units this person sees, of incidents shared with them, and their own."""
        seen = reach.filter("incident.view")
        if not reach.has("inquiry.view"):
            # That somebody's conduct is looked into is nobody else's business.
            seen &= ~Q(subject__startswith=key("inquiry"))
        seen |= Q(recipient=reach.user)
        if reach.threads:
            seen |= Q(thread__in=reach.threads)
        return self.filter(seen, reach.open_rows(key="subject"), reach.open_rows(key="thread"))


class Notice(models.Model):
    """One person × one channel × one reason, unique by `dedupe`.

    The lease is `visible_at` in the future: nothing is ever stuck, and nobody has to clean up after a
    sender that died.
    """

    #: The same for every attempt: the gateway throws the second one away.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    dedupe = models.CharField(max_length=220, unique=True)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    #: The post in whose name the person is told, as it was called then.
    post = models.CharField(max_length=120, blank=True, default="")
    #: The post they are told for; whoever does not answer for it any more is not called.
    held_post = models.ForeignKey(
        "accounts.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=10, choices=Channel)
    #: Why, e.g. "warning.signed" or "order.issued".
    purpose = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    thread = models.CharField(max_length=60)
    unit = models.ForeignKey(
        "accounts.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    unit_path = PathField(blank=True, default="")
    text_zh = models.TextField()
    text_en = models.TextField(blank=True, default="")
    #: The template and its version: "warning.signed/sms@1"; empty for a text its room wrote itself.
    wording = models.CharField(max_length=80, blank=True, default="")
    #: Language → name → what the template was filled in with; of text messages and calls, which a gateway may have
    #: to fill in a template of its own with.
    facts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    drill = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(default=ROUTINE)
    #: Delivered another way is not enough: silence brought this one about.
    insists = models.BooleanField(default=False)
    #: Several notices that leave as one message share it, for every attempt.
    bundle = models.UUIDField(null=True, editable=False)

    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    visible_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    #: Grows with every claim: who claimed earlier may not postpone what another one holds now.
    token = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: The first attempt went to the second gateway; a later one must know, also in another process.
    by_second = models.BooleanField(default=False, db_default=False)
    #: Which gateway has the present or last attempt; `provider_id` is a number of that one's. Empty: not a gateway's.
    gateway = models.CharField(max_length=8, blank=True, default="", db_default="")
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=120, blank=True, default="")
    #: What the person answered, e.g. "1".
    reply = models.CharField(max_length=200, blank=True, default="")
    answer = models.CharField(max_length=10, choices=Answer, blank=True, default="")
    last_error = models.CharField(max_length=200, blank=True, default="")

    #: Added to the text as it leaves and never stored; see before_sending.py.
    addendum = ""
    #: What the providers have approved, put beside it as it leaves; see notices.approved.queries.
    approved: Mapping[tuple[str, ...], "ApprovedTemplate"] = MappingProxyType({})

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[State.SENT, State.DELIVERED, State.HEARD]) | Q(sent_at__isnull=False),
                name="notice_sent_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ACKNOWLEDGED) | Q(acknowledged_at__isnull=False),
                name="notice_acknowledged_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(state=State.ACKNOWLEDGED),
                name="notice_stays_acknowledged",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gte=F("queued_at")),
                name="notice_expires_after_it_is_queued",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "visible_at"], condition=Q(state=State.QUEUED), name="notice_open"
            ),
            models.Index(
                fields=["recipient", "-queued_at"],
                condition=Q(channel=Channel.APP, state__in=ON_SCREEN),
                name="notice_inbox",
            ),
            models.Index(fields=["thread"], name="notice_thread"),
            models.Index(fields=["subject"], name="notice_subject"),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="notice_provider"),
            # A report may name the reference of the message: its key, or its bundle's.
            models.Index(fields=["key"], name="notice_key"),
            models.Index(fields=["bundle"], condition=Q(bundle__isnull=False), name="notice_bundle"),
            # What one message takes along: the same person, the same channel, still waiting.
            models.Index(
                fields=["recipient", "channel"], condition=Q(state=State.QUEUED), name="notice_to_one"
            ),
        ]

    def __str__(self):
        return f"{self.channel} → {self.recipient_id}: {self.purpose} {self.subject}"

    @property
    def text(self) -> str:
        """For the reader of this page; messages by gateway use `text_for_recipient`."""
        return self.text_in(get_language() or "")

    @property
    def post_words(self) -> str:
        """The post in the reader's language where it is known, else as it was called then. Load `held_post`."""
        return str(self.held_post) if self.held_post_id else self.post

    @property
    def look(self) -> str:
        """Green only once an ear is proved: sent, and even delivered, is not heard."""
        return LOOKS[State(self.state)]

    @property
    def reason(self) -> str:
        return reason_of(self.last_error)

    @property
    def headline(self) -> str:
        """The first line; a screen folds away the rest."""
        return self.text.partition("\n")[0]

    @property
    def details(self) -> str:
        return self.text.partition("\n")[2]

    def language_for_recipient(self) -> str:
        """Which of the two texts the recipient gets: "zh" or "en"."""
        return self._spoken(self.recipient.language)

    def text_for_recipient(self) -> str:
        """In the recipient's own language; a drill says so first, unless the text does already."""
        return self.text_in(self.recipient.language)

    def text_in(self, language: str) -> str:
        language = self._spoken(language)
        return marked(self.text_en if language == "en" else self.text_zh, self.drill, language)

    def _spoken(self, language: str) -> str:
        return "en" if self.text_en and language.startswith("en") else "zh"


class Callout(models.Model):
    """One person to be reached for one reason, whatever the channels: what they answered, and for whom they stand in.

    Written only where silence is followed up. It is locked before any notice of the same person and reason.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="callouts")
    post = models.CharField(max_length=120, blank=True, default="")
    held_post = models.ForeignKey("accounts.Post", null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60)
    purpose = models.CharField(max_length=60)
    thread = models.CharField(max_length=60)
    unit = models.ForeignKey("accounts.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    unit_path = PathField(blank=True, default="")
    level = models.CharField(max_length=20, blank=True, default="")
    drill = models.BooleanField(default=False)
    #: The plan wants each person's own answer, not just anybody's.
    needs_each = models.BooleanField(default=False)
    stands_in_for = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="stand_ins")
    began_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=Answer, blank=True, default="")
    #: When somebody else was told, or the duty leader.
    escalated_at = models.DateTimeField(null=True, blank=True)
    #: When the duty leader was told that nobody heard.
    breached_at = models.DateTimeField(null=True, blank=True)
    #: Who has taken it on to telephone them by hand (notices.silence.manual_calls).
    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: When what it was about ended: nobody is waited for any more (notices.relevance.ending).
    ended_at = models.DateTimeField(null=True, blank=True)
    still_after = models.DurationField(null=True, blank=True)
    still_left = models.PositiveSmallIntegerField(default=0)
    #: notices.sending.message_templates.Message: what the next channel and the next person are told as well.
    message = models.JSONField(default=dict)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "subject", "purpose"], name="told_once_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="an_answer_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "purpose"], name="callout_reason"),
            models.Index(fields=["thread"], name="callout_thread"),
        ]

    def __str__(self):
        return f"{self.recipient_id}: {self.purpose} {self.subject}"

    @property
    def post_words(self) -> str:
        return str(self.held_post) if self.held_post_id else self.post


class EscalationStep(models.Model):
    """What is done if nobody hears by then: a row, so that a restart forgets none and takes none twice."""

    callout = models.ForeignKey(Callout, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    do = models.CharField(max_length=16, choices=Do)
    channels = models.JSONField(default=list)
    #: How long after the notice, as the plan says it; the next person's steps count from their own notice.
    after = models.DurationField(default=timedelta)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    #: What came of it: "answered", "told 市局带班领导", "nobody left".
    result = models.CharField(max_length=200, blank=True, default="")

    #: Title of a post → how the reader calls it; given by who lists steps for a reader (notices.reading.delivery_proof).
    known_posts = NO_POSTS

    class Meta:
        constraints = [models.UniqueConstraint(fields=["callout", "number"], name="one_step_per_number")]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at__isnull=True), name="step_due")]

    def __str__(self):
        return f"{self.callout_id} #{self.number} {self.do}"

    @property
    def result_words(self) -> str:
        return result_of(self.result, self.known_posts)


class Attempt(models.Model):
    """One try. Begun without an end means: uncertain, the sender died in between."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "number"], name="one_attempt_per_number")]

    def __str__(self):
        return f"{self.notice_id} #{self.number} {self.outcome or '–'}"


class GatewayEvent(models.Model):
    """What a gateway reported, once, as it came. An event may come before its notice knows the provider's id."""

    #: Which gateway said it, as its signature shows. Empty: either of two that share one secret.
    gateway = models.CharField(max_length=8, blank=True, default="", db_default="")
    #: An id of that gateway's: another one's message may have the same.
    provider_id = models.CharField(max_length=120)
    #: Our own name for the message, where the gateway repeats it.
    reference = models.UUIDField(null=True, blank=True)
    event = models.CharField(max_length=20)
    reply = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    is_applied = models.BooleanField(default=False)
    #: Why it was applied to nothing.
    note = models.CharField(max_length=80, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "provider_id", "event", "reply", "at"], name="one_gateway_event"
            )
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(is_applied=False), name="gateway_event_waiting")
        ]

    def __str__(self):
        return f"{self.provider_id} {self.event}"


class PushMessage(models.Model):
    """What one browser is told of one notice on screen, or that this is over. Leased like a notice.

    Apart from the notices, so that nobody counts as told by it: what follows silence, proofs and figures do not know it.
    """

    device = models.ForeignKey("accounts.PushDevice", on_delete=models.CASCADE, related_name="messages")
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="pushes")
    kind = models.CharField(max_length=10, choices=PushKind, default=PushKind.TELL)
    state = models.CharField(max_length=10, choices=PushState, default=PushState.QUEUED)
    queued_at = models.DateTimeField()
    visible_at = models.DateTimeField()
    #: After this it is of no use, and the push service throws it away too.
    expires_at = models.DateTimeField()
    token = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True, default="")

    #: What it says, made as it leaves and never stored; see notices.push.contents.
    content: Mapping[str, Any] = MappingProxyType({})

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "notice", "kind"], name="a_device_is_told_once"),
            models.CheckConstraint(
                condition=~Q(state=PushState.SENT) | Q(sent_at__isnull=False), name="a_sent_push_has_its_time"
            ),
        ]
        indexes = [
            models.Index(fields=["visible_at"], condition=Q(state=PushState.QUEUED), name="push_open"),
            models.Index(fields=["queued_at"], name="push_queued"),
        ]

    def __str__(self):
        return f"{self.device_id}: {self.kind} {self.notice_id}"


class ApprovedTemplate(models.Model):
    """A wording of ours as a provider has approved it: its code there, and which of our facts its variables are.

    Of one gateway and one provider: another account has other codes. The journal keeps what was before.
    """

    gateway = models.CharField(max_length=8)
    provider = models.CharField(max_length=20)
    #: Text message or call: each has its own templates.
    channel = models.CharField(max_length=10, choices=Channel)
    #: A key of notices.sending.message_templates.WORDINGS, or what has none of its own (notices.channels.texts).
    wording = models.CharField(max_length=60)
    language = models.CharField(max_length=2, default="zh")
    code = models.CharField(max_length=60)
    #: Empty: the one of the settings.
    sign = models.CharField(max_length=40, blank=True, default="")
    #: One a line, in the provider's order: its name and ours, "level = level".
    variables = models.TextField(blank=True, default="")
    #: Characters of one variable; empty: what the provider allows as a rule.
    variable_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    approval_number = models.CharField(max_length=60, blank=True, default="")
    #: Which version of our wording was approved.
    version = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "provider", "channel", "wording", "language"],
                name="one_template_of_a_wording",
            )
        ]

    def __str__(self):
        return f"{self.provider} {self.channel} {self.wording}: {self.code}"

    def pairs(self) -> list[tuple[str, str]]:
        """(the provider's name, ours), in the provider's order."""
        lines = (line.partition("=") for line in self.variables.splitlines() if line.strip())
        return [(theirs.strip(), ours.strip()) for theirs, _sign, ours in lines]
