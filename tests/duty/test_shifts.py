"""The hour comes: confirmed, stood in, handed over, written on pack."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from accounts import scope
from accounts.models import Appointment, Post, User
from accounts.posts.actions import appoint_person
from clocks.breaches.sweep import sweep
from clocks.models import Clock
from command.orders import actions as orders
from common.dates.local_time import LOCAL
from common.errors import NotAllowed, WrongState
from duty.shifts import actions, downtime_packs, handovers, rules
from duty.shifts.models import DowntimePack, Handover, HandoverItem
from duty.shifts.queries import what_passes
from early_warnings.proposals import actions as proposals
from incidents.models import Incident
from journal.models import Entry
from notices.actions import acknowledge_notice
from notices.models import Notice
from plans.lifecycle.models import PlanVersion
from rosters import queries
from rosters.models import Rotation, Shift
from rosters.months.actions import set_rotation
from rosters.overrides import changes
from tests.rosters.conftest import refused

MINUTE = timedelta(minutes=1)


def at(day, hour=8, minute=30):
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL)


@pytest.fixture
def begun(published, plan):
    """Tuesday 08:30: duty3 follows duty2. → the officer's shift, begun."""
    published()
    actions.begin_due(at(24))
    return Shift.objects.at(at(24)).get(post__kind="duty_officer")


def officer(units, moment):
    found = queries.on_duty([units["C1"]], moment)
    return [
        (d.person.username.removeprefix("county1."), d.by) for d in found if d.post.kind == "duty_officer"
    ]


def test_at_the_hour_each_shift_begins_once_with_its_clock_and_its_test(begun):
    assert actions.begin_due(at(24)) == 0

    assert (begun.began_at, begun.confirm_by) == (at(24), at(24, 8, 35))
    clock = Clock.objects.get(subject=begun.key)
    assert (clock.clock_id, clock.due_at, clock.effect) == (
        rules.CONFIRM_CLOCK,
        at(24, 8, 35),
        "shift.stand_in",
    )
    assert Notice.objects.filter(subject=begun.key, channel="app", recipient=begun.person).exists()


def test_a_shift_missed_while_everything_was_down_begins_later_and_one_that_is_over_never(published, plan):
    published()

    actions.begin_due(at(24, 20))

    begun = Shift.objects.filter(began_at__isnull=False)
    assert {shift.starts_at for shift in begun} == {at(24)}
    assert begun.first().confirm_by == at(24, 20, 35)


def test_confirmed_in_time_stops_the_clock_and_nobody_stands_in(begun, reach, units):
    actions.confirm_shift(reach=reach("county1.duty3", at(24, 8, 34)), shift_id=begun.pk, now=at(24, 8, 34))
    sweep(at(24, 9))

    assert officer(units, at(24, 9)) == [("duty3", "roster")]
    assert not Entry.objects.filter(kind="shift.stood_in", subject=begun.key).exists()
    assert Clock.objects.get(subject=begun.key).stopped_at == at(24, 8, 34)


@pytest.mark.parametrize(
    ("moment", "who"), [(at(24, 8, 35), "duty3"), (at(24, 8, 35) + timedelta(seconds=1), "duty")]
)
def test_not_confirmed_within_five_minutes_the_stand_in_is_on_duty_and_the_leader_knows(
    begun, units, reach, moment, who
):
    leader = Shift.objects.at(at(24)).get(post__kind="duty_leader")
    actions.confirm_shift(reach=reach("county1.leader", at(24)), shift_id=leader.pk, now=at(24, 8, 31))
    sweep(moment)

    assert officer(units, moment + MINUTE)[0][0] == who
    if who == "duty":
        told = set(
            Notice.objects.filter(subject=begun.key, purpose="shift.not_confirmed").values_list(
                "recipient__username", flat=True
            )
        )
        assert told == {"county1.duty3", "county1.leader"}
        rung = Notice.objects.filter(subject=begun.key, purpose="shift.stand_in")
        assert set(rung.values_list("recipient__username", flat=True)) == {"county1.duty"}
        # Before it, the past stays as it was.
        assert officer(units, at(24, 8, 34)) == [("duty3", "roster")]


