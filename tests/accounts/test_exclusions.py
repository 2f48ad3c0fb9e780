"""Who is kept from what: the rule, the reach, the acts, and what it costs."""

import pytest
from django.db import IntegrityError, transaction

from accounts.exclusions import actions, queries, rules
from accounts.exclusions.models import Exclusion
from accounts.exclusions.things import Thing
from accounts.scope import reach_of, reaches_of
from common.errors import Invalid, NotAllowed, NotFound, WrongState
from journal.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.control(23)]


@pytest.mark.parametrize(
    ("held", "handling", "expected"),
    [
        (["a/b/"], ["a/b/"], True),
        (["a/b/c/"], ["a/b/c/"], True),
        (["a/"], ["a/"], False),
        (["a/d/"], ["a/d/"], False),
        # Of the unit complained of and of one beside it: of the unit complained of.
        (["a/b/", "a/d/"], ["a/b/", "a/d/"], True),
        # A leader from above who also sits there handles it; one without the right above does not.
        (["a/b/", "a/"], ["a/b/", "a/"], False),
        (["a/b/", "a/"], ["a/b/"], True),
    ],
)
def test_the_unit_complained_of_is_shut_out_and_its_superior_is_not(held, handling, expected):
    assert rules.is_shut_out("a/b/", held, handling) is expected


@pytest.fixture
def thing(units):
    return Thing("demand:5", "SQ-5", units["C1"], (units["C1"].path,), "/demands/SQ-5/")


def shut(reach, thing, unit, now):
    actions.shut_out_accused(reach=reach, thing=thing, unit=unit, people=(), reason="吃拿卡要", now=now)


def test_an_accusation_closes_it_to_the_unit_and_those_below(cast, reach, units, thing, now):
    shut(reach("county1.director"), thing, units["T11"], now)

    closed = {name: reach_of(cast[name], now).closed for name in cast}
    inside = {name for name in cast if name.startswith(("town11.", "village111."))}
    assert {name for name, keys in closed.items() if keys} == inside
    assert {keys for name, keys in closed.items() if name in inside} == {frozenset({"demand:5"})}


def test_filter_and_single_answer_and_keys_agree(cast, reach, units, thing, now):
    shut(reach("county1.director"), thing, units["T11"], now)
    entry = Entry.objects.get(kind="accusation.hidden")

    for name in ("town11.head", "county1.director", "county2.duty"):
        mine = reach(name)
        assert (
            mine.sees(entry)
            == Entry.objects.visible_to(mine).filter(pk=entry.pk).exists()
            == (name == "county1.director")
        )
    assert ("closed", "demand:5") in reach("town11.head").entry_keys()


def test_what_is_shared_by_posts_is_not_shared_with_whoever_recused(cast, reach, thing, now):
    before = reach("county1.duty").identity
    actions.recuse_person(
        reach=reach("county1.duty"), thing=thing, person=cast["county1.duty"], reason="亲属", now=now
    )

    after = reach("county1.duty")
    assert after.identity != before
    assert after.of_posts().closed == after.closed == after.at(now).closed == {"demand:5"}


def test_a_reach_takes_one_query_and_one_more_where_something_is_closed(
    cast, reach, thing, now, django_assert_num_queries
):
    people = [cast[name] for name in ("county1.duty", "county1.deputy", "county2.duty")]
    with django_assert_num_queries(1):
        reaches_of(people, now)
    for number, name in enumerate(("county1.duty", "county1.deputy"), start=1):
        other = thing._replace(key=f"demand:{number}", number=f"SQ-{number}")
        actions.recuse_person(reach=reach(name), thing=other, person=cast[name], reason="亲属", now=now)

    with django_assert_num_queries(2):
        found = reaches_of(people, now)
    assert [sorted(found[person.pk].closed) for person in people] == [["demand:1"], ["demand:2"], []]


def test_leaders_recuse_others_and_nobody_ends_an_own_recusal(cast, reach, thing, now):
    with pytest.raises(NotAllowed):
        actions.recuse_person(
            reach=reach("county2.duty"), thing=thing, person=cast["county1.duty"], reason="x", now=now
        )
    row = actions.recuse_person(
        reach=reach("county1.director"), thing=thing, person=cast["county1.deputy"], reason="亲属", now=now
    )
    with pytest.raises(NotAllowed):
        actions.end_exclusion(reach=reach("county1.deputy"), exclusion_id=row.pk, reason="x", now=now)

    actions.end_exclusion(reach=reach("county1.director"), exclusion_id=row.pk, reason="已调离", now=now)

    assert reach("county1.deputy").closed == frozenset()
    assert list(
        Entry.objects.filter(kind__startswith="recusal.").order_by("pk").values_list("kind", flat=True)
    ) == [
        "recusal.begun",
        "recusal.ended",
    ]


