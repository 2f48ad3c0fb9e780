"""What becomes of an alarm that the database did not take: kept, and said honestly (docs/adr/0254).

Whoever raised it has been proved before: sessions and tokens stand in the database, so one that cannot be read proves
nobody, and then the alarm stays on its device, which sends it again.
"""

import functools
import logging
from typing import Any

from django.db import Error
from django.http import HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from accounts.models import Unit
from accounts.reform.standing import unit_that_bore
from common.api.serializers import validated
from common.database.paths import prefixes
from common.errors import TryAgain
from common.text.personal_data import signed_reason
from common.web.middleware import is_database_away
from incidents.kept_alarms import storage
from incidents.serializers import AlarmSerializer

log = logging.getLogger(__name__)

#: Fields of the page's form that hold a fact, and whether it may have several.
_FACTS = {"headcount": False, "acts": True, "life_risk": True}


def kept_without_database(method):
    """Make an API method whose body is an alarm keep what the database does not take. Raises TryAgain then."""

    @functools.wraps(method)
    def wrapped(self, request, *args, **kwargs):
        try:
            return method(self, request, *args, **kwargs)
        except Error as error:
            if not is_database_away(error):
                raise
            raise refusal_of(request, request.data) from error

    return wrapped


def form_kept_without_database(post):
    """The same for the page's plain form; answers with a page that asks the database nothing."""

    @functools.wraps(post)
    def wrapped(self, request, *args, **kwargs):
        try:
            return post(self, request, *args, **kwargs)
        except Error as error:
            body = body_of(request.POST)
            if not is_database_away(error) or not _is_in_order(body):
                raise
            refused = refusal_of(request, body)
        page = render_to_string("incidents/alarm_kept.html", {"refused": refused})
        return HttpResponse(page, status=refused.status, headers={"Retry-After": "2"})

    return wrapped


def refusal_of(request, body: dict[str, Any]) -> TryAgain:
    """Keep the alarm. What its reporter is told: `alarm_kept`, or `alarm_not_kept` where it could not be."""
    alarm = storage.KeptAlarm(request.user.pk, request.now, body, signed_reason())
    phone = {"phone": _duty_phone(str(body["unit"]))}
    try:
        storage.keep(alarm)
    except (storage.NoRoom, OSError):
        log.exception("an alarm was neither recorded nor kept")
        return TryAgain(
            "alarm_not_kept",
            _(
                "Your alarm was not stored and nobody has been told: neither the database nor the server’s own store "
                "takes anything. Ring the duty room now%(phone)s, and 120 or 110 where a life is at risk; then send it again."
            )
            % phone,
        )
    log.error("an alarm was not recorded: the database took nothing. It is kept and played in when it does")
    return TryAgain(
        "alarm_kept",
        _(
            "Your alarm is kept on the server, but nobody has been told yet: the database takes nothing at the moment. Ring "
            "the duty room now%(phone)s, and 120 or 110 where a life is at risk. It goes out by itself, with this time, as "
            "soon as the database is back; sent again it stays one alarm."
        )
        % phone,
        kept=True,
    )


def body_of(form: QueryDict) -> dict[str, Any]:
    """The page's form as the API would have it."""
    facts = {
        name: form.getlist(f"facts.{name}") if many else form.get(f"facts.{name}")
        for name, many in _FACTS.items()
        if form.get(f"facts.{name}")
    }
    body: dict[str, Any] = {name: form.get(name, "") for name in ("unit", "place", "what")}
    return body | {"client_id": form.get("idempotency_key", ""), "facts": facts}


def _is_in_order(body: dict[str, Any]) -> bool:
    try:
        validated(AlarmSerializer, body)
    except ValidationError:
        return False
    return True


def _duty_phone(code: str) -> str:
    """The nearest duty room's number in brackets; nothing where none can be read."""
    try:
        unit = unit_that_bore(code)
        above = Unit.objects.filter(path__in=prefixes(unit.path)) if unit else Unit.objects.none()
        number = above.exclude(phone="").order_by("-path").values_list("phone", flat=True).first()
    except Error:
        return ""
    return _(" (%(number)s)") % {"number": number} if number else ""