def test_who_comes_late_takes_over_from_the_stand_in(begun, reach, units):
    sweep(at(24, 8, 36))

    actions.confirm_shift(reach=reach("county1.duty3", at(24, 9)), shift_id=begun.pk, now=at(24, 9))

    assert officer(units, at(24, 8, 50)) == [("duty", "stand_in")]
    assert officer(units, at(24, 9)) == [("duty3", "roster")]


def test_without_anybody_to_stand_in_the_leader_is_told_so(begun, units):
    Appointment.objects.filter(post=begun.post).exclude(person=begun.person).update(valid_to=at(24))

    sweep(at(24, 8, 36))

    begun.refresh_from_db()
    assert begun.stood_in_at is None
    notice = Notice.objects.filter(subject=begun.key, purpose="shift.not_confirmed").first()
    assert "无人可替班" in notice.text_zh
    assert officer(units, at(24, 9)) == [("duty3", "roster")]


def test_a_leaders_shift_is_known_one_level_up(published, plan, units):
    published()
    actions.begin_due(at(24))

    sweep(at(24, 8, 36))

    shift = Shift.objects.at(at(24)).get(post__kind="duty_leader")
    told = set(
        Notice.objects.filter(subject=shift.key, purpose="shift.not_confirmed").values_list(
            "recipient__username", flat=True
        )
    )
    assert {"county1.director", "county1.deputy", "city.leader"} <= told


def test_only_oneself_confirms_and_only_once_it_has_begun(begun, reach):
    with pytest.raises(NotAllowed):
        actions.confirm_shift(reach=reach("county1.duty2", at(24)), shift_id=begun.pk, now=at(24))
    coming = Shift.objects.in_force().filter(person__username="county1.duty", starts_at__gt=at(24)).first()
    with pytest.raises(WrongState):
        actions.confirm_shift(reach=reach("county1.duty", at(24)), shift_id=coming.pk, now=at(24))


def test_a_duty_changed_after_the_hour_is_asked_of_the_new_one(begun, cast, reach, units):
    changes.override_shift(
        reach=reach("county1.leader", at(24, 8, 32)), shift_id=begun.pk, person=cast["county1.duty"], reason="车祸堵路", now=at(24, 8, 32)
    )  # fmt: skip
    actions.begin_due(at(24, 8, 33))
    sweep(at(24, 8, 36))

    assert officer(units, at(24, 8, 34)) == [("duty", "roster")]
    new = Shift.objects.at(at(24, 8, 34)).get(post__kind="duty_officer")
    assert new.confirm_by == at(24, 8, 38)


def test_the_numbers_own_test_confirms_and_proves_it(published, plan, settings, units):
    settings.NOTICE_GATEWAY_URL = "http://gateway.invalid"
    published(reason="号码尚未核实")
    actions.begin_due(at(24))
    shift = Shift.objects.at(at(24)).get(post__kind="duty_officer")
    notice = Notice.objects.get(subject=shift.number_key)
    assert (notice.channel, notice.recipient) == ("sms", shift.person)
    assert actions.check_numbers(at(24, 8, 31)) == 0

    acknowledge_notice(notice_id=notice.pk, actor=shift.person, now=at(24, 8, 32))
    actions.check_numbers(at(24, 8, 32))

    shift.refresh_from_db()
    assert shift.confirmed_at == at(24, 8, 32)
    assert shift.person.verified_numbers.get().proof == "answer"


