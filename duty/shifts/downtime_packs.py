"""The pack for the day everything is down: who has duty, whom to ring in what order, what is open. As PDF.

Written by a task from a row, kept in DATA_DIR/papers for some days, for those who may look people up there.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from accounts.models import Unit, User
from clocks.models import Clock
from common.dates.local_time import day_of
from common.documents import official_documents
from common.drills import marked
from common.errors import Refused
from common.failpoints import crash_point
from duty.comms_checks.queries import called_roles
from duty.shifts import rules
from duty.shifts.choices import PackState
from duty.shifts.models import DowntimePack
from duty.shifts.queries import MOST, open_incidents_of
from incidents.checklist.queries import open_lines
from incidents.models import Incident
from incidents.serializers import reasons_in, said_once
from journal.keys import key
from journal.record import record
from plans.engine.evaluation import levels_of
from plans.lifecycle.citations import cited
from plans.lifecycle.queries import plan_in_force
from plans.people.holders import Bench
from rosters.models import Shift
from rosters.queries import ROSTERED, on_duty

#: Duties of the next so many hours stand in the list.
AHEAD = timedelta(hours=36)
#: A pack older than this is not written any more: its shift is over.
WORTH_WRITING = timedelta(hours=36)


def folder() -> Path:
    return Path(settings.DATA_DIR) / "papers"


def write_waiting(now: datetime) -> int:
    """Write every pack that waits. One that cannot be written says why and holds up no other. Returns how many."""
    waiting = DowntimePack.objects.filter(state=PackState.WAITING).order_by("pk")
    return sum(write_one(pk, now) for pk in list(waiting.values_list("pk", flat=True)[:50]))


def write_one(pk: int, now: datetime) -> bool:
    """Set one pack and put it in its place; the file is whole before the row says that it is there."""
    pack = DowntimePack.objects.select_related("unit").filter(pk=pk, state=PackState.WAITING).first()
    if pack is None:
        return False
    try:
        if pack.for_at < now - WORTH_WRITING:
            raise Refused("too_old", "the shift is over")
        with override("zh-hans"):
            content = official_documents.as_pdf(document_of(pack.unit, now))
        name = _store(pack, content)
    except (Refused, OSError) as error:
        DowntimePack.objects.filter(pk=pk).update(state=PackState.FAILED, error=str(error)[:200])
        return False
    crash_point("downtime_packs.stored_not_marked")
    _mark(pack, name, now)
    return True


def _store(pack: DowntimePack, content: bytes) -> str:
    """Readable by the service's own account only: it holds telephone numbers."""
    name = f"pack-{pack.pk}-{localtime(pack.for_at):%Y%m%d-%H%M}.pdf"
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = folder() / f"{name}.{os.getpid()}"
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder() / name)
    return name


@transaction.atomic
def _mark(pack: DowntimePack, name: str, now: datetime) -> None:
    marked = DowntimePack.objects.filter(pk=pack.pk, state=PackState.WAITING)
    if marked.update(state=PackState.WRITTEN, file=name, written_at=now, error=""):
        content = {"for": pack.for_at}
        record(
            "paper.written",
            subject=key("paper", pack.pk),
            unit=pack.unit,
            actor=None,
            at=now,
            content=content,
        )


def delete_old(now: datetime) -> int:
    """Delete the files past their time; the rows stay and say so."""
    old = DowntimePack.objects.filter(state=PackState.WRITTEN, for_at__lt=now - rules.PACKS_KEPT)
    for pack in list(old[:200]):
        (folder() / pack.file).unlink(missing_ok=True)
    return old.update(state=PackState.DELETED, file="")


@transaction.atomic
def write_pack_again(*, pack: DowntimePack) -> None:
    """Have a pack written that failed, or that should show the present."""
    DowntimePack.objects.filter(pk=pack.pk).exclude(state=PackState.DELETED).update(
        state=PackState.WAITING, file="", written_at=None, error=""
    )


@transaction.atomic
def read_pack(*, pack: DowntimePack, actor: User, now: datetime) -> bytes | None:
    """The pack's content for a reader, and the record of who read it; None where there is no file."""
    try:
        content = (folder() / pack.file).read_bytes() if pack.file else None
    except FileNotFoundError:
        content = None
    if content is not None:
        record("paper.downloaded", subject=key("paper", pack.pk), unit=pack.unit, actor=actor, at=now)
    return content


# --- what stands in it -------------------------------------------------------------------------------------


def document_of(unit: Unit, now: datetime) -> official_documents.Paper:
    """Duty list, call tree, open incidents, time limits; everything a desk needs with a telephone and a pen."""
    body: list[official_documents.Block] = [
        official_documents.Heading(_("1. On duty now")),
        _duty_table(unit, now),
    ]
    body += [official_documents.Heading(_("2. Duties ahead")), _ahead_table(unit, now)]
    body += [official_documents.Heading(_("3. Whom to ring, by level")), _call_tree(unit, now)]
    body += [official_documents.Heading(_("4. Telephones of units")), _unit_table(unit)]
    body += [official_documents.Heading(_("5. Open incidents")), *_incidents(unit)]
    body += [official_documents.Heading(_("6. Running time limits")), _clock_table(unit, now)]
    return official_documents.Paper(
        title=_("Paper pack of the shift"),
        issuer=str(unit),
        body=tuple(body),
        notes=(_("Made at %(time)s. For official use; keep it locked up, destroy it after two weeks.") % {"time": _time(now)},),
        signed=str(unit),
        dated=day_of(now),
    )  # fmt: skip


