"""From draft to publication, changes and swaps, and who is meant then."""

from datetime import date, datetime, timedelta

import pytest

from accounts.models import Appointment, User
from accounts.posts.duty import meant
from common.dates.local_time import LOCAL
from common.errors import Invalid, NotAllowed, Stale, WrongState
from incidents.reporting.alerts import people_of
from journal.models import Entry
from notices.models import Notice
from plans.people.holders import holders_of
from rosters import queries, rules
from rosters.choices import SwapVerb
from rosters.models import Roster, Shift
from rosters.months import actions
from rosters.overrides import changes, swaps
from rosters.overrides.agreements import lapse_swaps
from tests.rosters.conftest import refused
from tests.states import done_as_in_the_table, nothing_written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(day, hour=8, minute=30):
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL)


def officers(roster):
    rows = roster.shifts.filter(post__kind="duty_officer").order_by("starts_at")
    return [shift.person.username.removeprefix("county1.") for shift in rows.select_related("person")]


def test_a_draft_follows_the_rotations_and_decides_nothing(draft, units, now):
    roster = draft()

    assert officers(roster) == ["duty2", "duty3", "duty", "duty2", "duty3", "duty", "duty2"]
    assert queries.findings_of(roster) == []
    assert not Shift.objects.in_force().exists()
    assert {d.by for d in queries.on_duty([units["C1"]], at(24, 12))} == {"post"}


def test_drafting_again_replaces_the_draft(draft):
    first = draft()
    second = draft()

    assert list(Roster.objects.all()) == [second]
    assert first.pk != second.pk


def test_a_published_roster_says_who_is_on_duty_and_tells_them(published, units, now):
    roster = published()

    found = {d.post.kind: d for d in queries.on_duty([units["C1"]], at(24, 12))}

    assert found["duty_officer"].person.username == "county1.duty3"
    assert (found["duty_officer"].since, found["duty_officer"].until) == (at(24), at(25))
    assert found["duty_leader"].by == "roster"
    entry = Entry.objects.get(kind="roster.published")
    assert (entry.subject, entry.audience) == (roster.key, "report")
    told = Notice.objects.filter(purpose="roster.published", channel="app")
    assert set(told.values_list("recipient__username", flat=True)) == {
        "county1.duty", "county1.duty2", "county1.duty3", "county1.leader", "county1.leader2",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "who"), [(at(24), "duty3"), (at(24) - timedelta(microseconds=1), "duty2")]
)
def test_the_hour_belongs_to_who_comes(published, units, moment, who):
    published()

    (officer,) = [d for d in queries.on_duty([units["C1"]], moment) if d.post.kind == "duty_officer"]

    assert officer.person.username == f"county1.{who}"


def test_a_gap_is_refused_by_name_and_published_with_a_reason(draft, reach, now):
    roster = draft()
    empty = roster.shifts.filter(post__kind="duty_officer").order_by("starts_at")[2]
    actions.assign_shift(reach=reach("county1.duty"), shift_id=empty.pk, person=None, now=now)

    with pytest.raises(WrongState) as refused:
        actions.publish_roster(reach=reach("county1.leader"), roster_id=roster.pk, now=now, reason=" ok")
    assert refused.value.code == "roster_has_findings"
    assert [one["code"] for one in refused.value.extra["findings"]] == ["gap"]
    roster.refresh_from_db()
    assert roster.is_draft

    actions.publish_roster(
        reach=reach("county1.leader"), roster_id=roster.pk, now=now, reason="局领导亲自值守"
    )
    roster.refresh_from_db()
    assert (roster.state, roster.reason, roster.findings[0]["code"]) == ("published", "局领导亲自值守", "gap")


def test_an_unreachable_person_and_a_leaver_are_found(draft, cast, reach, now):
    roster = draft()
    User.objects.filter(username="county1.duty2").update(phone="")
    Appointment.objects.filter(person__username="county1.duty3").update(valid_to=at(25, 0))

    found = {(one.code, one.person.username) for one in queries.findings_of(roster)}

    assert found == {("unreachable", "county1.duty2"), ("not_holding", "county1.duty3")}