def test_confirmed_on_screen_with_a_silent_number_the_leader_is_told_once(published, plan, settings, reach):
    settings.NOTICE_GATEWAY_URL = "http://gateway.invalid"
    published(reason="号码尚未核实")
    actions.begin_due(at(24))
    shift = Shift.objects.at(at(24)).get(post__kind="duty_officer")
    actions.confirm_shift(reach=reach("county1.duty3", at(24, 8, 31)), shift_id=shift.pk, now=at(24, 8, 31))

    for minute in (36, 37):
        actions.check_numbers(at(24, 8, minute))

    told = Notice.objects.filter(subject=shift.key, purpose="shift.number_silent")
    assert [notice.recipient.username for notice in told] == ["county1.leader"]


@pytest.mark.parametrize(
    ("channels", "rotation", "channel"),
    [(["app", "voice", "sms"], "", "voice"), (["app", "sms"], "", "sms"), (["app", "email"], "", "sms"), (["app", "voice"], "sms", "sms"), (None, "", "sms")],
)  # fmt: skip
def test_the_number_is_tested_on_the_plans_channel_unless_the_rotation_says_another(
    published, plan, settings, monkeypatch, channels, rotation, channel
):
    settings.NOTICE_GATEWAY_URL = "http://gateway.invalid"
    published(reason="号码尚未核实")
    Rotation.objects.update(test_channel=rotation)
    if channels is None:
        PlanVersion.objects.update(state="draft", in_force_from=None, in_force_to=None)
    else:
        monkeypatch.setattr(actions, "channels_of", lambda _document: tuple(channels))

    actions.begin_due(at(24))

    shift = Shift.objects.at(at(24)).get(post__kind="duty_officer")
    assert Notice.objects.get(subject=shift.number_key).channel == channel


@pytest.fixture
def handover(alarm, begun, reach):
    """An open incident passes from duty2 to duty3."""
    alarm(headcount=8)
    return Handover.objects.get(incoming=begun)


def test_both_sign_what_is_open(handover, reach):
    things = {thing.kind for thing in what_passes(handover.incoming.post, at(24, 8, 40))}
    assert "incident" in things

    with refused("not_given_yet"):
        handovers.take_handover(
            reach=reach("county1.duty3"), handover_id=handover.pk, items=[], now=at(24, 8, 40)
        )
    handovers.give_handover(
        reach=reach("county1.duty2"), handover_id=handover.pk, note="大厅还有两人", now=at(24, 8, 40)
    )
    items = list(handover.items.values_list("pk", flat=True))
    handovers.take_handover(
        reach=reach("county1.duty3"), handover_id=handover.pk, items=items, now=at(24, 8, 45)
    )

    handover.refresh_from_db()
    assert (handover.given_by.username, handover.taken_by.username) == ("county1.duty2", "county1.duty3")
    assert Clock.objects.get(subject=handover.key).stopped_at == at(24, 8, 45)
    sweep(at(24, 9, 30))
    assert not Entry.objects.filter(kind="handover.left_open", subject=handover.key).exists()


def test_what_is_not_taken_over_rings_both_and_can_be_taken_later(handover, reach):
    handovers.give_handover(reach=reach("county1.duty2"), handover_id=handover.pk, now=at(24, 8, 40))
    first, *rest = handover.items.values_list("pk", flat=True)

    handovers.take_handover(
        reach=reach("county1.duty3"), handover_id=handover.pk, items=rest, now=at(24, 8, 45)
    )

    rung = Notice.objects.filter(
        purpose__startswith="handover.left_open", subject=handover.key, channel="app"
    )
    assert set(rung.values_list("recipient__username", flat=True)) == {"county1.duty2", "county1.duty3"}
    handovers.take_handover(
        reach=reach("county1.duty3"), handover_id=handover.pk, items=[first], now=at(24, 8, 50)
    )
    assert not HandoverItem.objects.filter(taken_at=None).exists()


def test_a_handover_nobody_signs_rings_who_goes_and_who_is_on_duty(handover):
    sweep(at(24, 8, 36))
    sweep(at(24, 9, 1))

    rung = Notice.objects.filter(
        purpose__startswith="handover.left_open", subject=handover.key, channel="app"
    )
    assert set(rung.values_list("recipient__username", flat=True)) == {"county1.duty2", "county1.duty"}


