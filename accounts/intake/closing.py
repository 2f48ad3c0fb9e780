"""What is closed is looked at once more: a number of a person that stands in it is masked, or signed for, or it stays open.

The door asks about what is typed; this asks about what is kept. It stands before the journal, at the entry by which a
thing ends, so that no room can close one past it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.intake import keeping
from accounts.intake.fields import is_looked_at
from accounts.intake.json_columns import NOT_LOOKED_AT
from accounts.models import Unit
from common.database.paths import PathField
from common.errors import Invalid
from common.text.masking import Finding, masked, personal_data_in
from common.text.personal_data import is_masking_stored, masked_within, signed_reason
from journal.keys import kind_of, pk_of
from journal.record import KEPT, MASKED, record

CODE = "personal_data_stored"

#: The entries by which a thing ends that keeps sentences of its own.
CLOSING = frozenset(
    [
        "demand.closed",
        "matter.filed",
        "leader_case.closed",
        "leader_case.declined",
        "reception.ended",
        "reception.cancelled",
        "reception.nobody_came",
        "inquiry.delivered",
        "correction.verified",
        "supervision_visit.answered",
        "incident.closed",
        "incident.retracted",
        "response.ended",
        "warning.lifted",
        "warning.withdrawn",
        "linkage.final_report_sent",
        "linkage_order.withdrawn",
        "review.approved",
        "improvement.confirmed",
        "improvement.dropped",
        "drill.reviewed",
        "drill.cancelled",
    ]
)
#: A shorter text holds a number or a name of the product's own.
_SHORTEST = 100
#: Staff's own posts, plans, and what a signature proves only as long as no letter of it changes.
_LEFT_OUT = frozenset(
    {"plan", "post", "signed_text", "last_error", "item", "cite", "title_zh", "title_en", "ref"}
)

#: What the columns are called on the pages.
NAMES = {
    "about": gettext_lazy("what it is about"),
    "answer": gettext_lazy("the answer"),
    "area": gettext_lazy("the area"),
    "asked": gettext_lazy("what was asked"),
    "came": gettext_lazy("who came"),
    "course": gettext_lazy("the course of events"),
    "danger": gettext_lazy("the hidden danger"),
    "decision": gettext_lazy("the decision"),
    "evidence": gettext_lazy("the list of evidence"),
    "facts": gettext_lazy("the facts"),
    "found": gettext_lazy("what was found"),
    "good": gettext_lazy("what went well"),
    "handle": gettext_lazy("who handles it"),
    "helpers": gettext_lazy("the helping units"),
    "investigate": gettext_lazy("who investigates"),
    "law": gettext_lazy("the provisions of the law"),
    "lessons": gettext_lazy("the lessons"),
    "lift_reason": gettext_lazy("why it was lifted"),
    "looked_at": gettext_lazy("what was looked at"),
    "matter": gettext_lazy("the matter"),
    "measures": gettext_lazy("the measures"),
    "nature": gettext_lazy("its nature"),
    "note": gettext_lazy("a note"),
    "objectives": gettext_lazy("the objectives"),
    "place": gettext_lazy("the place"),
    "point": gettext_lazy("the point asked for"),
    "quality": gettext_lazy("the quality aimed at"),
    "reason": gettext_lazy("the reason"),
    "receipt": gettext_lazy("the receipt"),
    "refusal": gettext_lazy("why it was refused"),
    "refused": gettext_lazy("why it was refused"),
    "remark": gettext_lazy("the remark"),
    "report": gettext_lazy("the report"),
    "responsible": gettext_lazy("who is responsible"),
    "result": gettext_lazy("the result"),
    "return_reason": gettext_lazy("why it was returned"),
    "said": gettext_lazy("what was said"),
    "settle": gettext_lazy("who settles it"),
    "statement": gettext_lazy("the statement"),
    "summary": gettext_lazy("the summary"),
    "team": gettext_lazy("the team"),
    "text": gettext_lazy("the text"),
    "what": gettext_lazy("what happened"),
}


class Stored(NamedTuple):
    """One text that is kept and holds numbers of people."""

    row: models.Model
    column: str
    #: As it is kept: a text, or a JSON value with texts in it.
    value: Any
    masked: Any
    numbers: list[Finding]

    @property
    def name(self) -> str:
        return str(NAMES[self.column])


class StoredNumbers(Invalid):
    """It was not closed: what stands in it holds numbers of people."""

    def __init__(self, found: list[Stored]):
        self.stored = found
        names = sorted({one.name for one in found})
        super().__init__(
            CODE,
            ngettext(
                "Not closed: what looks like somebody's identity, telephone or card number stands in %(fields)s, and what "
                "is closed is kept for years. Mask it and close, or sign why it has to stay.",
                "Not closed: what looks like somebody's identity, telephone or card number stands in these texts: "
                "%(fields)s, and what is closed is kept for years. Mask them and close, or sign why they have to stay.",
                len(names),
            )
            % {"fields": _(", ").join(names)},
            found=[
                {"field": one.column, "kind": number.kind, "masked": number.masked}
                for one in found
                for number in one.numbers
            ],
        )


def look_before_closing(kind: str, abouts: Sequence[Mapping[str, Any]]) -> None:
    """Raise StoredNumbers where a person closes something with numbers of people in its texts, unless they have said
    what becomes of them: masked here and now, or kept with a signed reason; either is an entry of its own.

    What the system closes is nobody's to answer for and is not held up.
    """
    if kind not in CLOSING:
        return
    for about in abouts:
        if about["actor"] is None:
            continue
        found = list(stored_numbers(about["subject"]))
        if not found:
            continue
        if signed_reason():
            # Of what is typed in this very act the entry itself carries the note.
            typed = [value for value in (about.get("content") or {}).values() if isinstance(value, str)]
            if kept := [one for one in found if one.value not in typed]:
                _note(KEPT, kind, about, kept, {"reason": signed_reason()})
        elif is_masking_stored():
            for one in found:
                type(one.row)._base_manager.filter(pk=one.row.pk).update(**{one.column: one.masked})
            _note(MASKED, kind, about, found, {})
        else:
            raise StoredNumbers(found)


def stored_numbers(subject: str) -> Iterator[Stored]:
    """The texts of a thing, and of what was appended to it, that hold numbers of people; a duty room's is nobody's."""
    offices: list[str] | None = None
    for row, column in _texts(subject):
        value = getattr(row, column)
        texts = [text for text in texts_within(value) if personal_data_in(text)]
        if not texts:
            continue
        if offices is None:
            offices = list(Unit.objects.exclude(phone="").values_list("phone", flat=True))
        if numbers := [number for text in texts for number in _numbers(text, offices)]:
            yield Stored(row, column, value, masked_within(value, partial(_masked, offices=offices)), numbers)


def texts_within(value: Any) -> Iterator[str]:
    """The text itself; of a JSON value every text in it, however deep. Its names are the product's own."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for inner in value.values() for text in texts_within(inner))
    elif isinstance(value, list | tuple):
        yield from (text for inner in value for text in texts_within(inner))


