"""How this room's doors read an address and answer."""

from django.utils.translation import gettext as _

from common.dates.periods import Period, parse
from common.errors import Invalid, NotAllowed
from zero_reports.filing.choices import CadenceKind


def read_period(text: str) -> Period:
    """Raises Invalid for anything but a day or a week."""
    try:
        period = parse(text)
        if period.cadence not in CadenceKind.values:
            raise ValueError
        return period
    except ValueError:
        sentence = _("“%(text)s” is not a period. Write a day as 2026-11-22 or a week as 2026-W47.")
        raise Invalid(
            "bad_period", sentence % {"text": text}, fields={"period": [sentence % {"text": text}]}
        ) from None


def check_may_look(reach) -> None:
    if not reach.has("report.view"):
        raise NotAllowed(
            "not_allowed",
            _("The list was not opened: you hold no post that reads reports. Ask your duty room."),
        )


def valid(form) -> dict:
    """What was typed. Raises Invalid naming each field that is missing or too long."""
    if not form.is_valid():
        fields = {
            name: [f"{form[name].label}: {error}" for error in errors] for name, errors in form.errors.items()
        }
        sentence = _("Nothing was saved: a field is missing or not in order. Correct it and send again.")
        raise Invalid("form_not_in_order", sentence, fields=fields)
    return form.cleaned_data