def test_the_stand_in_takes_over_and_a_leader_gives_for_who_has_left(handover, reach):
    sweep(at(24, 8, 36))
    User.objects.filter(username="county1.duty2").update(is_active=False)

    with pytest.raises(NotAllowed):
        handovers.give_handover(reach=reach("county1.duty3"), handover_id=handover.pk, now=at(24, 8, 40))
    handovers.give_handover(reach=reach("county1.leader2"), handover_id=handover.pk, now=at(24, 8, 40))
    with pytest.raises(NotAllowed):
        handovers.take_handover(
            reach=reach("county1.duty3"), handover_id=handover.pk, items=[], now=at(24, 8, 45)
        )
    items = list(handover.items.values_list("pk", flat=True))
    handovers.take_handover(
        reach=reach("county1.duty"), handover_id=handover.pk, items=items, now=at(24, 8, 45)
    )


def test_who_stays_on_in_place_of_the_next_one_signs_once(handover, reach, cast):
    """The stand-in is who was to go: nobody else takes over, and nobody is rung for a second signature."""
    shift = handover.incoming
    shift.stand_in, shift.stood_in_at = cast["county1.duty2"], at(24, 8, 36)
    shift.save()

    handovers.give_handover(
        reach=reach("county1.duty2", at(24, 8, 40)), handover_id=handover.pk, now=at(24, 8, 40)
    )

    handover.refresh_from_db()
    assert (handover.given_by, handover.taken_by) == (cast["county1.duty2"],) * 2
    assert not handover.items.filter(taken_at=None).exists()
    clock = Clock.objects.get(subject=handover.key, clock_id=rules.HANDOVER_CLOCK)
    assert clock.stopped_at == at(24, 8, 40)
    sweep(at(24, 9, 5))
    assert not Notice.objects.filter(subject=handover.key, purpose__startswith="handover.left_open").exists()


def test_nobody_hands_over_to_themself(published, rotate, draft, plan, reach):
    from rosters.months.actions import publish_roster

    roster = draft()
    rotate("duty_officer", "county1.duty")
    roster = draft()
    publish_roster(reach=reach("county1.leader"), roster_id=roster.pk, now=at(22, 9))

    actions.begin_due(at(23))
    actions.begin_due(at(24))

    assert not Handover.objects.filter(incoming__post__kind="duty_officer").exists()


# --- leaders and squads ------------------------------------------------------------------------------------


def test_leaders_hand_over_what_waits_for_a_signature_first_and_no_silent_units(
    handover, begun, reach, alarm
):
    between = Handover.objects.get(incoming__post__kind="duty_leader")
    assert {between.outgoing.person.username, between.incoming.person.username} == {
        "county1.leader", "county1.leader2"
    }  # fmt: skip
    incident = Incident.objects.get()
    proposals.propose_new_warning(
        incident_id=incident.pk, reach=reach("county1.duty", at(24, 8, 31)), now=at(24, 8, 31),
        statement=proposals.Statement(level="orange", reason="现场人数还在增加"),
    )  # fmt: skip

    kinds = [thing.kind for thing in what_passes(between.incoming.post, at(24, 8, 40))]

    assert kinds[:2] == ["warning", "incident"]
    assert set(kinds) == {"warning", "incident", "clock"}


def test_what_a_leader_does_not_take_over_rings_both_leaders(handover, reach):
    between = Handover.objects.get(incoming__post__kind="duty_leader")
    goes, comes = between.outgoing.person.username, between.incoming.person.username
    with pytest.raises(NotAllowed):
        handovers.take_handover(
            reach=reach("county1.duty3"), handover_id=between.pk, items=[], now=at(24, 8, 39)
        )
    handovers.give_handover(reach=reach(goes), handover_id=between.pk, now=at(24, 8, 40))
    assert Clock.objects.get(subject=between.key).role == "duty_leader"

    handovers.take_handover(reach=reach(comes), handover_id=between.pk, items=[], now=at(24, 8, 45))

    rung = Notice.objects.filter(purpose__startswith="handover.left_open", subject=between.key, channel="app")
    assert set(rung.values_list("recipient__username", flat=True)) == {goes, comes}


