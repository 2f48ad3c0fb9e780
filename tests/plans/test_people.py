"""Roles become people: who signs what where, who stands in, who is told."""

from datetime import timedelta

import pytest
from django.conf import settings

from accounts.choices import HeldAs
from accounts.models import Appointment, Post
from accounts.posts.actions import appoint_person, end_appointment
from plans.document.strict_yaml import read
from plans.people import holders as people

CHAIN = ["town11.head", "county1.director", "city.deputy", "city.director"]


@pytest.fixture
def signers(city, units, now):
    def signers(level, unit):
        return [seat.holder.username for seat in people.signatories(city, level, units[unit], now)]

    return signers


def test_each_level_is_signed_at_its_tier_and_may_be_by_the_higher_ones(signers):
    for unit in ("T11", "V111"):
        for place, level in enumerate(("blue", "yellow", "orange", "red")):
            assert signers(level, unit) == CHAIN[place:], (unit, level)


def test_neighbour_signs_its_own(signers):
    assert signers("blue", "V211")[:2] == ["town21.head", "county2.director"]


def test_duty_leader_signs_blue_on_bureau_premises(signers, city, units, now):
    assert signers("blue", "C1") == ["county1.leader", "county1.director", "city.deputy", "city.director"]
    assert signers("blue", "C0") == ["city.leader", "city.deputy", "city.director"]
    assert people.signatory(city, "blue", units["C1"], now).by == "where_absent"


def test_next_higher_signs_where_the_tier_is_missing(signers, city, units, now):
    assert signers("yellow", "C0") == ["city.deputy", "city.director"]
    assert people.signatory(city, "yellow", units["C0"], now).by == "next_higher"


def test_vacant_seat_passes_to_the_next_higher_one_not_to_the_duty_leader(signers, cast, now):
    head = Appointment.objects.get(person=cast["town11.head"])
    end_appointment(appointment_id=head.pk, actor=None, now=now)

    later = signers("blue", "V111")

    assert later[0] in ("town11.head", "county1.director")


def test_ended_appointment_no_longer_signs(city, units, cast, now):
    head = Appointment.objects.get(person=cast["town11.head"])
    end_appointment(appointment_id=head.pk, actor=None, now=now + timedelta(hours=1))

    before = people.signatory(city, "blue", units["V111"], now + timedelta(minutes=59))
    after = people.signatory(city, "blue", units["V111"], now + timedelta(hours=1))

    assert (before.holder.username, before.by) == ("town11.head", "own")
    assert (after.holder.username, after.by) == ("county1.director", "next_higher")


def test_signatory_is_described(city, units, now):
    seat = people.signatory(city, "yellow", units["T11"], now)

    assert (seat.role.name, seat.unit, seat.post.kind, seat.by) == (
        "county_bureau_director", units["C1"], "director", "own",
    )  # fmt: skip
    assert (seat.title_zh, seat.title_en) == ("县局局长", "County director")
    assert people.as_seen(seat, "en") == {
        "role": "County bureau director",
        "post": "County director",
        "unit": "C1",
        "holder": "高远",
        "by": "own",
    }
    assert people.as_seen(None, "en") is None


def _stand_in(cast, now, person, post_of, held_as=HeldAs.DEPUTY, hours=8):
    post = Appointment.objects.get(person=cast[post_of]).post
    return appoint_person(person=cast[person], post=post, actor=None, now=now, held_as=held_as,
                   valid_to=now + timedelta(hours=hours), reason="leave")  # fmt: skip


@pytest.mark.parametrize("held_as", [HeldAs.DEPUTY, HeldAs.DELEGATE])
def test_stand_in_may_sign_but_is_asked_after_the_holder(city, units, cast, now, held_as):
    _stand_in(cast, now, "county1.deputy", "county1.director", held_as)

    seat = people.signatory(city, "yellow", units["T11"], now)

    assert [person.username for person in seat.people] == ["county1.director", "county1.deputy"]
    assert people.seat_of(city, "yellow", units["T11"], cast["county1.deputy"], now).by == "own"
    assert (
        people.seat_of(city, "yellow", units["T11"], cast["county1.deputy"], now + timedelta(hours=8)) is None
    )


def test_delegation_of_an_empty_chair_counts(city, units, cast, now):
    _stand_in(cast, now, "county1.deputy", "county1.director", HeldAs.DELEGATE)
    director = Appointment.objects.get(person=cast["county1.director"])
    end_appointment(appointment_id=director.pk, actor=None, now=now + timedelta(minutes=1))

    seat = people.signatory(city, "yellow", units["T11"], now + timedelta(minutes=1))

    assert [holder.held_as for holder in seat.holders] == [HeldAs.DELEGATE]