def _numbers(text: str, offices: Sequence[str]) -> list[Finding]:
    """But for those of duty rooms."""
    for office in offices:
        text = text.replace(office, "")
    return personal_data_in(text)


def columns_of(model: type[models.Model]) -> list[str]:
    """The columns of sentences that people wrote, and those of JSON values with such sentences in them."""
    return [field.name for field in model._meta.concrete_fields if _is_written(model, field)]


def _is_written(model: type[models.Model], field: Any) -> bool:
    if isinstance(field, models.JSONField):
        return f"{model._meta.label}.{field.name}" not in NOT_LOOKED_AT
    return (
        isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, PathField)
        and not field.choices
        and (field.max_length is None or field.max_length >= _SHORTEST)
        and field.name not in _LEFT_OUT
        and not field.name.endswith("_post")
        and is_looked_at("", field.name)
    )


def appended_to(model: type[models.Model]) -> list[tuple[str, type[models.Model]]]:
    """What is written beside a thing in its own module and is no thing of its own: steps, points, observations."""
    return [
        (relation.get_accessor_name(), relation.related_model)
        for relation in model._meta.related_objects
        if relation.one_to_many
        and relation.related_model.__module__ == model.__module__
        and relation.related_model not in things().values()
        and columns_of(relation.related_model)
    ]


@cache
def things() -> dict[str, type[models.Model]]:
    """The journal's word for a kind of thing → its table."""
    named = [model for model in apps.get_models() if isinstance(vars(model).get("key"), property)]
    return {kind_of(model(pk=0).key): model for model in named}


def _texts(subject: str) -> Iterator[tuple[models.Model, str]]:
    model = things().get(kind_of(subject))
    row = model._base_manager.filter(pk=pk_of(subject)).first() if model else None
    if row is None:
        return
    for column in columns_of(type(row)):
        yield row, column
    for name, beside in appended_to(type(row)):
        for one in getattr(row, name).order_by("pk"):
            for column in columns_of(beside):
                yield one, column


def _masked(text: str, *, offices: Sequence[str]) -> str:
    """Masked but for the numbers of duty rooms: the text around each is masked by itself."""
    for office in offices:
        if office in text:
            return office.join(_masked(part, offices=offices) for part in text.split(office))
    return masked(text)


def _note(noted: str, kind: str, about: Mapping[str, Any], found: list[Stored], more: dict[str, str]) -> None:
    """Beside the closing; `stored`: the numbers stand in the thing, not in the journal."""
    numbers = [[one.column, number.kind] for one in found for number in one.numbers]
    given = {
        name: about[name] for name in ("subject", "thread", "unit", "actor", "post", "drill") if name in about
    }
    at = about.get("recorded_at") or about["at"]
    record(noted, **given, at=at, content={**more, "entry": kind, "found": numbers, "stored": True})


def sentences(one: Stored) -> list[str]:
    """What the page says of one text: where it stands, and what in it looks like a number."""
    return [
        _("In %(field)s: %(what)s") % {"field": one.name, "what": keeping.sentence(number)}
        for number in one.numbers
    ]