def test_a_double_posting_is_a_clash(published, draft, cast, units, reach, now):
    from accounts.models import Post
    from accounts.posts.actions import appoint_person

    post = Post.objects.get(unit=units["C0"], kind="duty_officer")
    appoint_person(person=cast["county1.duty2"], post=post, actor=None, now=now)
    Shift.objects.create(
        post=post, person=cast["county1.duty2"], starts_at=at(26), ends_at=at(27), in_force=True
    )

    found = queries.findings_of(draft())

    assert [(one.code, one.person.username, one.starts_at) for one in found] == [
        ("clash", "county1.duty2", at(26))
    ]


def test_a_year_without_a_calendar_is_found(draft):
    found = queries.findings_of(draft(date(2026, 12, 30), date(2027, 1, 2)))

    assert [(one.code, one.starts_at) for one in found] == [
        ("no_calendar", datetime(2027, 1, 1, tzinfo=LOCAL))
    ]


def test_only_leaders_publish_and_a_stale_page_does_not(draft, reach, now):
    roster = draft()

    with pytest.raises(NotAllowed):
        actions.publish_roster(reach=reach("county1.duty"), roster_id=roster.pk, now=now)
    with pytest.raises(Stale):
        actions.publish_roster(
            reach=reach("county1.leader"), roster_id=roster.pk, now=now, rev=roster.rev + 1
        )
    with pytest.raises(NotAllowed):
        actions.publish_roster(reach=reach("county2.leader"), roster_id=roster.pk, now=now)


def test_publishing_during_a_shift_leaves_it_and_loses_nobody(published, draft, units, rotate, reach):
    published()
    running = Shift.objects.at(at(24, 12)).get(post__kind="duty_officer")
    Shift.objects.filter(pk=running.pk).update(began_at=at(24), confirmed_at=at(24), confirm_by=at(24, 8, 35))
    rotate("duty_officer", "county1.duty2", "county1.duty")
    changed = draft()

    actions.publish_roster(reach=reach("county1.leader"), roster_id=changed.pk, now=at(24, 12))

    running.refresh_from_db()
    assert (running.in_force, running.confirmed_at) == (True, at(24))
    for hours in range(24 * 6):
        found = queries.on_duty([units["C1"]], at(23) + hours * HOUR)
        assert sorted(d.post.kind for d in found) == ["duty_leader", "duty_officer"], hours
        assert {d.by for d in found} == {"roster"}


def test_a_leaver_is_not_meant_the_stand_in_is_and_then_everybody(published, units, cast):
    published()
    shift = Shift.objects.at(at(24, 12)).get(post__kind="duty_officer")
    assert (shift.person.username, shift.stand_in.username) == ("county1.duty3", "county1.duty")

    User.objects.filter(pk=shift.person_id).update(is_active=False)
    assert _officer(units, at(24, 12)) == [("county1.duty", "stand_in")]

    User.objects.filter(pk=shift.stand_in_id).update(is_active=False)
    assert _officer(units, at(24, 12)) == [("county1.duty2", "post")]


def _officer(units, moment):
    found = queries.on_duty([units["C1"]], moment)
    return [(d.person.username, d.by) for d in found if d.post.kind == "duty_officer"]


def test_the_roster_decides_who_is_rung_and_the_post_who_may_act(published, plan, units, reach, now):
    published()

    told = {
        one.person.username for one in people_of(_roles(plan), units["C1"].path, at(24, 12), nearest=True)
    }
    assert told & {"county1.duty", "county1.duty2", "county1.duty3"} == {"county1.duty3"}
    # Before the roster begins: everybody who holds the post, as without one.
    before = {one.person.username for one in people_of(_roles(plan), units["C1"].path, now, nearest=True)}
    assert {"county1.duty", "county1.duty2", "county1.duty3"} <= before
    assert reach("county1.duty2", at(24, 12)).holds("incident.manage", units["C1"].path)
    roles = [name for name, role in plan.document["roles"].items() if role.get("post") == "duty_leader"]
    for name in roles:
        people = [h.person.username for h in holders_of(plan.document, name, units["C1"], at(24, 12))]
        assert people in (["county1.leader2"], ["county1.leader"], [])


def _roles(plan):
    from plans.document.sections import alarm_roles

    return alarm_roles(plan.document)