def _table(
    headings: tuple[str, ...], rows: list[tuple[str, ...]], widths: tuple[int, ...]
) -> official_documents.Block:
    return (
        official_documents.Table(headings, tuple(rows), widths)
        if rows
        else official_documents.Paragraph(_("None."))
    )


def _duty_table(unit: Unit, now: datetime) -> official_documents.Block:
    rows = [
        (str(duty.post), str(duty.person), duty.person.phone, _time(duty.until) if duty.until else "")
        for duty in on_duty([unit], now, kinds=ROSTERED)
    ]
    return _table((_("Post"), pgettext("person", "Name"), _("Telephone"), _("Until")), rows, (3, 2, 3, 3))


def _ahead_table(unit: Unit, now: datetime) -> official_documents.Block:
    shifts = Shift.objects.in_force().filter(post__unit=unit, starts_at__gt=now, starts_at__lte=now + AHEAD)
    rows = [(_time(s.starts_at), str(s.post), str(s.person), s.person.phone) for s in shifts.for_lists()]
    return _table((_("From"), _("Post"), pgettext("person", "Name"), _("Telephone")), rows, (3, 3, 2, 3))


def _call_tree(unit: Unit, now: datetime) -> official_documents.Block:
    document = plan_in_force(unit, now).document
    bench = Bench(unit, now)
    words = {level.id: level.words.zh for level in levels_of(document)}
    rows = []
    for role, ids in called_roles(document).values():
        seat = bench.seat(role)
        levels = "、".join(word for level, word in words.items() if level in ids)
        rows += [
            (levels, str(holder.post), str(holder.person), holder.person.phone)
            for holder in (seat.holders if seat else ())
        ]
    return _table((_("Level"), _("Post"), pgettext("person", "Name"), _("Telephone")), rows, (3, 3, 2, 3))


def _unit_table(unit: Unit) -> official_documents.Block:
    near = (
        Unit.objects.filter(path__under=unit.path, valid_to__isnull=True).exclude(phone="").order_by("path")
    )
    return _table((_("Unit"), _("Telephone")), [(str(one), one.phone) for one in near[:MOST]], (3, 2))


def _incidents(unit: Unit) -> list[official_documents.Block]:
    blocks: list[official_documents.Block] = []
    for incident in open_incidents_of(unit).prefetch_related("checklist_marks")[:MOST]:
        blocks.append(official_documents.Fields(_incident_rows(incident)))
    return blocks or [official_documents.Paragraph(_("None."))]


def _why(incident: Incident, levels: dict[str, str]) -> str:
    """What the plan says of its proposal, in one line: each limb, what was found, where it is written."""
    said = [
        reason["rule"]
        + (f" → {reason['found']}" if reason["found"] else "")
        + (f"（{reason['citation']}）" if reason["citation"] else "")
        for reason in map(said_once, reasons_in("zh", incident))
    ]
    # A signed level may be another one than the plan proposes.
    about = "" if incident.proposed_level == incident.shown_level else levels.get(incident.proposed_level, "")
    return "：".join(part for part in (about, "；".join(said)) if part)


def _level(incident: Incident, levels: dict[str, str]) -> str:
    """The signed level, or the plan's proposal named as one."""
    said = levels.get(incident.shown_level, "")
    return said if incident.level or not said else _("%(level)s (proposed, not signed)") % {"level": said}


def _incident_rows(incident: Incident) -> tuple[tuple[str, str], ...]:
    levels = {level.id: level.words.zh for level in levels_of(incident.plan.document)}
    to_do = [line.item.words.zh for line in open_lines(incident) if line.is_life]
    return (
        (_("Number"), incident.number),
        (_("Life safety first"), "；".join(to_do) or _("all answered")),
        (_("Level"), _level(incident, levels)),
        (_("Reasons"), _why(incident, levels)),
        (_("Place"), f"{incident.unit} {incident.exact_place}".strip()),
        (_("Known at"), _time(incident.known_at)),
        (_("What"), marked(incident.what, incident.drill)),
    )


def _clock_table(unit: Unit, now: datetime) -> official_documents.Block:
    clocks = (
        Clock.objects.running()
        .filter(unit_path__under=unit.path, due_at__isnull=False)
        .order_by("due_at", "pk")
    )
    rows = [
        (marked(clock.title, clock.drill), _time(clock.due_at), cited(clock.cite)) for clock in clocks[:MOST]
    ]
    return _table((_("Time limit"), _("Due"), _("Paragraph")), rows, (4, 3, 2))


def _time(moment: datetime) -> str:
    return f"{localtime(moment):%m-%d %H:%M}"
