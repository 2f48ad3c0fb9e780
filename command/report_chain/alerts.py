"""Who is told that a report waits for the signature: rows in the outbox, in the act's own transaction."""

from collections.abc import Iterable
from datetime import datetime

from accounts.queries import Holder
from command.report_chain.contents.drafting import title_of
from command.report_chain.models import UpwardReport
from notices.actions import queue_notices
from notices.choices import ORDER, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message


def ask_to_sign(report: UpwardReport, holders: Iterable[Holder], *, now: datetime) -> None:
    """Each time it is asked for is a reason of its own: the text may have changed meanwhile."""
    people = {one.person.pk: Recipient(one.person, one.post.title, one.post.pk) for one in holders}
    title = title_of(report.facts, report.unit.name, report.kind, report.ordinal, drill=False)
    text_zh = f"待签发上报 {report.reference}：{title}"
    text_en = f"To sign: report {report.reference} to the level above"
    queue_notices(
        Occasion(
            f"upward_report.to_sign.{report.rev}", report.key, report.unit, report.incident.key, report.drill
        ),
        Message(text_zh[:300], text_en[:300]),
        recipients=people.values(),
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )
