"""Every text that somebody may type is looked at for numbers of people, or named with a reason why not.

Found by walking the product: forms, bodies of the API, routes and columns. A new one that is neither fails here.
"""

import json
import re
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.db import models
from rest_framework import serializers
from rest_framework.views import APIView

from accounts.intake import fields
from accounts.intake.parsers import TypedParser
from incidents.voice_notes.api import AlarmVoiceNote
from incidents.voice_notes.parsers import SoundParser
from notices.reading.api import ProviderPushes, PushParser
from tests.accounts.test_routes import example
from tests.fields import ROOMS, form_classes, serializer_classes
from tests.test_hostile_input import routes_with_post

pytestmark = pytest.mark.control(53)

NUMBER = "张三 138 0013 8000"
ROUTES = {name for _pattern, name, _view in routes_with_post()}
#: Any route of none of the lists.
ANY = "incident-close"

#: Columns that nobody types into, by name or by table and name.
NOT_TYPED = {
    "of a scenario": """
        drills.Drill.script drills.DrillInject.refused drills.DrillInject.role drills.Participant.role drills.Rating.objective""",
    "made by the product": """
        audience body cancel_reason channels client_id clock clock_id code dedupe detail device due duration effect
        error event file fingerprint hash headers item key kind language last_error level locks mark message notice
        idempotency_key number path period plan plan_id proposed_level provider_id purpose reached reasons receipt ref sha256
        session_key code_hash signature source start_kind stop_kind subject thread tiers token_hash unit_path url username
        when_level wording post_tier category dispute_class findings classes data signed_text dedupe password
        text_zh text_en accounts.OpenSession.address notices.Attempt.outcome notices.EscalationStep.result engine.Heartbeat.note
        accounts.ApiToken.scopes common.GivenAnswer.rights engine.NightlyJob.found early_warnings.SuperiorReport.text olds news accounts.Reform.note
        command.Shift.note rosters.Rotation.weekdays squad target_squad facts fields.choice
        accounts.EmergencyAccess.credential post_path lead_path about_path charge_path bureau_path passed_to supervision.Inquiry.about before_kind until_kind max_extension warn_before pauses
        works.Work.arguments holder phrase refusal saved_as content_type works.Work.error
        accounts.User.cards_seen common.SetAside.loop common.SetAside.row gateway highest_level command.Response.seated command.Improvement.about command.Review.times
        provider
        exchange.OwnKey.public exchange.OwnKey.secret exchange.Outgoing.uid
        webhooks.Webhook.groups webhooks.Webhook.secret former_secret stopped_because
        accounts.PushDevice.endpoint accounts.PushDevice.host accounts.PushDevice.p256dh accounts.PushDevice.auth""",
    # Masked where they are stored (exchange.inbox, exchange.receipts).
    "by another installation": """
        exchange.Partner.uid exchange.Partner.address exchange.PartnerKey.public exchange.Incoming.uid their_number texts signed_by signed_sha256
        receipt_number acknowledged_by acknowledged_note exchange.Refusal.uid""",
    "from the plan": """
        cite document parts role signatory_role signatory_title title title_en title_zh recipient pool kit kit_item to_en to_zh major_kinds""",
    "staff, their posts and units": """
        actor_name accounts.Unit.address accounts.Unit.local_phone chat_id email ended_post handed_in_post issuer_post leader_post checked_post name name_en phone post proposer_post received_post reporter_post set_post settled_post suffix""",
}  # fmt: skip
#: Column → the field at the door that fills it, where they do not have one name.
FILLED_BY = {
    "away_note": "note",
    "settled_note": "note",
    "local_superior": "name",
    "end_reason": "reason",
    "checked_in_to": "receiver",
    "called": "units",
    "came": "said",
    "fields": "note",
    "lines": "note",
    "handed_in": "note",
    "texts": "texts",
    "receipt_number": "number",
    "reply_number": "number",
    "helpers": "helpers",
    "refusal": "reason",
    "left_out": "reason",
}


def texts_of_forms() -> set[str]:
    return {
        name
        for form in form_classes()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField)
    }


def texts_of_bodies() -> set[str]:
    kinds = (serializers.CharField, serializers.JSONField, serializers.ListField, serializers.DictField)
    return {
        name
        for body in serializer_classes()
        for name, field in body._declared_fields.items()
        if isinstance(field, kinds)
    }


def not_looked_at(name: str) -> bool:
    return not fields.is_looked_at(ANY, name)


def test_every_text_of_a_form_or_a_body_is_looked_at_or_left_out_with_a_reason():
    left_out = {name for name in texts_of_forms() | texts_of_bodies() if not_looked_at(name)}

    assert left_out == {"credential", "password", "oldpassword", "password1", "password2", "code", "phone", "username", "person",
                        "other", "to", "reviewed_by", "client_id", "id", "email", "chat_id"}  # fmt: skip
    assert all(fields.NOT_FREE_TEXT[name] for name in left_out if not fields.SECRET.search(name))