def test_who_is_meant_is_one_query_two_for_a_stranger_and_none_without_duty_posts(
    published, units, cast, django_assert_num_queries
):
    published()
    rows = list(
        Appointment.objects.current(at(24, 12))
        .filter(post__unit=units["C1"])
        .select_related("person", "post")
    )
    others = [row for row in rows if row.post.kind == "director"]

    with django_assert_num_queries(1):
        on_duty = {row.person for row in meant(rows, at(24, 12)) if row.post.kind == "duty_officer"}
    assert len(on_duty) == 1
    # The rostered one is not among those asked about: whether they hold the post has to be looked up.
    colleagues = [row for row in rows if row.post.kind == "duty_officer" and row.person not in on_duty]
    with django_assert_num_queries(2):
        assert meant(colleagues, at(24, 12)) == colleagues
    with django_assert_num_queries(0):
        assert meant(others, at(24, 12)) == others


@pytest.mark.parametrize("days", [1, 30])
def test_on_duty_is_two_queries_for_any_roster(published, units, days, django_assert_num_queries):
    published(date(2026, 11, 23), date(2026, 11, 22) + days * DAY)

    for moment in (at(23, 12), at(24, 12), at(23, 12) + 365 * DAY):
        with django_assert_num_queries(2):
            queries.on_duty([units["C1"]], moment, kinds=queries.ROSTERED)


@pytest.mark.parametrize("days", [1, 3])
def test_findings_ask_the_same_number_of_queries(draft, days, django_assert_num_queries):
    roster = draft(date(2026, 11, 23), date(2026, 11, 22) + days * DAY)

    with django_assert_num_queries(8):
        queries.findings_of(roster)


def test_an_override_gives_a_part_away_and_tells_both(published, cast, reach, units, now):
    published()
    shift = Shift.objects.at(at(24, 12)).get(post__kind="duty_officer")

    changes.override_shift(
        reach=reach("county1.leader"), shift_id=shift.pk, person=cast["county1.duty"], reason="就医",
        starts_at=at(24, 18), ends_at=at(24, 22), now=now,
    )  # fmt: skip

    assert [_officer(units, at(24, hour))[0][0] for hour in (12, 20, 23)] == [
        "county1.duty3",
        "county1.duty",
        "county1.duty3",
    ]
    told = Notice.objects.filter(purpose__startswith="shift.changed", channel="app")
    assert set(told.values_list("recipient__username", flat=True)) == {"county1.duty", "county1.duty3"}
    assert Entry.objects.filter(kind="duty.changed").count() == 1


def test_an_override_needs_a_reason_a_holder_and_a_free_evening(published, cast, reach, now):
    published()
    shift = Shift.objects.at(at(24, 12)).get(post__kind="duty_officer")

    def change(username, reason="就医", who="county1.leader", when=now):
        return changes.override_shift(
            reach=reach(who), shift_id=shift.pk, person=cast[username], reason=reason, now=when
        )

    with pytest.raises(Invalid):
        change("county1.duty", reason=" ")
    with refused("duty_not_holding"):
        change("county1.responder")
    with pytest.raises(NotAllowed):
        change("county1.duty", who="county1.duty3")
    with refused("shift_over"):
        change("county1.duty", when=at(25, 9))


def test_a_swap_is_proposed_accepted_and_approved(published, cast, reach, units, now):
    published()
    mine = Shift.objects.at(at(24, 12)).get(post__kind="duty_officer")
    theirs = Shift.objects.at(at(25, 12)).get(post__kind="duty_officer")
    swap = swaps.propose_swap(
        reach=reach("county1.duty3"),
        shift_id=mine.pk,
        other=cast["county1.duty"],
        in_return_id=theirs.pk,
        now=now,
    )

    with pytest.raises(NotAllowed):
        swaps.move_swap(reach=reach("county1.duty2"), swap_id=swap.pk, verb=SwapVerb.ACCEPT, now=now)
    with pytest.raises(WrongState):
        swaps.move_swap(reach=reach("county1.leader"), swap_id=swap.pk, verb=SwapVerb.APPROVE, now=now)
    swaps.move_swap(reach=reach("county1.duty"), swap_id=swap.pk, verb=SwapVerb.ACCEPT, now=now)
    with pytest.raises(NotAllowed):
        swaps.move_swap(reach=reach("county1.duty"), swap_id=swap.pk, verb=SwapVerb.APPROVE, now=now)
    swaps.move_swap(reach=reach("county1.leader"), swap_id=swap.pk, verb=SwapVerb.APPROVE, now=now)

    assert _officer(units, at(24, 12)) == [("county1.duty", "roster")]
    assert _officer(units, at(25, 12)) == [("county1.duty3", "roster")]
    kinds = Entry.objects.filter(subject=swap.key).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["swap.proposed", "swap.accepted", "swap.approved"]


