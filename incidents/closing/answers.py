"""Closing asks once about what was left open. The answers are marks like those made on the way, and as lasting."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import Invalid, WrongState
from common.text.personal_data import unsigned_personal_data_in
from incidents.checklist.actions import keep_mark
from incidents.choices import MarkOutcome
from incidents.closing.queries import Question
from incidents.models import Incident


class Answer(NamedTuple):
    outcome: str
    note: str = ""


#: Question id → answer.
Answers = Mapping[str, Answer]
NO_ANSWERS: Answers = {}


def check_answers(incident: Incident, asked: Iterable[Question], answers: Answers) -> None:
    """Raise WrongState naming every question without an answer, Invalid for one without its reason."""
    language = get_language()
    if open_ones := [one for one in asked if one.id not in answers]:
        raise WrongState(
            "left_open",
            _(
                "%(number)s was not closed: nobody has said what became of: %(open)s. Answer each: done, or not "
                "needed with the reason."
            )
            % {
                "number": incident.number,
                "open": "; ".join(one.words.in_language(language) for one in open_ones),
            },
            open=[
                {
                    "kind": "checklist" if one.is_line else one.id.partition("-")[0],
                    "key": one.id,
                    "title": one.words.in_language(language),
                }
                for one in open_ones
            ],
        )
    for one in asked:
        _check_answer(incident, one, answers[one.id])


def keep_answers(
    incident: Incident, reach: Reach, asked: Iterable[Question], answers: Answers, now: datetime
) -> list[dict]:
    """Mark each as answered. Returns what was answered, for the entry that closes the incident."""
    for one in asked:
        outcome, note = answers[one.id]
        said = {} if one.is_line else {"asked_zh": one.words.zh, "asked_en": one.words.en}
        keep_mark(incident, reach, one.id, outcome, note.strip(), now, at_closing=True, **said)
    return [{"item": one.id, **answers[one.id]._asdict()} for one in asked]


def _check_answer(incident: Incident, asked: Question, answer: Answer) -> None:
    if answer.outcome == MarkOutcome.NOT_NEEDED and asked.asks_why and not answer.note.strip():
        raise _refused(
            incident,
            _("say why this was not needed: “%(line)s”.") % {"line": asked.words.in_language(get_language())},
        )
    if found := unsigned_personal_data_in(answer.note):
        raise _refused(incident, _("take out of the reason: %(text)s.") % {"text": found[0].text})


def _refused(incident: Incident, why: str) -> Invalid:
    return Invalid(
        "answer_not_in_order",
        _("%(number)s was not closed: %(why)s") % {"number": incident.number, "why": why},
        fields={"answers": [why]},
    )
