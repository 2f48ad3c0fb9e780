"""The archive of an incident that is over: what happened, what was signed, and the means to check both without us.

Nothing is kept here: it is put together from the rows when it is asked for. What the reader may not see is not in it.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.scope import Reach
from command.activation.models import Decision
from command.activation.queries import responses
from command.activation.serializers import summary as response_summary
from command.destruction import queries as destruction
from command.destruction.forms import detail as certificate_detail
from command.destruction.paper import text_of as text_of_certificate
from command.improvements import queries as improvements
from command.improvements.forms import detail as improvement_detail
from command.orders.queries import for_incident as orders_of
from command.orders.serializers import detail as order_detail
from command.report_chain.queries import reports_of
from command.report_chain.serializers import detail as report_detail
from command.review import queries as reviews
from command.review.choices import ReviewState
from command.review.forms import detail as review_detail
from command.review.forms import follow_up_detail
from command.review.paper import text_of
from common.dates.local_time import LOCAL
from common.drills import marked
from common.errors import NotAllowed, WrongState
from dashboards.journal import timeline
from early_warnings.queries import for_incident as warnings_of
from early_warnings.serializers import detail as warning_detail
from incidents.models import Incident
from incidents.queries import timeline as entries_of
from incidents.serializers import detail as incident_detail
from incidents.voice_notes import queries as voice_notes
from journal.models import Entry
from works.kinds import Report

_VERIFY = Path(__file__).with_name("verify.py")


class Signed(NamedTuple):
    """A text as it was signed, and the hash that its signature is."""

    name: str
    text: str
    digest: str


def check_can_archive(reach: Reach, incident: Incident) -> None:
    """Who sees the incident by a post of their own (a squad that was sent there does not), once it is over."""
    if not reach.holds("incident.view", incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _("The archive of %(number)s was not made: it is for its unit and those above it.")
            % {"number": incident.number},
        )
    if incident.is_open:
        raise WrongState(
            "incident_open",
            _("The archive of %(number)s was not made: the incident is still open. Close it first.")
            % {"number": incident.number},
        )


def archive_of(
    reach: Reach, incident: Incident, now: datetime, report: Report = lambda done, total=0, phrase="": None
) -> bytes:
    """A zip file. Its manifest names every file with its SHA-256; `python3 verify.py` checks it."""
    check_can_archive(reach, incident)
    signed = list(_signed(reach, incident))
    steps = _steps(reach, incident, now)
    files: dict[str, str] = {}
    for number, step in enumerate(steps):
        report(number, len(steps) + 1, "gathering")
        files |= step()
    files |= {one.name: one.text for one in signed}
    report(len(steps), len(steps) + 1, "packing")
    manifest = {
        "incident": incident.number,
        "drill": incident.drill,
        "made_at": now,
        "made_by": reach.user.username,
        "files": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()},
        "signed": {one.name: one.digest for one in signed},
    }
    return _zipped({**files, "manifest.json": _json(manifest)}, now)


def _steps(reach: Reach, incident: Incident, now: datetime) -> list[Callable[[], dict[str, str]]]:
    """Each gives some files of the archive, by name."""
    return [
        lambda: {"README.txt": _readme(incident, now), "incident.json": _json(incident_detail(incident))},
        lambda: {"timeline.txt": _timeline(reach, incident)},
        lambda: {"journal.jsonl": _journal(reach, incident)},
        lambda: {"warnings.json": _json([warning_detail(one) for one in warnings_of(incident)])},
        lambda: {
            "responses.json": _json(
                [response_summary(one) for one in responses(reach).filter(incident=incident)]
            )
        },
        lambda: {"orders.json": _json([order_detail(one) for one in orders_of(incident)])},
        lambda: {"reports.json": _json([report_detail(one, now) for one in reports_of(incident)])},
        lambda: _reviews(reach, incident, now),
        lambda: _certificates(incident) | _voice_notes(incident),
        lambda: {"verify.py": _VERIFY.read_text(encoding="utf-8")},
    ]


def _reviews(reach: Reach, incident: Incident, now: datetime) -> dict[str, str]:
    """The reviews with their follow-ups, each approved one as text; every improvement, those not finished marked."""
    found = list(reviews.reviews_of(incident))
    for one in found:
        one.incident = incident
    lines = [follow_up_detail(line.row) for line in reviews.follow_ups_of(reach, incident, now)]
    cards = improvements.cards(reach, improvements.of_source(reach, incident.key), now)
    texts = {f"review-{one.n}.txt": text_of(one) for one in found if one.state == ReviewState.APPROVED}
    return {
        "reviews.json": _json(
            {"reviews": [review_detail(one, reviews.answers_of(one)) for one in found], "follow_ups": lines}
        ),
        "improvements.json": _json([improvement_detail(card) | {"open": card.row.is_live} for card in cards]),
        **texts,
    }


def _certificates(incident: Incident) -> dict[str, str]:
    """What became of the personal data, closing by closing."""
    found = list(destruction.certificates_of(incident))
    for one in found:
        one.incident = incident
    texts = {f"certificate-{one.number}.txt": text_of_certificate(one) for one in found}
    return {"certificates.json": _json([certificate_detail(one) for one in found]), **texts}


def _voice_notes(incident: Incident) -> dict[str, str]:
    """That something was said and its hash; never what was said."""
    found = [voice_notes.described(note) for note in voice_notes.gathered_by(incident)]
    return {"voice-notes.json": _json(found)} if found else {}


def _signed(reach: Reach, incident: Incident) -> Iterator[Signed]:
    for warning in warnings_of(incident):
        if warning.signed_text:
            yield Signed(f"signed/{warning.number}.txt", warning.signed_text, warning.signature)
    decided = Decision.objects.filter(response__in=responses(reach).filter(incident=incident)).exclude(
        signed_text=""
    )
    for place, decision in enumerate(decided.select_related("response").order_by("pk"), start=1):
        name = f"signed/{decision.response.number}-{place}-{decision.kind}.txt"
        yield Signed(name, decision.signed_text, decision.signature)
    for report in reports_of(incident):
        if report.signed_text:
            yield Signed(f"signed/report-{report.n}.txt", report.signed_text, report.signature)


def _journal(reach: Reach, incident: Incident) -> str:
    """Each entry as it was hashed, with the hash of the one before it in the whole journal."""
    entries = [entry for entry in entries_of(reach, incident) if entry.number]
    before = {entry.number - 1 for entry in entries}
    hashes = dict(Entry.objects.filter(number__in=before).values_list("number", "hash"))
    lines = [
        {
            "number": entry.number,
            "previous": hashes.get(entry.number - 1, ""),
            "hash": entry.hash,
            "body": entry.body,
        }
        for entry in sorted(entries, key=lambda entry: entry.number)
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _timeline(reach: Reach, incident: Incident) -> str:
    rows = timeline.rows(entries_of(reach, incident), incident.plan.document)
    lines = [
        f"{row['at'].astimezone(LOCAL):%Y-%m-%d %H:%M:%S}  {row['title']}  {row['text']}  {row['who']}".rstrip()
        for row in rows
    ]
    return "\n".join([f"{incident.number} {incident.title}", "", *lines, ""])


def _readme(incident: Incident, now: datetime) -> str:
    made = f"{now.astimezone(LOCAL):%Y-%m-%d %H:%M}"
    chinese = (
        f"{marked('事件', incident.drill, 'zh')} {incident.number} 归档包，{made} 生成。\n"
        "timeline.txt 为经过；journal.jsonl 为日志原文；signed 目录为签发原文；其余为数据。\n"
        "核验：装有 Python 3 的电脑上运行 python3 verify.py，无需本系统。\n"
    )
    english = (
        f"{marked('Archive of incident', incident.drill, 'en')} {incident.number}, made {made}.\n"
        "timeline.txt says what happened; journal.jsonl holds the entries as they were hashed; signed/ what was signed.\n"
        "To check it: python3 verify.py on any computer with Python 3.\n"
    )
    return f"{english}\n{chinese}" if (get_language() or "").startswith("en") else f"{chinese}\n{english}"


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1) + "\n"


def _zipped(files: dict[str, str], now: datetime) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            moment = now.astimezone(LOCAL).timetuple()[:6]
            archive.writestr(zipfile.ZipInfo(name, moment), text.encode(), zipfile.ZIP_DEFLATED)
    return target.getvalue()
