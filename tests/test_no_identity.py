"""No column, form or body of the product can hold who came to the bureau: walked over all models, so that none is forgotten.

What the name of a field says is looked at, word by word. A field that speaks of a person is a relation to an account
of staff, or stands below with the reason why it is nobody who came. Whatever is typed freely is looked at for numbers
at the door instead (tests/test_typed_text.py).
"""

import re

import pytest
from django import forms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from rest_framework import serializers

from plans.engine.facts import FACTS
from tests.fields import form_classes, serializer_classes
from tests.rooms import ROOMS

pytestmark = pytest.mark.control(52)

#: Words of an identity: who somebody is, how they are reached, what they look like.
_WORDS = """
    name names surname forename alias nickname person persons people who whom man woman
    petitioner petitioners visitor visitors complainant complainants applicant applicants claimant citizen resident
    representative representatives party parties victim victims suspect suspects offender subject_person relative
    relatives family household spouse child children witness witnesses caller callers contact contacts informant
    identity identification idcard card passport licence license plate account bank
    phone phones telephone mobile tel fax email mail wechat qq weixin address addresses home residence hukou domicile
    birth birthday birthdate age sex gender ethnic ethnicity nationality religion
    photo photos picture image images face faces voice voices audio video recording biometric signature thumbprint
"""
WORDS = frozenset(_WORDS.split())
#: "id_number", "id_no": two words that are one.
PAIRS = (("id", "number"), ("id", "no"), ("id", "card"), ("real", "name"))

#: What a table may not be about: people who came, and marks given to anybody.
_NO_TABLES = """
    petitioner visitor complainant applicant citizen person people suspect household family watchlist blacklist profile
    score rating ranking
"""
NO_TABLES = frozenset(_NO_TABLES.split())

#: Field → why it holds nobody who came.
ALLOWED = {
    # accounts of staff, their units and posts
    "accounts.User.name": "staff", "accounts.User.email": "staff", "accounts.User.phone": "staff, an office telephone, sealed",
    "accounts.Unit.name": "a unit", "accounts.Unit.name_en": "a unit", "accounts.Unit.phone": "a unit's duty room",
    "accounts.Unit.local_phone": "an office's", "command.OwnTemplate.name": "a template",
    "accounts.Unit.address": "where a unit is", "accounts.OpenSession.address": "the network address of a signed-in session of staff",
    "journal.Entry.actor_name": "staff, as they were called then", 
    "exchange.Partner.name": "another installation, called after its bureau", "exchange.Partner.address": "where that installation is",
    # who is called for help, with consent or by office
    "resources.Expert.name": "an expert who agreed to be called; erased with the entry",
    "resources.Expert.phone": "the same, sealed", "resources.Material.name": "a thing",
    "resources.Partner.name": "an agency", "resources.Partner.phone": "an agency's duty room",
    "command.HandedOver.to_whom": "a post of another agency, on the record of a hand-over; masked with the certificate",
    "command.Routing.who": "the unit that receives", "command.UpwardDelivery.told_whom": "a post of the level above; masked with the certificate",
    "command.UpwardReport.phone": "the office telephone under a report", "supervision.Team.name": "a team of leaders",
    # signed by staff
    "early_warnings.EarlyWarning.signature": "a hash", "command.Decision.signature": "a hash", "command.UpwardReport.signature": "a hash",
    # of the machine
    "common.Series.name": "a series of numbers", "engine.Heartbeat.name": "a loop", "engine.NightlyJob.name": "a job",
}  # fmt: skip
#: Fields of forms and bodies, by name, which no model has: why they hold nobody who came.
ALLOWED_AT_DOORS = {
    "person": "an account of staff", "people": "accounts of staff", "name": "a unit, an expert, a thing, a scenario", "name_en": "a unit",
    "phone": "an office telephone", "email": "staff", "address": "a unit", "who": "the unit that receives", "to_whom": "a post of another agency",
    "whom": "posts of staff", "told_whom": "a post of the level above", "account": "staff", "recording": "announced: yes or no",
    "contact": "who at the bureau answers for a report upward",
}  # fmt: skip


