"""A duty that changes: told in time, with its own hours; what was agreed about the old one lapses or is asked about."""

from datetime import date, datetime, timedelta

import pytest

from common.dates.local_time import LOCAL
from common.errors import WrongState
from journal.models import Entry
from notices.models import Notice
from notices.rules import QuietHours, first_moment, quiet_hours
from rosters import queries
from rosters.choices import FindingCode, SwapVerb
from rosters.models import Shift, Swap
from rosters.months import actions
from rosters.overrides import changes, swaps
from tests.rosters.conftest import colleagues, draft, posts, published, refused, rotate
from zero_reports.reminders.choices import Do
from zero_reports.reminders.rules import Step, before_the_night

__all__ = ["colleagues", "draft", "posts", "published", "rotate"]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = quiet_hours("22:00-07:00")


def at(day, hour=8, minute=30):
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL)


@pytest.fixture
def officer_shift(published, settings):
    published()
    settings.NOTICE_GATEWAY_URL, settings.NOTICE_QUIET_HOURS = "http://gateway.invalid", "22:00-07:00"
    settings.NOTICE_BUNDLE_SECONDS = 60
    return Shift.objects.at(at(24, 12)).get(post__kind="duty_officer")


def give(shift, person, reach, now, begin=None, end=None):
    changes.override_shift(
        reach=reach("county1.leader"),
        shift_id=shift.pk,
        person=person,
        reason="就医",
        starts_at=begin,
        ends_at=end,
        now=now,
    )
    return Notice.objects.filter(purpose__startswith="shift.changed", channel="sms")


@pytest.mark.parametrize(
    ("made", "begins", "leaves"),
    [
        (at(24, 23, 1), at(24, 23, 30), at(24, 23, 1)),
        (at(24, 23, 1), at(25, 7, 30), at(24, 23, 1)),
        (at(24, 12, 0), at(24, 23, 30), at(24, 12, 1)),
    ],
)
def test_the_urgency_of_a_change_follows_the_time_left(officer_shift, cast, reach, made, begins, leaves):
    told = give(officer_shift, cast["county1.duty"], reach, made, begin=begins)

    assert set(told.values_list("visible_at", flat=True)) == {leaves}


def test_a_change_far_ahead_waits_for_the_morning(officer_shift, cast, reach, published):
    later = Shift.objects.at(at(28, 12)).get(post__kind="duty_officer")
    someone = cast["county1.duty" if later.person.username != "county1.duty" else "county1.duty2"]

    told = give(later, someone, reach, at(24, 23, 1))

    assert set(told.values_list("visible_at", flat=True)) == {at(25, 7, 0)}


@pytest.mark.parametrize(
    ("now", "needed_by", "leaves"),
    [
        (at(24, 23), None, at(25, 7, 0)),
        (at(24, 23), at(25, 7, 0), at(25, 7, 0)),
        (at(24, 23), at(25, 6, 59), at(24, 23)),
        (at(24, 12), at(24, 12, 1), at(24, 12, 1)),
        (at(24, 12), at(24, 12, 0), at(24, 12)),
    ],
)
def test_what_is_needed_sooner_waits_for_nothing(now, needed_by, leaves):
    assert first_moment(5, now.replace(minute=0), MINUTE, NIGHT, needed_by) == (
        leaves.replace(minute=0) if leaves == now else leaves
    )


def test_a_change_names_the_hours_that_change_hands(officer_shift, cast, reach, now):
    give(officer_shift, cast["county1.duty"], reach, now, begin=at(24, 12, 0), end=at(24, 14, 0))

    texts = Notice.objects.filter(purpose__startswith="shift.changed", channel="app")
    assert texts.count() == 2
    for text in texts:
        assert "11-24 12:00 – 11-24 14:00" in text.text_zh
        assert "08:30" not in text.text_zh + text.text_en


@pytest.fixture
def accepted(officer_shift, cast, reach, now):
    theirs = Shift.objects.at(at(25, 12)).get(post__kind="duty_officer")
    swap = swaps.propose_swap(
        reach=reach(officer_shift.person.username),
        shift_id=officer_shift.pk,
        other=theirs.person,
        in_return_id=theirs.pk,
        now=now,
    )
    swaps.move_swap(reach=reach(theirs.person.username), swap_id=swap.pk, verb=SwapVerb.ACCEPT, now=now)
    return swap