def test_twice_is_once_and_a_reason_is_needed(cast, reach, thing, now):
    asked = {"reach": reach("county1.duty"), "thing": thing, "person": cast["county1.duty"], "now": now}
    first = actions.recuse_person(**asked, reason="亲属")

    assert actions.recuse_person(**asked, reason="亲属").pk == first.pk
    with pytest.raises(Invalid):
        actions.recuse_person(**asked, reason=" ")


def test_who_recused_is_told_so_and_a_stranger_is_not(cast, reach, thing, now):
    actions.recuse_person(
        reach=reach("county1.duty"), thing=thing, person=cast["county1.duty"], reason="亲属", now=now
    )

    def said(name):
        error = queries.missing(reach(name), "demand", "SQ-5")
        assert isinstance(error, NotFound)
        return error.code

    assert (said("county1.duty"), said("county2.duty")) == ("recused", "not_found")


def test_it_is_never_handed_to_the_unit_it_complains_of(reach, units, thing, now):
    shut(reach("city.director"), thing, units["C1"], now)

    for code in ("C1", "T11"):
        with pytest.raises(WrongState) as refusal:
            actions.check_not_complained_of([thing.key], [units[code]], thing.number)
        assert refusal.value.code == "complained_of"
    actions.check_not_complained_of([thing.key], [units["C2"], units["C0"]], thing.number)
    assert actions.who_handles(units["T11"], units["C1"], "SQ-5") == units["C0"]
    assert actions.who_handles(units["C2"], units["C1"], "SQ-5") == units["C2"]
    with pytest.raises(WrongState) as refusal:
        actions.who_handles(units["C1"], units["C0"], "SQ-5")
    assert refusal.value.code == "nobody_above"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("an_exclusion_has_a_reason", {"reason": ""}),
        ("an_exclusion_names_a_person_or_a_unit", {"ground": "recusal"}),
        ("an_exclusion_names_a_person_or_a_unit", {"unit": None}),
        ("what_ended_an_exclusion_is_known", {"ended_at": "now"}),
    ],
)
def test_the_database_keeps_what_an_exclusion_promises(cast, units, now, name, fields):
    given = {
        "subject": "demand:5", "number": "SQ-5", "url": "/", "ground": "accusation", "unit": units["T11"],
        "unit_path": units["T11"].path, "charge_path": units["C1"].path, "reason": "x", "since": now,
        "by": cast["county1.duty"],
    }  # fmt: skip
    if "ended_at" in fields:
        fields = {"ended_at": now}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Exclusion.objects.create(**{**given, **fields})


def test_one_exclusion_stands_for_a_person_and_for_a_unit(cast, units, now):
    """one_exclusion_for_a_person, one_exclusion_for_a_unit."""
    given = {
        "subject": "demand:5", "number": "SQ-5", "url": "/", "ground": "accusation",
        "charge_path": units["C1"].path, "reason": "x", "since": now, "by": cast["county1.duty"],
    }  # fmt: skip
    for of in ({"person": cast["county1.duty"]}, {"unit": units["T11"], "unit_path": units["T11"].path}):
        Exclusion.objects.create(**given, **of)
        with pytest.raises(IntegrityError), transaction.atomic():
            Exclusion.objects.create(**given, **of)


def test_the_reception_at_which_it_was_said_is_closed_with_it(cast, reach, units, now):
    from cases.demands.actions import hide_accusation
    from cases.receptions import counter
    from cases.receptions.models import Reception
    from cases.receptions.points import Point

    reception = counter.receive_people(
        reach=reach("town11.head"), unit=units["T11"], place="接待室",
        arrival=counter.Arrival(came=1, recording_told=True), points=[Point("吃拿卡要", True)], now=now,
    )  # fmt: skip
    demand = reception.points.get().demand
    hide_accusation(
        reach=reach("county1.director"), demand_id=demand.pk, accused=units["T11"], note="投诉", now=now
    )

    seen = {name for name in cast if Reception.objects.visible_to(reach(name)).exists()}
    assert "county1.director" in seen
    assert not [name for name in seen if name.startswith(("town11.", "village111."))]


def test_what_was_kept_from_the_accused_is_opened_again_on_record(cast, reach, thing, units, now):
    director = reach("county1.director")
    actions.shut_out_accused(
        reach=director, thing=thing, unit=units["T11"], people=[], reason="投诉", now=now
    )
    assert thing.key in reach("town11.head").closed
    row = Exclusion.objects.get(subject=thing.key, unit=units["T11"])

    actions.end_exclusion(reach=director, exclusion_id=row.pk, reason="查无实据", now=now)

    assert thing.key not in reach("town11.head").closed
    (entry,) = Entry.objects.filter(kind="accusation.opened")
    assert (entry.subject, entry.actor) == (thing.key, cast["county1.director"])
