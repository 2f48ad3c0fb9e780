"""What every act on a resource stands on: the check of its words, and its entry."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import Invalid
from common.text.personal_data import unsigned_personal_data_in
from journal.record import record


def check_words(**texts: str) -> None:
    """Raise Invalid where a text holds a number of a person; telephones have a field of their own."""
    found = {name for name, text in texts.items() if unsigned_personal_data_in(text)}
    if found:
        sentence = _("Take the number out; a telephone belongs into its own field.")
        raise Invalid(
            "personal_data",
            _(
                "Nothing was changed: a text holds what looks like an identity, telephone or card number. Take it out "
                "and send it again."
            ),
            fields={name: [sentence] for name in sorted(found)},
        )


def check_unit_open(unit: Unit) -> None:
    if unit.valid_to is not None:
        raise Invalid(
            "unit_closed",
            _("Nothing was added: %(unit)s has ended. Choose the unit that took over from it.")
            % {"unit": unit},
            fields={"unit": [_("This unit no longer exists.")]},
        )


def record_act(kind: str, reach: Reach, *, subject: str, unit: Unit, now: datetime, **content: Any) -> None:
    record(
        kind,
        subject=subject,
        unit=unit,
        actor=reach.user,
        post=reach.title_for("resource.keep", unit.path),
        at=now,
        content=content,
    )