@pytest.fixture
def squad(published, plan, cast, now, units, rotate, draft, reach):
    """Two people of the dialogue squad on call, day about: the second follows the first on Tuesday 08:30."""
    post = Post.objects.get(unit=units["C1"], kind="squad", squad="dialogue")
    second = User.objects.create(username="county1.squad2", name="second", phone="13911112223")
    appoint_person(person=second, post=post, actor=None, now=now)
    set_rotation(
        reach=reach("county1.leader"), post=post, people=[cast["county1.squad.dialogue"], second],
        first_day=date(2026, 11, 23), hand_over=time(8, 30), now=now,
    )  # fmt: skip
    published()
    return post


def test_a_squad_hands_over_its_own_open_orders_and_both_sign(squad, alarm, reach, cast):
    order = _order(alarm(headcount=8), reach)
    actions.begin_due(at(24))
    handover = Handover.objects.get(incoming__post=squad)
    assert [thing.subject for thing in what_passes(squad, at(24, 8, 31))] == [order.key]

    handovers.give_handover(reach=reach("county1.squad.dialogue"), handover_id=handover.pk, now=at(24, 8, 40))
    (item,) = handover.items.all()
    with pytest.raises(NotAllowed):
        handovers.take_handover(
            reach=reach("county1.duty3"), handover_id=handover.pk, items=[item.pk], now=at(24, 8, 44)
        )
    second = scope.reach_of(User.objects.get(username="county1.squad2"), at(24, 8, 45))
    handovers.take_handover(reach=second, handover_id=handover.pk, items=[item.pk], now=at(24, 8, 45))

    assert (item.kind, item.url) == ("order", f"/incidents/{order.incident.number}/")
    sweep(at(24, 9, 30))
    assert not Entry.objects.filter(kind="handover.left_open", subject=handover.key).exists()


def test_a_squads_order_nobody_takes_over_rings_both(squad, alarm, reach):
    _order(alarm(headcount=8), reach)
    actions.begin_due(at(24))
    handover = Handover.objects.get(incoming__post=squad)
    second = scope.reach_of(User.objects.get(username="county1.squad2"), at(24, 8, 31))
    actions.confirm_shift(reach=second, shift_id=handover.incoming_id, now=at(24, 8, 31))

    sweep(at(24, 9, 1))

    rung = Notice.objects.filter(
        purpose__startswith="handover.left_open", subject=handover.key, channel="app"
    )
    assert set(rung.values_list("recipient__username", flat=True)) == {
        "county1.squad.dialogue", "county1.squad2"
    }  # fmt: skip


def test_a_squad_without_orders_signs_nothing(squad):
    actions.begin_due(at(24))

    assert not Handover.objects.filter(incoming__post=squad).exists()


def test_two_who_go_hand_over_to_two_who_come_and_who_stays_signs_nothing(begun, cast, posts):
    """A, B → B, C: only A to C. A, B → C, D: one each."""
    Handover.objects.all().delete()
    Shift.objects.filter(post=begun.post).delete()
    a, b, c, d = (cast[f"county1.{name}"] for name in ("duty", "duty2", "duty3", "leader"))

    def sits(person, day):
        return Shift.objects.create(
            post=begun.post, person=person, starts_at=at(day), ends_at=at(day + 1), in_force=True
        )

    for person, day in ((a, 24), (b, 24), (b, 25), (c, 25), (a, 26), (d, 26)):
        sits(person, day)
    for day in (25, 26):
        for shift in Shift.objects.filter(post=begun.post, starts_at=at(day)):
            handovers.open_handover(shift=shift, now=at(day))

    pairs = {(h.outgoing.person, h.incoming.person) for h in Handover.objects.all()}
    assert (a, c) in pairs
    assert {pair for pair in pairs if pair[1] in (a, d)} in ({(b, a), (c, d)}, {(c, a), (b, d)})
    assert len(pairs) == 3