MAY_SIGN = [
    ("town11.head", "blue", "judicial_office_head"),
    ("town11.head", "yellow", None),
    ("county1.director", "blue", "county_bureau_director"),
    ("county1.director", "yellow", "county_bureau_director"),
    ("county1.director", "orange", None),
    ("city.director", "blue", "city_bureau_director"),
    ("city.deputy", "red", None),
    ("county2.director", "yellow", None),
    ("town12.head", "blue", None),
    ("county1.duty", "blue", None),
    ("county1.leader", "blue", None),
    ("city.sysadmin", "red", None),
]


def test_who_may_sign_what(city, units, cast, now):
    """For an incident in village 111."""
    for who, level, role in MAY_SIGN:
        seat = people.seat_of(city, level, units["V111"], cast[who], now)

        assert (seat.role.name if seat else None) == role, (who, level)


def test_escalation_goes_to_the_deputy_then_one_level_up(city, units, cast, now):
    _stand_in(cast, now, "county1.deputy", "county1.director")

    def asked(to):
        return people.next_in_line(city, "yellow", units["T11"], to, now).holder.username

    assert asked("signatory") == "county1.director"
    assert asked("deputy") == "county1.deputy"
    assert asked("next_higher") == "city.deputy"


def test_escalation_without_a_deputy_goes_one_level_up(city, units, cast, now):
    assert (
        people.next_in_line(city, "blue", units["T11"], "deputy", now).holder.username == "county1.director"
    )


def test_escalation_of_the_highest_level_stays_with_it(city, units, cast, now):
    assert (
        people.next_in_line(city, "red", units["T11"], "next_higher", now).holder.username == "city.director"
    )


def test_nobody_in_line_where_nobody_holds_a_post(city, units, now):
    Post.objects.update(closed_at=now - timedelta(days=1))

    assert people.signatories(city, "blue", units["T11"], now) == []
    assert people.signatory(city, "blue", units["T11"], now) is None
    assert people.next_in_line(city, "blue", units["T11"], "deputy", now) is None


def test_recipients_of_red(city, units, cast, now):
    told = people.recipients(city, "red", units["V111"], now)

    assert told.platform is True
    assert [holder.person for holder in told.phone] == [cast["county1.responder"]]
    assert [role.words.zh for role in told.report_to] == ["市委政法委", "省司法厅"]


def test_role_without_a_tier_is_the_nearest_one(city, units, cast, now):
    def duty(unit):
        return [
            holder.person.username for holder in people.holders_of(city, "duty_officer", units[unit], now)
        ]

    assert duty("V111") == duty("C1") == ["county1.duty"]
    assert duty("C0") == ["city.duty"]
    assert people.holders_of(city, "provincial_justice_department", units["C1"], now) == ()


def test_signatories_take_one_query_however_many_people(city, units, cast, now, django_assert_num_queries):
    with django_assert_num_queries(1):
        people.signatories(city, "blue", units["V111"], now)
    for name in ("county1.deputy", "county1.leader", "city.leader"):
        _stand_in(cast, now, name, "county1.director")

    with django_assert_num_queries(1):
        people.signatories(city, "blue", units["V111"], now)


def test_of_a_role_without_a_tier_another_signs_only_where_nobody_holds_its_post(units, cast, now):
    """Unit plan §二(二): grave risk is signed by the leader for petitions, and by the principal where there is none."""
    document = read((settings.BASE_DIR / "plans/library/unit-petition-reception.yaml").read_text()).value

    first = people.signatory(document, "orange", units["C1"], now)
    for held in Appointment.objects.filter(post__kind="deputy_director"):
        end_appointment(appointment_id=held.pk, actor=None, now=now)
    later = people.signatory(document, "orange", units["C1"], now + timedelta(minutes=1))

    assert (first.holder.username, first.by) == ("county1.deputy", "own")
    assert (later.holder.username, later.by) == ("county1.director", "where_absent")


def test_a_unit_at_which_nobody_holds_a_post_is_passed_over_and_still_has_its_tier(units, cast, now):
    """The nearest one who holds it is meant; that there is such an office is known all the same."""
    Appointment.objects.filter(post__unit=units["C1"]).delete()

    bench = people.Bench(units["V111"], now)

    assert [holder.post.unit.code for holder in bench.on_duty()] == ["C0"]
    assert bench.has_tier("county")
    assert [unit.code for unit in bench.units] == ["V111", "T11", "C1", "C0"]
