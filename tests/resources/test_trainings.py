"""Trainings: what was held, who was there, who is to come by the plan; never how well anybody did."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, NotFound, Stale
from journal.models import Entry
from journal.record import content_of
from plans.document.strict_yaml import read
from plans.document.training import training_of
from plans.lifecycle.actions import load_plan
from plans.lifecycle.models import PlanVersion
from resources.trainings import actions, queries, rules
from resources.trainings.choices import Audience, TrainingPart
from resources.trainings.models import Attendance, Training

TODAY = date(2026, 11, 22)
LINKAGE = settings.BASE_DIR / "plans/library/district-emergency-linkage.yaml"


@pytest.mark.parametrize(
    ("ago", "again", "due"),
    [
        (None, None, True),
        (None, 365, True),
        (0, 365, False),
        (365, 365, False),
        (366, 365, True),
        (4000, None, False),
    ],
)
def test_who_is_due(ago, again, due):
    last = None if ago is None else TODAY - timedelta(days=ago)

    assert rules.is_due(last, again, TODAY) is due


def test_the_plan_says_for_whom_and_when_again():
    terms = training_of(read(LINKAGE.read_text()).value)

    assert set(terms.posts) == set(Audience.values)
    assert (terms.again_after, terms.is_proposal, terms.cite) == ("P365D", True, "§6.1")
    assert training_of({}) is None


def test_nothing_here_could_hold_a_mark():
    columns = {field.name for model in (Training, Attendance) for field in model._meta.get_fields()}

    assert columns.isdisjoint({"score", "mark", "grade", "result", "passed", "points", "rank"})


@pytest.fixture
def linkage(plan, units, now):
    """The district plan, in force in county 1."""
    version = load_plan(text=LINKAGE.read_text(), actor=None, now=now, owner=units["C1"])
    PlanVersion.objects.filter(pk=version.pk).update(state="in_force", in_force_from=now)
    return version


@pytest.fixture
def held(cast, units, reach, now):
    """held("C1", "theory", "county1.duty", …) → a training at which these people were."""

    def act(unit="C1", part="theory", *people, by="county1.director", ago=0, **more):
        return actions.record_training(
            reach=reach(by), unit=units[unit], part=part, audience="managers", subject="先期处置",
            held_on=day_of(now) - timedelta(days=ago), people=[cast[name].pk for name in people], now=now, **more,
        )  # fmt: skip

    return act


def last(kind):
    return Entry.objects.filter(kind=kind).latest("pk")


def names(training):
    return set(training.attendances.values_list("person__username", flat=True))


def test_a_training_is_on_record_by_how_many_and_not_by_whom(held, units, cast):
    training = held("C1", "theory", "county1.duty", "town11.clerk")

    assert names(training) == {"county1.duty", "town11.clerk"}
    entry = last("training.recorded")
    assert (entry.subject, entry.unit, entry.actor) == (training.key, units["C1"], cast["county1.director"])
    assert content_of(entry) == {"what": "先期处置", "part": "theory", "audience": "managers", "people": 2}


def test_what_was_not_held_yet_and_who_is_not_ours_is_refused(held):
    with pytest.raises(Invalid) as refused:
        held(ago=-1)
    assert refused.value.code == "not_held_yet"
    with pytest.raises(Invalid) as refused:
        held("T11", "theory", "county1.duty", by="town11.head")
    assert refused.value.code == "not_own_staff"
    with pytest.raises(Invalid) as refused:
        held(note="13800138000")
    assert refused.value.code == "personal_data"
    assert not Training.objects.exists()


@pytest.mark.parametrize(
    "username", ["county2.duty", "village111.informant", "county1.squad.dialogue", "city.audit"]
)
def test_who_does_not_keep_the_record_changes_nothing(held, reach, now, username):
    with pytest.raises(NotAllowed):
        held(by=username)
    training = held()
    with pytest.raises(NotAllowed):
        actions.correct_attendance(reach=reach(username), training_id=training.pk, people=[], now=now)


def test_who_was_there_is_said_anew_and_who_has_left_stays(held, cast, reach, now):
    training = held("C1", "theory", "county1.duty", "town11.clerk")
    given = {"reach": reach("county1.director"), "training_id": training.pk, "now": now}
    actions.correct_attendance(**given, people=[cast["county1.duty"].pk, cast["town11.clerk"].pk])
    assert not Entry.objects.filter(kind="training.corrected").exists()
    cast["town11.clerk"].is_active = False
    cast["town11.clerk"].save()

    actions.correct_attendance(**given, people=[cast["town12.head"].pk], rev=training.rev)

    assert names(training) == {"town11.clerk", "town12.head"}
    assert content_of(last("training.corrected"))["people"] == 2
    with pytest.raises(Stale):
        actions.correct_attendance(**given, people=[], rev=training.rev)
    with pytest.raises(Invalid):
        actions.correct_attendance(**given, people=[cast["county2.duty"].pk])


def test_a_training_is_about_something(held):
    training = held()
    with pytest.raises(IntegrityError, match="a_training_is_about_something"), transaction.atomic():
        Training.objects.filter(pk=training.pk).update(subject="")


def test_one_attendance_per_training(held, cast):
    training = held("C1", "theory", "county1.duty")
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(training=training, person=cast["county1.duty"])


def test_who_is_to_come_follows_from_the_plan(linkage, held, units, now, django_assert_max_num_queries):
    held("C1", "theory", "county1.duty", ago=10)
    held("C1", "operation", "county1.duty", ago=366)
    held("C1", "operation", "county1.director", ago=365)

    queries.standings(units["C1"], now)  # from here on the plans are in memory
    with django_assert_max_num_queries(3):
        found = {one.person.username: one for one in queries.standings(units["C1"], now)}

    duty = found["county1.duty"]
    assert (duty.audience, duty.last["theory"], duty.due) == (
        "managers",
        day_of(now) - timedelta(days=10),
        ("operation",),
    )
    assert (found["county1.director"].audience, found["county1.director"].due) == ("commanders", ("theory",))
    assert found["town11.clerk"].due == tuple(TrainingPart.values)
    assert "village111.informant" not in found
    assert "county1.expert" not in found


def test_without_such_a_plan_nobody_is_due(plan, units, now):
    assert queries.standings(units["C1"], now) == []


def test_the_order_is_the_trees_and_no_ranking(linkage, units, now, held):
    paths = [one.post.unit.path for one in queries.standings(units["C1"], now)]

    assert paths == sorted(paths)


def test_a_neighbour_sees_no_training(held, reach):
    training = held()

    assert list(queries.trainings(reach("town11.clerk"))) == [training]
    assert list(queries.trainings(reach("county2.duty"))) == []
    with pytest.raises(NotFound):
        queries.get_training(reach("county2.duty"), training.pk)


# --- doors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "word", "due"), [("zh-hans", "理论", "应参加"), ("en", "Theory", "due")]
)
def test_the_pages_write_down_correct_and_say_who_is_due(linkage, signed_in, cast, now, language, word, due):
    browser = signed_in("county1.director", language)
    form = browser.get("/trainings/at/C1/new/").content.decode()
    assert word in form
    assert "town11.head" in form
    given = {
        "subject": "先期处置", "part": "theory", "audience": "managers", "held_on": str(day_of(now)), "place": "", "note": "",
        "people": [cast["county1.duty"].pk],
    }  # fmt: skip

    assert browser.post("/trainings/at/C1/new/", given).status_code == 303
    training = Training.objects.get()
    assert "先期处置" in browser.get("/trainings/").content.decode()
    assert "先期处置" not in browser.get("/trainings/?part=operation").content.decode()
    assert str(cast["county1.duty"]) in browser.get(f"/trainings/{training.pk}/").content.decode()
    corrected = {"people": [cast["town11.head"].pk], "rev": training.rev}
    assert browser.post(f"/trainings/{training.pk}/", corrected).status_code == 303
    assert names(training) == {"town11.head"}
    page = browser.get("/trainings/at/C1/due/").content.decode()
    assert due in page
    assert str(day_of(now)) in page
    only = browser.get("/trainings/at/C1/due/?due=1").content.decode()
    assert str(cast["county1.duty"]) in only
    assert browser.post("/trainings/at/C1/new/", {**given, "held_on": "2030-01-01"}).status_code == 422
    assert browser.post("/trainings/at/C1/new/", {**given, "people": ["999"]}).status_code == 422
    assert browser.get("/trainings/at/C2/new/").status_code == 404


def test_a_reader_sees_how_many_and_not_who(signed_in, held, cast):
    training = held("C1", "theory", "county1.duty")
    page = signed_in("village111.informant").get(f"/trainings/{training.pk}/").content.decode()

    assert "先期处置" in page
    assert str(cast["county1.duty"]) not in page.split("<main")[1]
    assert signed_in("village111.informant").get("/trainings/at/C1/due/").status_code == 403
    assert signed_in("county2.duty").get(f"/trainings/{training.pk}/").status_code == 404
    assert signed_in("city.secadmin").get("/trainings/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_few_queries_however_many(signed_in, held, django_assert_max_num_queries, rows):
    for number in range(rows):
        held("C1", "theory", *["county1.duty", "town11.clerk", "town12.head"][: number + 1])
    browser = signed_in("county1.director")
    browser.get("/trainings/")

    for address in ("/trainings/", "/api/v1/trainings/"):
        with django_assert_max_num_queries(7):
            browser.get(address)


def test_the_api_lists_and_names_only_to_who_keeps_the_record(signed_in, held):
    training = held("C1", "theory", "county1.duty")
    held("C1", "operation", ago=3)

    first, second = signed_in("county1.duty").get("/api/v1/trainings/").json()["results"]
    assert (first["id"], first["people"], second["part"]) == (training.pk, ["county1.duty"], "operation")
    (one,) = signed_in("village111.informant").get("/api/v1/trainings/?part=theory&unit=C1").json()["results"]
    assert (one["count"], one["people"]) == (1, None)
    answer = signed_in("county1.duty").get(f"/api/v1/trainings/{training.pk}/")
    assert (answer["ETag"], answer.json()["subject"]) == ('"1"', "先期处置")
    assert signed_in("county1.duty").get("/api/v1/trainings/?audience=judges").status_code == 422
    assert signed_in("county2.duty").get(f"/api/v1/trainings/{training.pk}/").status_code == 404
