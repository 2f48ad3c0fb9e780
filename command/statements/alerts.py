"""Who is told that a statement waits for approval, and how long that lasts."""

from datetime import datetime

from accounts.choices import PostKind
from accounts.models import User
from command.statements.choices import StatementState
from command.statements.models import Statement
from command.statements.rules import TO_APPROVE
from incidents.rules import OPEN
from notices.actions import queue_notices
from notices.choices import ORDER, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import DRILL_MARK, Message
from notices.silence.no_recipients import tell_sender
from plans.document.sections import Role
from plans.document.words import Words
from plans.people.holders import Bench

_LEADER = Role("duty_leader", Words("带班领导", "Duty leader"), post=PostKind.DUTY_LEADER)


def ask_to_approve(statement: Statement, writer: User, *, now: datetime) -> None:
    """The leader on duty at the incident's unit, or the nearest above; each text is a reason of its own."""
    incident = statement.incident
    occasion = Occasion(
        f"{TO_APPROVE}.{statement.rev}", statement.key, incident.unit, incident.key, incident.drill
    )
    asked = [one for one in Bench(incident.unit, now).holders(_LEADER) if one.person != writer]
    if not asked:
        tell_sender(
            writer,
            occasion,
            who={"zh": "可以批准的带班领导", "en": "a duty leader who may approve it"},
            about={"zh": f"待批准的权威信息：{incident.number}", "en": f"statement to approve: {incident.number}"},
            now=now,
        )  # fmt: skip
    mark = DRILL_MARK if incident.drill else {"zh": "", "en": ""}
    queue_notices(
        occasion,
        Message(
            f"{mark['zh']}待批准：{incident.number} 权威信息“{statement.text}”"[:300],
            f"{mark['en']}To approve: official statement on {incident.number}: {statement.text}"[:300],
        ),
        recipients=[Recipient(one.person, one.post.title, one.post.pk) for one in asked],
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )


def _waiting(asked: set[int], now: datetime) -> set[int]:
    """Until it is approved or discarded, while its incident is open."""
    rows = Statement.objects.filter(pk__in=asked, state=StatementState.DRAFT, incident__state__in=OPEN)
    return set(rows.values_list("pk", flat=True))


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {TO_APPROVE: validity.while_live(_waiting)}
