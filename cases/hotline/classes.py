"""What a class in the hotline's table means here. The hotline has far more classes than screening: the rest is “other”."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Unit
from zero_reports.filing.classes import class_label, classes_at

OTHER = "other"
_OTHER_WORDS = {"other", "others", "其他", "其它"}
#: Of one total: a larger one is a slip of the keyboard.
MOST = 1_000_000


def class_named(text: str, unit: Unit, now: datetime) -> str:
    """The class of the unit's plan with this name in code, Chinese or English; "" for none."""
    said = text.strip().casefold()
    if said in _OTHER_WORDS:
        return OTHER
    for language in ("zh-hans", "en"):
        with override(language):
            for name, words in classes_at(unit, now).items():
                if said in (name.casefold(), str(words).casefold()):
                    return name
    return ""


def class_words(name: str) -> str:
    return _("Other classes") if name == OTHER else str(class_label(name))
