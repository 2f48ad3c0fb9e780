"""Writing down what a provider has approved. Lock, check, change, record."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import Invalid, NotAllowed
from journal.keys import key
from journal.record import record
from notices.actions import queue_notices
from notices.approved.queries import in_use, templates_in_use
from notices.approved.rules import CHANNELS, Wording, as_text, wording_of
from notices.channels.routes import carriers
from notices.choices import TEST
from notices.models import ApprovedTemplate
from notices.number_tests import PURPOSE
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import WORDINGS, Message

#: Whoever keeps the engine keeps what it sends through.
VERB = "engine.view"
#: A test that nobody carried by then is of no use.
TEST_LASTS = timedelta(minutes=10)
#: What a test says instead of facts.
SAMPLE = {"zh": "示例", "en": "sample"}
SAMPLES = {"level": {"zh": "黄色", "en": "Yellow"}, "number": "0000", "until": "00:00", "count": "1"}


@dataclass(frozen=True)
class Which:
    """Of which wording, in which language, at which gateway."""

    gateway: str
    channel: str
    wording: str
    language: str


@dataclass(frozen=True)
class Approval:
    """What the provider has approved; the fields are those of notices.models.ApprovedTemplate."""

    code: str
    variables: str = ""
    sign: str = ""
    variable_limit: int | None = None
    approval_number: str = ""


@transaction.atomic
def set_template(*, reach: Reach, which: Which, approval: Approval, now: datetime) -> ApprovedTemplate:
    """Write down the template of a wording in its present version, in place of the one before.

    Raises NotAllowed, and Invalid where it leaves out what must be said or names what the wording has not.
    """
    check_may(reach)
    provider, wording = find_wording(which)
    where = {"gateway": which.gateway, "provider": provider, "channel": which.channel}
    where |= {"wording": which.wording, "language": which.language}
    row = ApprovedTemplate.objects.select_for_update(of=("self",)).filter(**where).first()

    before = _content(row) if row else {}
    row = row or ApprovedTemplate(**where)
    row.code, row.sign = approval.code.strip(), approval.sign.strip()
    row.variables = approval.variables.strip()
    row.variable_limit, row.approval_number = approval.variable_limit, approval.approval_number.strip()
    _check_says(row, wording)

    row.version, row.changed_at, row.changed_by = wording.version, now, reach.user
    row.save()

    _record("template.set", row, reach, now, {"from": before, "to": _content(row)})
    return row


@transaction.atomic
def remove_template(*, reach: Reach, which: Which, now: datetime) -> None:
    """It is not approved any more. Once it is gone nothing happens a second time."""
    check_may(reach)
    provider, _wording = find_wording(which)
    rows = ApprovedTemplate.objects.select_for_update(of=("self",)).filter(provider=provider)
    row = rows.filter(**vars(which)).first()
    if row is None:
        return
    before = _content(row)

    _record("template.removed", row, reach, now, {"from": before})
    row.delete()


def check_may(reach: Reach) -> None:
    if not reach.has(VERB):
        raise NotAllowed(
            "not_your_board",
            _("This page was not opened: templates are kept by the system administrator. Ask them."),
        )


def find_wording(which: Which) -> tuple[str, Wording]:
    """The provider and the wording; Invalid for what is not there."""
    provider = dict(in_use()).get(which.gateway, "")
    wording = wording_of(which.wording, which.channel) if which.channel in CHANNELS else None
    if not provider or wording is None or which.gateway not in carriers(which.channel):
        raise Invalid(
            "no_such_template",
            _(
                "Nothing was changed: this gateway does not send such a message. Look at the list of templates."
            ),
        )
    return provider, wording


def _check_says(row: ApprovedTemplate, wording: Wording) -> None:
    ours = [fact for _theirs, fact in row.pairs()]
    theirs = [name for name, _fact in row.pairs()]
    unknown = sorted({fact for fact in ours if fact not in wording.facts})
    left_out = [fact for fact in wording.must_say if fact not in ours]
    sentence = ""
    if len(set(theirs)) != len(theirs) or "" in theirs:
        sentence = _("Each line is a variable of the provider, once: its name, =, ours.")
    elif unknown:
        sentence = _("This wording has no %(facts)s. It has: %(known)s.") % {
            "facts": ", ".join(unknown),
            "known": ", ".join(wording.facts),
        }
    elif left_out:
        sentence = _("A message without %(facts)s does not say which one it is: name it in a variable.") % {
            "facts": ", ".join(left_out)
        }
    if sentence:
        raise Invalid(
            "template_variables",
            _("The template was not kept: %(why)s") % {"why": sentence},
            fields={"variables": [sentence]},
        )


def _content(row: ApprovedTemplate) -> dict:
    return {
        "code": row.code,
        "sign": row.sign,
        "variables": row.variables,
        "limit": row.variable_limit,
        "approval": row.approval_number,
        "version": row.version,
    }


def _record(kind: str, row: ApprovedTemplate, reach: Reach, now: datetime, content: dict) -> None:
    about = {
        "provider": row.provider,
        "channel": row.channel,
        "wording": row.wording,
        "language": row.language,
    }
    record(
        kind,
        subject=key("template", row.pk),
        actor=reach.user,
        post=reach.title_for(VERB, next(iter(reach.paths(VERB)), "")),
        at=now,
        content={**about, **content},
    )


@transaction.atomic
def send_test(*, reach: Reach, which: Which, now: datetime) -> None:
    """Send it to the administrator's own number, marked as a drill, with samples for facts. It is not recorded: a
    notice is its own record.

    Raises Invalid where they have no number, or where nothing is approved that could be tried.
    """
    check_may(reach)
    _provider, wording = find_wording(which)
    if not reach.user.phone:
        raise Invalid(
            "no_number",
            _("No test was sent: no telephone number is on file for you. Ask your security administrator."),
        )
    if (which.gateway, which.channel, which.wording, which.language) not in templates_in_use():
        raise Invalid("no_template", _("No test was sent: write the template down first."))

    facts = {fact: SAMPLES.get(fact, SAMPLE) for fact in wording.facts}
    message = Message(
        text_zh=as_text(wording.patterns["zh"], facts, "zh"),
        text_en=as_text(wording.patterns["en"], facts, "en"),
        wording=which.wording if which.wording in WORDINGS else "",
        facts=facts,
    )
    queue_notices(
        Occasion(PURPOSE, key("template_test", reach.user.pk, int(now.timestamp())), None, drill=True),
        message,
        recipients=[Recipient(reach.user, "")],
        channels=[which.channel],
        priority=TEST,
        expires_at=now + TEST_LASTS,
        now=now,
    )