def words_of(name: str) -> set[str]:
    """ "idCardNo", "id_card_no" → id, card, no."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)}


def speaks_of_a_person(name: str) -> bool:
    words = words_of(name)
    return bool(words & WORDS) or any(set(pair) <= words for pair in PAIRS)


#: Can say how many or when, never who.
_NEVER_WHO = (models.BooleanField, models.DateField, models.TimeField, models.PositiveSmallIntegerField, models.DurationField)  # fmt: skip
_MEDIA = (models.FileField, models.BinaryField, models.GenericIPAddressField)


def could_hold_an_identity(field: models.Field) -> bool:
    if isinstance(field, _MEDIA):
        return True
    if field.is_relation:
        return field.related_model is not get_user_model() and speaks_of_a_person(field.name)
    if getattr(field, "choices", None):
        return False
    if isinstance(field, _NEVER_WHO) and not words_of(field.name) & {"birth", "birthday", "birthdate", "age"}:
        return False
    return speaks_of_a_person(field.name)


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.partition(".")[0] in ROOMS]


def test_no_field_of_any_model_can_hold_who_came():
    found = {
        f"{model._meta.label}.{field.name}"
        for model in own_models()
        for field in model._meta.concrete_fields
        if could_hold_an_identity(field)
    }

    assert found - set(ALLOWED) == set(), "a person who came? leave it out; otherwise say above who it is"
    assert set(ALLOWED) - found == set(), "named above and no more"
    assert all(ALLOWED.values())


def test_no_table_is_about_people_who_came_or_gives_marks():
    found = {model._meta.label for model in own_models() if words_of(model.__name__) & NO_TABLES}

    # What an evaluator saw of one objective of a drill.
    assert found <= {"drills.Rating"}


@pytest.mark.parametrize("kind", ["forms", "bodies"])
def test_no_form_and_no_body_asks_who_somebody_is(kind):
    names = _of_forms() if kind == "forms" else _of_bodies()
    columns = {label.rpartition(".")[2] for label in ALLOWED}

    assert names - columns - set(ALLOWED_AT_DOORS) == set()


def _of_forms() -> set[str]:
    return {
        name
        for form in form_classes()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField | forms.FileField) and speaks_of_a_person(name)
    }


def _of_bodies() -> set[str]:
    kinds = (serializers.CharField, serializers.JSONField, serializers.ListField, serializers.DictField)
    return {
        name
        for body in serializer_classes()
        for name, field in body._declared_fields.items()
        if isinstance(field, kinds) and speaks_of_a_person(name)
    }


def test_no_fact_of_an_incident_says_who_somebody_is():
    """Figures, choices and codes; one text, whose number is masked as any other."""
    texts = {fact.name for fact in FACTS.values() if fact.kind == "text"}

    assert texts == {"online_views_source"}
    assert not [fact.name for fact in FACTS.values() if fact.kind == "code" and speaks_of_a_person(fact.name)]


#: What somebody might add one day.
TRIED = [
    models.CharField(name="petitioner_name", max_length=40), models.CharField(name="visitor", max_length=40),
    models.CharField(name="id_number", max_length=18), models.CharField(name="idCardNo", max_length=18),
    models.CharField(name="complainant_phone", max_length=20), models.BigIntegerField(name="mobile"),
    models.TextField(name="home_address"), models.JSONField(name="representatives"), models.DateField(name="birth_date"),
    models.PositiveSmallIntegerField(name="age"), models.ImageField(name="scan"), models.BinaryField(name="template"),
    models.CharField(name="license_plate", max_length=10), models.CharField(name="bank_account", max_length=30),
    models.CharField(name="wechat", max_length=30), models.GenericIPAddressField(name="origin"),
    models.ForeignKey("accounts.Unit", name="household", on_delete=models.PROTECT),
]  # fmt: skip


@pytest.mark.parametrize("field", TRIED, ids=lambda field: field.name)
def test_the_test_finds_what_somebody_might_add(field):
    if field.is_relation:
        field.set_attributes_from_name(field.name)
        field.remote_field.model = apps.get_model("accounts.Unit")
    assert could_hold_an_identity(field)


@pytest.mark.parametrize(
    "field",
    [
        models.CharField(name="place", max_length=9), models.PositiveSmallIntegerField(name="people"),
        models.BooleanField(name="phone_first"), models.CharField(name="number", max_length=9),
        models.TextField(name="summary"), models.CharField(name="message", max_length=9),
    ],
    ids=lambda field: field.name,
)  # fmt: skip
def test_it_lets_pass_what_says_how_many_or_where(field):
    assert not could_hold_an_identity(field)


def test_all_rooms_are_walked():
    assert {model.__module__.partition(".")[0] for model in own_models()} >= {
        "accounts",
        "cases",
        "incidents",
    }
    assert len(own_models()) > 90