def _order(incident, reach):
    return orders.issue_order(
        incident_id=incident.pk, reach=reach("county1.duty", at(24, 8)), now=at(24, 8),
        target=orders.read_target("squad:dialogue@C1"), task="到大厅对话",
    )  # fmt: skip


def test_silent_units_pass_over_too(begun):
    found = [thing for thing in what_passes(begun.post, at(24, 8, 40)) if thing.kind == "silent"]

    assert found
    assert all("2026-11-23" in thing.title_zh for thing in found)


@pytest.mark.parametrize("rows", [1, 3])
def test_what_passes_over_asks_the_same_number_of_queries(begun, alarm, rows, django_assert_max_num_queries):
    for _ in range(rows):
        alarm(headcount=8)

    with django_assert_max_num_queries(14):
        what_passes(begun.post, at(24, 8, 40))


# --- downtime packs -----------------------------------------------------------------------------------------


def test_a_pack_is_asked_for_with_the_shift_and_written_by_the_task(begun, alarm, settings, tmp_path, cast):
    settings.DATA_DIR = tmp_path
    incident = alarm(headcount=8)
    pack = DowntimePack.objects.get()

    assert downtime_packs.write_waiting(at(24, 8, 31)) == 1
    assert downtime_packs.write_waiting(at(24, 8, 32)) == 0

    pack.refresh_from_db()
    file = tmp_path / "papers" / pack.file
    assert file.read_bytes().startswith(b"%PDF")
    assert file.stat().st_mode & 0o077 == 0
    text = str(downtime_packs.document_of(pack.unit, at(24, 8, 31)))
    assert incident.number in text
    assert cast["county1.duty3"].phone in text
    (reason,) = [reason["zh"] for reason in incident.reasons]
    assert f"{reason['rule']} → {reason['found']}（{reason['citation']}）" in text


def test_a_pack_that_cannot_be_written_says_why_and_can_be_asked_for_again(begun, monkeypatch):
    from common.errors import Refused

    def refuse(_paper):
        raise Refused("no_font", "没有中文字体")

    monkeypatch.setattr(downtime_packs.official_documents, "as_pdf", refuse)
    assert downtime_packs.write_waiting(at(24, 8, 31)) == 0
    pack = DowntimePack.objects.get()
    assert (pack.state, pack.error) == ("failed", "没有中文字体")

    downtime_packs.write_pack_again(pack=pack)
    pack.refresh_from_db()
    assert pack.state == "waiting"


def test_packs_past_their_time_are_deleted_and_reading_is_recorded(
    begun, cast, settings, tmp_path, monkeypatch
):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(downtime_packs.official_documents, "as_pdf", lambda _paper: b"%PDF-1.7")
    downtime_packs.write_waiting(at(24, 8, 31))
    pack = DowntimePack.objects.get()

    assert downtime_packs.read_pack(pack=pack, actor=cast["county1.duty3"], now=at(24, 9)) == b"%PDF-1.7"
    assert Entry.objects.get(kind="paper.downloaded").audience == "security"

    downtime_packs.delete_old(at(24) + rules.PACKS_KEPT)
    assert list(Path(tmp_path / "papers").iterdir()) != []
    downtime_packs.delete_old(at(24) + rules.PACKS_KEPT + MINUTE)
    assert list(Path(tmp_path / "papers").iterdir()) == []
    pack.refresh_from_db()
    assert downtime_packs.read_pack(pack=pack, actor=cast["county1.duty3"], now=at(24, 9)) is None


def test_the_folder_is_the_data_directorys():
    assert downtime_packs.folder() == Path(settings.DATA_DIR) / "papers"