def test_no_list_names_what_is_no_more():
    named = texts_of_forms() | texts_of_bodies()
    hidden = {"csrfmiddlewaretoken", "idempotency_key", "next", "position", "shown"}
    listed = {*fields.NEVER_HELD_UP, *fields.NOT_LOOKED_AT, *fields.MASKED_WHERE_LIVES_ARE_AT_RISK}

    assert set(fields.NOT_FREE_TEXT) - named == hidden
    assert listed - ROUTES == set()


def test_every_column_of_text_is_filled_by_a_field_that_is_looked_at():
    not_typed = {name for names in NOT_TYPED.values() for name in names.split()}
    doors = texts_of_forms() | texts_of_bodies() | {"fields", "lines"}
    unknown = [
        f"{model._meta.label}.{column.name}"
        for model in apps.get_models()
        if model.__module__.partition(".")[0] in ROOMS
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | models.JSONField)
        and not column.choices
        and not {column.name, f"{model._meta.label}.{column.name}"} & not_typed
        and not_looked_at(FILLED_BY.get(column.name, column.name))
        | (FILLED_BY.get(column.name, column.name) not in doors)
    ]

    assert unknown == []


@pytest.mark.slow
@pytest.mark.django_db
def test_every_form_with_a_number_comes_back_with_a_question(plan, signed_in):
    browser, passed = signed_in("county1.director"), {}
    given = dict.fromkeys(sorted(name for name in texts_of_forms() if not not_looked_at(name)), NUMBER)
    values = {"unit": "C1", "code": "C1", "period": "2026-11-22"}
    for pattern, name, view in routes_with_post():
        if (
            name.startswith("api:")
            or name in {**fields.NOT_LOOKED_AT, **fields.NEVER_HELD_UP}
            or not takes_forms(view)
        ):
            continue
        answer = browser.post(example(pattern, values), given)
        if answer.status_code != 422 or b"data-personal-data" not in answer.content:
            passed[name] = answer.status_code

    assert passed == {}


def takes_forms(view) -> bool:
    """A redirecting route and a probe take everything and read nothing."""
    return view is not None and view.__module__.partition(".")[0] in ROOMS and hasattr(view, "post")


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("never_told_to_wait")
def test_every_body_with_a_number_is_asked_about(plan, signed_in):
    browser, passed = signed_in("county1.director"), {}
    given = dict.fromkeys(sorted(name for name in texts_of_bodies() if not not_looked_at(name)), NUMBER)
    for pattern, name, view in routes_with_post():
        if not name.startswith("api:") or name in {**fields.NOT_LOOKED_AT, **fields.NEVER_HELD_UP}:
            continue
        send = browser.post if hasattr(view, "post") else browser.put
        answer = send(example(pattern, {"unit": "C1", "period": "2026-11-22"}), json.dumps(given),
                      content_type="application/json", headers={"Idempotency-Key": name})  # fmt: skip
        if answer.json().get("code") != "personal_data":
            passed[name] = (answer.status_code, answer.json().get("code"))

    # Answered before the body is read: what is not there has no door.
    assert {name: told for name, told in passed.items() if told != (404, "not_found")} == {}


def test_every_view_of_the_api_reads_bodies_through_the_same_parser():
    views = [view for _pattern, _name, view in routes_with_post() if view and issubclass(view, APIView)]

    assert len(views) > 20
    # A recording holds no text that could be looked at. A push names telephones of our own staff; what they wrote is
    # masked as it is applied (notices.incoming.provider_reports).
    other = {view for view in views if tuple(view.parser_classes) != (TypedParser,)}
    assert {(view, *view.parser_classes) for view in other} == {
        (AlarmVoiceNote, SoundParser),
        (ProviderPushes, PushParser),
    }


def test_no_view_reads_a_body_past_the_door():
    """`request.body` and `json.loads` of it would see the text unmasked."""
    found = [
        f"{path.relative_to(settings.BASE_DIR)}"
        for path in _sources()
        if re.search(r"request\.body|request\.read\(|request\._post\b(?! =)", path.read_text("utf-8"))
    ]

    assert [path for path in found if not path.startswith(("accounts/intake", "common/addresses"))] == [
        # Signed as it came; masked where it is stored (exchange.inbox).
        "exchange/api.py",
        "notices/reading/api.py",
    ]


def test_every_day_and_moment_from_outside_is_read_within_the_calendar():
    """A field of Django's or DRF's own takes year 1 and year 9999."""
    own = re.compile(r"(forms|serializers)\.(Date|DateTime)Field\(|\bparse_datetime\(|\bstrptime\(")
    found = {
        str(path.relative_to(settings.BASE_DIR))
        for path in _sources()
        # A shape says what goes out.
        if own.search(path.read_text("utf-8")) and path.name != "shapes.py"
    }

    assert found == {
        "common/dates/days.py",  # the reader itself
        "journal/serializers.py",  # what goes out
        "notices/channels/providers/pushes.py",  # a provider's; what lies too far away is left aside
    }


def _sources() -> list[Path]:
    paths = [path for room in ROOMS for path in (settings.BASE_DIR / room).rglob("*.py")]
    return sorted(path for path in paths if "migrations" not in path.parts)