@pytest.mark.parametrize(
    "end", [SwapVerb.APPROVE, SwapVerb.REFUSE, SwapVerb.WITHDRAW, SwapVerb.DECLINE, rules.LAPSE]
)
def test_each_step_of_a_swap_writes_and_tells_what_the_table_says(published, cast, reach, now, end):
    """And what does not follow from a state writes nothing."""
    by = {rules.PROPOSER: "county1.duty3", rules.OTHER: "county1.duty", rules.LEADER: "county1.leader"}
    published()
    shift = Shift.objects.at(at(24, 12)).get(post__kind="duty_officer")

    def move(verb):
        who = reach(by[rules.SWAPS[verb].by])
        swaps.move_swap(reach=who, swap_id=swap.pk, verb=verb, now=now)

    with done_as_in_the_table(rules.SWAPS, rules.SWAPS.begin.verb, tells=True) as begun:
        swap = swaps.propose_swap(
            reach=reach("county1.duty3"), shift_id=shift.pk, other=cast["county1.duty"], now=now
        )
        begun.append(swap.key)
    if end != SwapVerb.DECLINE:
        with done_as_in_the_table(rules.SWAPS, SwapVerb.ACCEPT, subject=swap.key, tells=True):
            move(SwapVerb.ACCEPT)
    with done_as_in_the_table(rules.SWAPS, end, subject=swap.key, tells=True):
        if end == rules.LAPSE:
            lapse_swaps([shift], now)
        else:
            move(end)

    swap.refresh_from_db()
    assert swap.state == rules.SWAPS[end].to
    if end != SwapVerb.APPROVE:  # the duty has another row then
        for verb in SwapVerb:
            with nothing_written(), refused("wrong_state"):
                move(verb)


def test_a_swap_that_would_clash_by_now_is_not_made(published, cast, reach, units, now):
    published()
    mine = Shift.objects.at(at(24, 12)).get(post__kind="duty_officer")
    swap = swaps.propose_swap(
        reach=reach("county1.duty3"), shift_id=mine.pk, other=cast["county1.duty"], now=now
    )
    swaps.move_swap(reach=reach("county1.duty"), swap_id=swap.pk, verb=SwapVerb.ACCEPT, now=now)
    other = Shift.objects.at(at(24, 12)).get(post__kind="duty_leader").post
    Shift.objects.create(
        post=other, person=cast["county1.duty"], starts_at=at(24), ends_at=at(25), in_force=True
    )

    with refused("duty_clash"):
        swaps.move_swap(reach=reach("county1.leader"), swap_id=swap.pk, verb=SwapVerb.APPROVE, now=now)

    swap.refresh_from_db()
    assert swap.state == "accepted"
    assert _officer(units, at(24, 12)) == [("county1.duty3", "roster")]


def test_a_begun_shift_is_not_swapped_and_not_twice_on_offer(published, cast, reach, now):
    published()
    mine = Shift.objects.at(at(24, 12)).get(post__kind="duty_officer")
    offer = {"shift_id": mine.pk, "other": cast["county1.duty"]}

    with refused("shift_begun"):
        swaps.propose_swap(reach=reach("county1.duty3"), now=at(24), **offer)
    swaps.propose_swap(reach=reach("county1.duty3"), now=now, **offer)
    with refused("already_on_offer"):
        swaps.propose_swap(reach=reach("county1.duty3"), now=now, **offer)


def test_fairness_counts_by_name(published, units, posts):
    published()

    lines = queries.fairness(units["C1"], list(posts.values()), date(2026, 11, 30))

    assert [str(line.person) for line in lines] == sorted(str(line.person) for line in lines)
    counted = {line.person.username: line.load for line in lines}
    assert (counted["county1.duty2"].shifts, counted["county1.duty2"].hours) == (3, 72)
    assert counted["county1.duty"].off_days == 1
