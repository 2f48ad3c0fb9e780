"""Who is told of a warning: rows in the outbox, in the transaction of the act."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from accounts.choices import PostKind
from accounts.models import Appointment, User
from accounts.posts.duty import answering
from accounts.queries import Holder
from common.database.paths import prefixes
from common.dates.local_time import LOCAL
from early_warnings.models import EarlyWarning
from notices.actions import queue_notices
from notices.choices import ALERT, ORDER, ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message
from notices.silence.no_recipients import tell_sender
from plans.document.notifying import channels_of, escalation_of
from plans.document.sections import Role
from plans.document.words import joined
from plans.engine.evaluation import level_of

#: Who is on duty in the units concerned: the incident's own and those above it.
ON_DUTY = (PostKind.DUTY_OFFICER, PostKind.DUTY_LEADER)
#: How a signature is asked for, and how where a sign-off clock has run out.
TO_SIGN = (Channel.APP, Channel.SMS)
OVERDUE = (Channel.APP, Channel.SMS, Channel.VOICE)


def ask_to_sign(
    warning: EarlyWarning, holders: Iterable[Holder], *, now: datetime, clock_id: str = ""
) -> None:
    """Ask these people for their signature; `clock_id` names the sign-off clock that ran out, if one did.

    Each round and each clock is a reason of its own: who is asked again is told again.
    """
    asked = ".".join(filter(None, ["warning.to_sign", str(warning.round), clock_id]))
    by = f"{warning.sign_by.astimezone(LOCAL):%H:%M:%S}" if warning.sign_by else ""
    late_zh, late_en = ("（签发超时，转请）", " (overdue)") if clock_id else ("", "")
    by_zh, by_en = (f" 时限 {by}", f" By {by}.") if by else ("", "")
    text_zh = f"待签发{late_zh}{_level(warning, 'zh')}预警 {warning.number}：{warning.matter}{by_zh}"
    text_en = f"To sign{late_en}: {_level(warning, 'en')} warning {warning.number}: {warning.matter}{by_en}"
    queue_notices(
        _occasion(warning, purpose=asked),
        Message(text_zh[:300], text_en[:300]),
        recipients=_recipients(holders),
        channels=OVERDUE if clock_id else TO_SIGN,
        priority=ORDER,
        now=now,
    )


def tell_signed(warning: EarlyWarning, recipients: list[Recipient], *, now: datetime) -> None:
    """Tell everybody named in what was signed, and follow up on silence as the plan says."""
    facts = {
        "level": {"zh": _level(warning, "zh"), "en": _level(warning, "en")},
        "number": warning.number,
        "area": warning.area,
        "matter": warning.matter,
        "measures": warning.measures,
    }
    queue_notices(
        _occasion(warning, purpose="warning.signed"),
        Message(wording="warning.signed", facts=facts),
        recipients=recipients,
        channels=channels_of(warning.plan.document),
        priority=ALERT,
        escalation=escalation_of(warning.plan.document, warning.level),
        now=now,
    )


def tell_of_nobody(warning: EarlyWarning, roles: Iterable[Role], signed_by: User, *, now: datetime) -> None:
    """Who signed learns whom the plan names and nobody is: they have to be found by other ways."""
    words = joined([role.words for role in roles], "、", ", ")
    if words.zh:
        tell_sender(
            signed_by,
            _occasion(warning, purpose="warning.signed"),
            who={"zh": words.zh, "en": words.en},
            about={"zh": f"预警 {warning.number}", "en": f"warning {warning.number}"},
            now=now,
        )


def tell_returned(warning: EarlyWarning, *, now: datetime) -> None:
    """The drafter learns that it came back, and why."""
    drafters = {person.pk: Recipient(person, "") for person in (warning.drafted_by, warning.proposed_by)}
    text_zh = f"预警 {warning.number} 被退回：{warning.return_reason}"
    text_en = f"Warning {warning.number} was returned: {warning.return_reason}"
    queue_notices(
        _occasion(warning, purpose=f"warning.returned.{warning.round}"),
        Message(text_zh[:300], text_en[:300]),
        recipients=drafters.values(),
        channels=[Channel.APP],
        priority=ORDER,
        now=now,
    )


def tell_lifted(warning: EarlyWarning, recipients: list[Recipient], *, now: datetime) -> None:
    text_zh = f"{_level(warning, 'zh')}预警 {warning.number} 已解除：{warning.lift_reason}"
    text_en = f"{_level(warning, 'en')} warning {warning.number} was lifted: {warning.lift_reason}"
    queue_notices(
        _occasion(warning, purpose="warning.lifted"),
        Message(text_zh[:300], text_en[:300]),
        recipients=recipients,
        channels=[Channel.APP],
        priority=ROUTINE,
        now=now,
    )


def people_to_tell(
    warning: EarlyWarning, named: Iterable[Holder], now: datetime, besides: User
) -> list[Recipient]:
    """Whom the plan names, everybody on duty (by the roster) in the unit and above it, who was asked to sign, and the drafter.

    `besides`: who is acting need not be told.
    """
    asked = warning.requests.values_list("post_id", flat=True)
    drafters = [person for person in (warning.drafted_by, warning.proposed_by) if person is not None]
    return whom_to_tell(warning.unit_path, named, asked, now, besides=besides, drafters=drafters)


def whom_to_tell(
    unit_path: str,
    named: Iterable[Holder],
    asked: Iterable[int],
    now: datetime,
    *,
    besides: User | None,
    drafters: Iterable[User] = (),
) -> list[Recipient]:
    """The same for a unit, where there is no warning yet: `asked` are the posts asked for the signature."""
    meant = Q(post__in=list(asked)) | Q(post__unit__path__in=prefixes(unit_path), post__kind__in=ON_DUTY)
    rows = Appointment.objects.current(now).filter(meant).select_related("person", "post").order_by("pk")
    found = {holder.person.pk: _behind(holder) for holder in named}
    for one in answering(rows, now):
        found.setdefault(one.person.pk, Recipient(one.person, one.post.title, one.post.pk))
    for person in drafters:
        found.setdefault(person.pk, Recipient(person, ""))
    if besides is not None:
        found.pop(besides.pk, None)
    return list(found.values())


def _recipients(holders: Iterable[Holder]) -> list[Recipient]:
    found = {holder.person.pk: _behind(holder) for holder in holders}
    return list(found.values())


def _behind(holder: Holder) -> Recipient:
    return Recipient(holder.person, holder.post.title, holder.post.pk)


def _level(warning: EarlyWarning, language: str) -> str:
    return level_of(warning.plan.document, warning.level).words.in_language(language)


def _occasion(warning: EarlyWarning, *, purpose: str) -> Occasion:
    return Occasion(purpose, warning.key, warning.unit, warning.thread, warning.drill)
