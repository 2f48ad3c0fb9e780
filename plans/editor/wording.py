"""Small words the editor's fields share, in the reader's language."""

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from journal.kinds import KINDS
from plans.document.words import Words
from plans.editor.controls import DurationField, parts_of


def here(said: Words) -> str:
    return said.in_language(get_language())


def kind_choices() -> list[tuple[str, str]]:
    """Every kind of journal entry that is about an incident, for a clock to start or stop with."""
    return [
        (kind.name, here(Words(kind.zh, kind.en)))
        for kind in KINDS.values()
        if kind.audience in ("incident", "report")
    ]


def duration_field(present: str = "", *, required: bool = True, label: str = "") -> DurationField:
    units = [
        ("minutes", _("minutes")),
        ("hours", _("hours")),
        ("days", _("days")),
        ("workdays", _("working days")),
    ]
    plain = [
        ("same_day_24h00", _("the same day, 24:00")),
        ("given", _("as the act itself says")),
        ("immediate", _("at once")),
        ("timely", _("in good time")),
        ("unspecified", _("no figure in the source")),
    ]
    if not required:
        # A browser sends the first choice of a list that nobody touched.
        units.insert(0, ("", "—"))
    unit = parts_of(present)[1] if present else ""
    if unit and unit not in dict(units + plain):
        plain.append((unit, unit))
    return DurationField(units=units, plain=plain, sentence=_("Give a number above 0 for this unit."), label=label or pgettext("time limit", "Within"), required=required)  # fmt: skip