@pytest.mark.parametrize("which", ["given", "in_return"])
def test_a_swap_whose_duty_changes_before_it_is_approved_lapses(accepted, cast, reach, now, which):
    shift = accepted.shift if which == "given" else accepted.in_return
    third = next(
        cast[name]
        for name in ("county1.duty", "county1.duty2", "county1.duty3")
        if cast[name] not in (accepted.proposed_by, accepted.other)
    )
    begin = shift.starts_at + 4 * HOUR

    give(shift, third, reach, now, begin=begin, end=begin + 2 * HOUR)

    accepted.refresh_from_db()
    assert accepted.state == "lapsed"
    told = Notice.objects.filter(subject=accepted.key, purpose="swap.lapsed", channel="app")
    assert {row.recipient for row in told} == {accepted.proposed_by, accepted.other}
    assert not Notice.objects.filter(
        subject=accepted.key, purpose="swap.accepted", state__in=["queued", "sent"]
    ).exists()
    assert Entry.objects.filter(kind="swap.lapsed", subject=accepted.key).exists()
    with pytest.raises(WrongState):
        swaps.move_swap(reach=reach("county1.leader"), swap_id=accepted.pk, verb=SwapVerb.APPROVE, now=now)


def test_a_new_roster_over_it_lets_a_swap_lapse(accepted, units, reach, now):
    roster = actions.draft_roster(
        reach=reach("county1.duty"),
        unit=units["C1"],
        first_day=date(2026, 11, 24),
        last_day=date(2026, 11, 29),
        now=now,
    )
    officer = roster.shifts.filter(post__kind="duty_officer").order_by("starts_at").first()
    other = next(p for p in (accepted.proposed_by, accepted.other) if p != officer.person)
    actions.assign_shift(reach=reach("county1.duty"), shift_id=officer.pk, person=other, now=now)

    actions.publish_roster(
        reach=reach("county1.leader"), roster_id=roster.pk, now=now, reason="人员调整，重新排班"
    )

    assert Swap.objects.get().state == "lapsed"


def test_a_draft_that_undoes_an_approved_swap_says_so(accepted, units, reach, now):
    swaps.move_swap(reach=reach("county1.leader"), swap_id=accepted.pk, verb=SwapVerb.APPROVE, now=now)
    given = {"unit": units["C1"], "first_day": date(2026, 11, 23), "last_day": date(2026, 11, 29), "now": now}

    roster = actions.draft_roster(reach=reach("county1.duty"), **given)

    found = [one for one in queries.findings_of(roster) if one.code == FindingCode.UNDOES_CHANGE]
    assert {one.person for one in found} == {accepted.proposed_by, accepted.other}
    with refused("roster_has_findings"):
        actions.publish_roster(reach=reach("county1.leader"), roster_id=roster.pk, now=now)
    for one in found:
        drafted = roster.shifts.get(post=one.post, starts_at=one.starts_at)
        actions.assign_shift(reach=reach("county1.duty"), shift_id=drafted.pk, person=one.person, now=now)
    assert not [one for one in queries.findings_of(roster) if one.code == FindingCode.UNDOES_CHANGE]


@pytest.mark.parametrize(
    ("step", "due", "moved"),
    [
        (at(24, 23, 0), at(25, 0, 0), at(24, 21, 55)),
        (at(24, 22, 0), at(24, 23, 0), at(24, 21, 55)),
        (at(24, 21, 58), at(24, 22, 58), at(24, 21, 55)),
        (at(25, 1, 0), at(25, 2, 0), at(24, 21, 55)),
        (at(25, 6, 30), at(25, 7, 30), at(25, 6, 30)),
        (at(24, 16, 30), at(24, 17, 30), at(24, 16, 30)),
        (at(24, 21, 30), at(24, 22, 30), at(24, 21, 30)),
    ],
)
def test_a_reminder_that_would_come_after_the_cut_off_comes_before_the_night(step, due, moved):
    assert before_the_night(Step(Do.BEFORE, step), due, NIGHT).at == moved
    assert before_the_night(Step(Do.BEFORE, step), due, None).at == step
    assert before_the_night(Step(Do.CUTOFF, step), due, NIGHT).at == step


def test_quiet_hours_know_when_they_began():
    assert NIGHT.began_before(at(24, 23)) == at(24, 22, 0)
    assert NIGHT.began_before(at(25, 6)) == at(24, 22, 0)
    assert NIGHT.began_before(at(25, 7, 0)) == at(25, 7, 0)
    assert QuietHours(NIGHT.begin.replace(hour=12), NIGHT.begin.replace(hour=13)).began_before(
        at(24, 12, 59)
    ) == at(24, 12, 0)
