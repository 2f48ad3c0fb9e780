"""Where an incident's rows may say something about a person; what stands there; emptying it.

The list below is held by a test: a new column of text beside an incident is named here, or there with the reason.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Model, Q, QuerySet

from accounts.models import Unit
from command.activation.models import Decision, Response
from command.attendance.models import AttendanceCall, ReceptionOffer, Routing
from command.destruction.choices import DataKind
from command.destruction.rules import Found
from command.evidence.models import Custody, EvidenceItem
from command.handing_over.models import HandedOver
from command.improvements.models import Improvement
from command.linkage.models import LinkageDelivery, LinkageOrder, LinkageReport, LinkageTry
from command.measures.models import Measure
from command.obligations.models import Obligation
from command.orders.models import Order, OrderStep
from command.packages.models import PackageLine
from command.place_codes.models import PlaceCode
from command.report_chain.models import UpwardDelivery, UpwardReport
from command.review.models import FollowUp, Review, ReviewAnswer
from command.roll_call.models import RollCallLine
from command.statements.models import Statement
from common.database.paths import prefixes
from common.text.masking import personal_data_in
from common.text.personal_data import findings_within, masked_within
from early_warnings.models import CallAttempt, EarlyWarning, SuperiorReport
from exchange.models import Incoming, Outgoing
from incidents.models import ChecklistMark, FormerPosition, Incident, Observation, Share
from incidents.voice_notes import storage
from incidents.voice_notes.queries import gathered_by
from journal.models import Entry
from journal.record import KEPT, content_of
from notices.models import Callout, Notice
from resources.experts.models import ExpertCall, ExpertCallStep
from resources.materials.models import MaterialMovement

#: What stands in the place of what was destroyed, in every language: a column that has to say something says this.
GONE = "已销毁"


class Place(NamedTuple):
    """Columns of one table, and how its rows hang on the incident: paths to it, or to its key in the journal."""

    model: type[Model]
    columns: tuple[str, ...]
    paths: tuple[str, ...] = ("incident",)

    def rows(self, incident: Incident) -> list[Any]:
        about = Q(pk__in=())
        for path in self.paths:
            about |= Q(**{path: incident.key if path in _KEYS else incident.pk})
        return list(self.model._base_manager.filter(about).only("pk", *self.columns).order_by("pk"))


_KEYS = frozenset({"thread", "source"})
_OF_RESPONSE = ("response__incident",)
_OF_LINKAGE = ("incident", "order__incident")

POSITION = ("latitude", "longitude", "accuracy_m", "crs")

#: By post where people follow what the form says; whoever typed a name is not asked again, so all of it goes.
CONTACTS = (
    Place(LinkageOrder, ("report_to", "checked_in_to")),
    Place(LinkageReport, ("receipt",), _OF_LINKAGE),
    Place(UpwardDelivery, ("told_whom", "receiver"), ("report__incident",)),
    Place(HandedOver, ("to_whom",)),
    Place(AttendanceCall, ("came",)),
    Place(Outgoing, ("acknowledged_by",), ("thread",)),
)

TEXTS = (
    Place(Incident, ("what", "place", "summary"), ("pk",)),
    Place(Observation, ("what",)),
    Place(ChecklistMark, ("note",)),
    Place(Share, ("reason",)),
    Place(FormerPosition, ("reason",)),
    Place(EarlyWarning, ("matter", "area", "measures", "reason", "return_reason", "lift_reason", "remark")),
    Place(CallAttempt, ("note",), ("warning__incident",)),
    Place(SuperiorReport, ("text",), ("warning__incident",)),
    Place(Order, ("task", "checklist")),
    Place(OrderStep, ("note", "place"), ("order__incident",)),
    Place(PlaceCode, ("place",)),
    Place(RollCallLine, ("note",), ("roll_call__incident",)),
    Place(Response, ("matter", "measures")),
    Place(Decision, ("matter", "measures", "reason", "refusal"), _OF_RESPONSE),
    Place(Obligation, ("note", "told", "answer"), _OF_RESPONSE),
    Place(PackageLine, ("left_out",), ("package__response__incident",)),
    Place(LinkageOrder, ("centre", "nature", "place", "asked")),
    Place(LinkageReport, ("text",), _OF_LINKAGE),
    Place(LinkageTry, ("note",), ("report__incident", "report__order__incident")),
    Place(LinkageDelivery, ("body", "last_error"), ("order__incident",)),
    Place(UpwardReport, ("fields", "discard_reason")),
    Place(AttendanceCall, ("called", "note")),
    Place(ReceptionOffer, ("place",)),
    Place(Routing, ("who", "reason")),
    Place(HandedOver, ("agency", "what", "answer")),
    Place(Measure, ("what", "legal_basis", "proportionality", "approver", "reason")),
    Place(Statement, ("text", "place", "reason")),
    Place(EvidenceItem, ("what",)),
    Place(Custody, ("custodian", "place", "reason"), ("item__incident",)),
    Place(Review, ("course", "good", "lessons", "reason")),
    Place(ReviewAnswer, ("answer",), ("review__incident",)),
    Place(FollowUp, ("what", "result", "reason")),
    Place(Improvement, ("text", "report", "reason"), ("source",)),
    Place(ExpertCall, ("question",)),
    Place(ExpertCallStep, ("note",), ("call__incident",)),
    Place(MaterialMovement, ("note",)),
    # Its body is gone: no certificate is made while one still waits.
    Place(Outgoing, ("title", "acknowledged_note", "settled_note"), ("thread",)),
    Place(Incoming, ("title", "texts", "note"), ("linkage_order__incident",)),
    Place(Notice, ("text_zh", "text_en", "facts", "reply"), ("thread",)),
    Place(Callout, ("message",), ("thread",)),
)  # fmt: skip

SIGNED = (
    Place(EarlyWarning, ("signed_text",)),
    Place(Decision, ("signed_text",), _OF_RESPONSE),
    Place(UpwardReport, ("signed_text",)),
)


def of(incident: Incident) -> list[Found]:
    """Everything that there is, in the order of the kinds; a constant number of queries."""
    return [
        *(_found(DataKind.POSITION, incident, "latitude") if incident.latitude is not None else ()),
        *(_found(DataKind.POSITION, row, "latitude")[0] for row in _former(incident)),
        *(one for _row, _value, one in _contacts(incident)),
        *(_found(DataKind.VOICE, note, "file")[0] for note in gathered_by(incident) if note.is_there),
        *(one for _row, _value, one in _numbers(DataKind.TEXTS, TEXTS, incident)),
        *(one for _row, _value, one in _numbers(DataKind.SIGNED, SIGNED, incident)),
        *_in_the_journal(incident),
    ]


def destroy(incident: Incident, kinds: Iterable[str]) -> None:
    """Empty what was gathered of these kinds. The caller has locked the incident, and records it."""
    if DataKind.POSITION in kinds:
        if incident.latitude is not None:
            incident.latitude = incident.longitude = incident.accuracy_m = None
            incident.crs = ""
            incident.save(update_fields=[*POSITION])
        _former(incident).update(latitude=None, longitude=None, accuracy_m=None, crs="")
    if DataKind.CONTACTS in kinds:
        for row, _value, one in _contacts(incident):
            _write(row, one.column, GONE)
    if DataKind.VOICE in kinds:
        for note in gathered_by(incident):
            storage.erase(note)
    if DataKind.TEXTS in kinds:
        for row, value, one in _numbers(DataKind.TEXTS, TEXTS, incident):
            _write(row, one.column, masked_within(value))
        incident.refresh_from_db(fields=["what", "place", "summary"])


def _former(incident: Incident) -> QuerySet[FormerPosition]:
    """What stood there before it was put right, as far as it is there."""
    return FormerPosition.objects.filter(incident=incident, latitude__isnull=False).order_by("pk")


def _contacts(incident: Incident) -> Iterator[tuple[Any, Any, Found]]:
    for row, column, value in _values(CONTACTS, incident):
        if value and value != GONE:
            yield row, value, *_found(DataKind.CONTACTS, row, column)


def _numbers(kind: DataKind, places: Iterable[Place], incident: Incident) -> Iterator[tuple[Any, Any, Found]]:
    offices = _offices(incident)
    for row, column, value in _values(places, incident):
        if isinstance(value, str):
            for office in offices:
                value = value.replace(office, "")
            has_numbers = bool(personal_data_in(value))
        else:
            has_numbers = any(findings_within(value))
        if has_numbers:
            yield row, getattr(row, column), *_found(kind, row, column)


def _offices(incident: Incident) -> set[str]:
    """The numbers of duty rooms, as a report upward gives one: an office's, nobody's."""
    units = Unit.objects.filter(path__in=prefixes(incident.unit_path)).values_list("phone", flat=True)
    reports = UpwardReport.objects.filter(incident=incident).values_list("phone", flat=True)
    return {*units, *reports} - {""}


def _values(places: Iterable[Place], incident: Incident) -> Iterator[tuple[Any, str, Any]]:
    for place in places:
        for row in place.rows(incident):
            for column in place.columns:
                yield row, column, getattr(row, column)


def _in_the_journal(incident: Incident) -> Iterator[Found]:
    """Entries that hold a number somebody signed for; a note of a closing says that the thing itself holds one."""
    for entry in Entry.objects.filter(thread=incident.key, kind=KEPT).order_by("pk"):
        if not content_of(entry).get("stored"):
            yield from _found(DataKind.JOURNAL, entry, "content")


def _found(kind: DataKind, row: Any, column: str) -> tuple[Found]:
    return (Found(kind, row._meta.db_table, row.pk, column),)


def _write(row: Any, column: str, value: Any) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**{column: value})
