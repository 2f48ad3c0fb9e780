"""Who would be reached and why not, test notices, and the proof of a number."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from accounts.contacts import actions as contacts
from accounts.contacts.choices import Lack
from accounts.contacts.models import NumberCode, Proof
from accounts.contacts.queries import unreachable, verified
from accounts.contacts.rules import why_unreachable
from accounts.models import Appointment, User
from accounts.posts.actions import appoint_person
from common.errors import Invalid, NotAllowed, NotFound, WrongState
from duty.comms_checks import actions, by_hand, queries, rules
from duty.comms_checks.contacts import contacts_of
from duty.comms_checks.models import CommsCheck
from journal.models import Entry
from notices.actions import acknowledge_notice
from notices.choices import State
from notices.models import Notice
from tests.rosters.conftest import refused

MINUTE = timedelta(minutes=1)


CONTACTS = [
    (rules.Contact(True, True, True), True, {"app": "", "sms": "", "voice": ""}, ""),
    (rules.Contact(True, True, False), True, {"app": "", "sms": Lack.NOT_VERIFIED, "voice": Lack.NOT_VERIFIED}, Lack.NOT_VERIFIED),
    (rules.Contact(True, True, False), False, {"app": "", "sms": Lack.NO_GATEWAY, "voice": Lack.NO_GATEWAY}, ""),
    (rules.Contact(True, False, False), False, {"app": "", "sms": Lack.NO_NUMBER, "voice": Lack.NO_NUMBER}, Lack.NO_NUMBER),
    (rules.Contact(False, True, True), True, {"app": Lack.CLOSED, "sms": Lack.CLOSED, "voice": Lack.CLOSED}, Lack.CLOSED),
    (rules.Contact(True, True, True, frozenset({"sms"})), True, {"app": "", "sms": Lack.NO_ANSWER, "voice": ""}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("contact", "has_gateway", "by_channel", "dark"), CONTACTS)
def test_what_a_person_lacks(contact, has_gateway, by_channel, dark):
    assert {ch: rules.lack_on(ch, contact, has_gateway=has_gateway) for ch in rules.CHANNELS} == by_channel
    assert why_unreachable(contact, has_gateway=has_gateway) == dark


@pytest.mark.parametrize(
    ("contact", "by_channel"),
    [
        (rules.Contact(True, True, True, has_email=True), {"wecom": "", "dingtalk": "", "feishu": "", "email": "", "chat": Lack.NO_CHAT}),
        (rules.Contact(True, False, False), {"wecom": Lack.NOT_NAMED, "dingtalk": Lack.NOT_NAMED, "feishu": "", "email": Lack.NO_EMAIL, "chat": Lack.NO_CHAT}),
        (rules.Contact(True, False, False, has_chat=True), {"wecom": Lack.NOT_NAMED, "dingtalk": Lack.NOT_NAMED, "feishu": "", "email": Lack.NO_EMAIL, "chat": ""}),
        (rules.Contact(True, False, False, frozenset({"chat"}), has_chat=True), {"wecom": Lack.NOT_NAMED, "dingtalk": Lack.NOT_NAMED, "feishu": "", "email": Lack.NO_EMAIL, "chat": Lack.NOT_TAKEN}),
        (rules.Contact(False, True, True, has_email=True), dict.fromkeys(rules.BESIDE, Lack.CLOSED)),
    ],
)  # fmt: skip
def test_what_a_person_lacks_in_groups_and_by_mail(contact, by_channel):
    assert {ch: rules.lack_on(ch, contact, has_gateway=True) for ch in rules.BESIDE} == by_channel


def test_groups_and_mail_are_in_the_grid_where_they_are_set_up(
    plan, units, cast, gateway_named, settings, now, signed_in
):
    assert queries.grid(units["C1"], now).channels == ["app", "sms", "voice"]
    settings.NOTICE_BOTS, settings.EMAIL_HOST = {"wecom": "http://wecom.invalid"}, "mail.invalid"
    User.objects.filter(username="county1.duty").update(email="duty@example.gov")

    found = queries.grid(units["C1"], now)

    assert found.channels == ["app", "sms", "voice", "wecom", "email"]
    duty = next(row for row in found.rows if cast["county1.duty"] in row.people)
    director = next(row for row in found.rows if cast["county1.director"] in row.people)
    assert [cell.lack for cell in duty.cells[0]][3:] == ["", ""]
    assert [cell.lack for cell in director.cells[0]][3:] == ["", Lack.NO_EMAIL]
    page = signed_in("county1.duty").get("/readiness/?unit=C1").content.decode()
    assert "企业微信" in page
    assert "未设置：" in page
    assert "钉钉" in page


def test_the_grid_speaks_english_where_nobody_holds_a_post(plan, units, now):
    Appointment.objects.filter(post__kind="director").delete()
    with override("en"):
        titles = [row.title for row in queries.grid(units["C1"], now).rows if not row.people]
    assert titles
    assert all(title.isascii() for title in titles)


def test_the_grid_names_posts_levels_channels_and_who_is_missing(plan, units, cast, gateway_named, now):
    contacts.verify_number(person=cast["county1.responder"], proof=Proof.CODE, actor=None, now=now)
    User.objects.filter(username="county1.director").update(phone="")
    Appointment.objects.filter(post__kind="petition_director", post__unit=units["C1"]).delete()

    grid = queries.grid(units["C1"], now)

    rows = {row.people[0].username if row.people else "": row for row in grid.rows}
    responder, director = rows["county1.responder"], rows["county1.director"]
    assert not responder.is_dark
    assert [cell.lack for cells in responder.cells for cell in cells] == [""] * 12
    assert director.is_dark
    yellow = [level.id for level in grid.levels].index("yellow")
    assert [cell.lack for cell in director.cells[yellow]] == ["", Lack.NO_NUMBER, Lack.NO_NUMBER]
    assert not director.cells[0][0].called
    assert ("", str(Lack.NOBODY.label)) in {(miss.who, miss.why) for miss in grid.misses}


def test_the_grid_asks_whom_the_roster_means(published, plan, units, now):
    published()

    people = {
        p.username for row in queries.grid(units["C1"], now + timedelta(days=2)).rows for p in row.people
    }

    assert people & {"county1.duty", "county1.duty2", "county1.duty3"} == {"county1.duty3"}


@pytest.mark.parametrize("more", [1, 3])
def test_the_grid_costs_the_same_however_many_people(
    published, plan, units, posts, now, more, django_assert_num_queries
):
    from accounts.posts.actions import appoint_person

    for n in range(more):
        person = User.objects.create(username=f"more{n}", phone="13911110000")
        appoint_person(person=person, post=posts["duty_officer"], actor=None, now=now)
    published()

    with django_assert_num_queries(6):
        queries.grid(units["C1"], now)


def test_a_test_goes_to_verified_numbers_only_and_its_answers_are_listed(
    published, plan, units, cast, gateway_named, reach, now
):
    published(reason="号码核实中")
    at = now + timedelta(days=2)
    contacts.verify_number(person=cast["county1.duty3"], proof=Proof.CODE, actor=None, now=now)
    check = actions.plan_comms_check(
        reach=reach("county1.leader"), unit=units["C1"], due_at=at, window_minutes=10, whom="on_duty",
        channels=["app", "sms"], repeat_days=7, now=now,
    )  # fmt: skip
    assert actions.run_comms_checks(at - MINUTE) == 0

    assert actions.run_comms_checks(at) == 1

    assert set(
        Notice.objects.filter(channel="sms", purpose="test.number").values_list(
            "recipient__username", flat=True
        )
    ) == {"county1.duty3"}
    for notice in Notice.objects.filter(recipient=cast["county1.duty3"], purpose="test.number"):
        acknowledge_notice(notice_id=notice.pk, actor=notice.recipient, now=at + 5 * MINUTE)
    assert actions.run_comms_checks(at + 10 * MINUTE) == 1
    assert actions.run_comms_checks(at + 11 * MINUTE) == 0

    found = {
        (a.person.username, a.channel): (a.outcome, a.lack) for a in check.answers.select_related("person")
    }
    assert found["county1.duty3", "sms"] == found["county1.duty3", "app"] == ("answered", "")
    assert found["county1.leader", "app"] == ("silent", "")
    assert found["county1.leader", "sms"] == ("not_asked", "not_verified")
    assert CommsCheck.objects.get(state="planned").due_at == at + timedelta(days=7)
    assert contacts_of([cast["county1.leader"]])[cast["county1.leader"].pk].silent_on == {"app"}
    kinds = Entry.objects.filter(subject=check.key).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["readiness.test_planned", "readiness.test_began", "readiness.test_ended"]


@pytest.mark.parametrize(
    ("state", "outcome", "lack"), [(State.SENT, "taken", ""), (State.FAILED, "failed", Lack.NOT_TAKEN)]
)
def test_a_test_of_the_chat_says_whether_the_service_takes_a_message(
    plan, units, cast, reach, settings, signed_in, now, state, outcome, lack
):
    """Nobody can answer there: what comes of it is what the service said, and proves no number."""
    settings.NOTICE_CHAT_PROVIDER = "wecom"
    User.objects.filter(username="county1.director").update(chat_id="zhang.san")
    check = _plan(reach, units, now, channels=["chat"])
    actions.begin_comms_check(check_id=check.pk, now=now)
    notice = Notice.objects.get()
    assert (notice.channel, notice.text_zh) == ("chat", "消息测试，无事发生，无需答复。")
    Notice.objects.update(state=state, sent_at=now)

    actions.end_comms_check(check_id=check.pk, now=now + 11 * MINUTE)

    found = {answer.person.username: (answer.outcome, answer.lack) for answer in check.answers.all()}
    assert found.pop("county1.director") == (outcome, "")
    assert set(found.values()) == {("not_asked", Lack.NO_CHAT)}
    director = cast["county1.director"]
    director.refresh_from_db()
    assert rules.lack_on("chat", contacts_of([director])[director.pk], has_gateway=True) == lack
    assert verified([director]) == {}
    page = signed_in("county1.duty").get(f"/readiness/tests/{check.pk}/").content.decode()
    assert ("服务已接收" in page) == (outcome == "taken")


def test_the_chat_is_tested_where_it_is_set_up(plan, units, gateway_named, settings, signed_in):
    page = signed_in("county1.duty").get("/readiness/?unit=C1").content.decode()
    assert 'value="chat"' not in page
    settings.NOTICE_CHAT_PROVIDER = "feishu"

    page = signed_in("county1.duty").get("/readiness/?unit=C1").content.decode()

    assert 'value="chat"' in page
    assert str(Lack.NO_CHAT.label) in page


def test_a_test_nobody_was_there_to_turn_plans_the_next_one_in_the_future(plan, units, cast, reach, now):
    check = _plan(reach, units, now, repeat_days=1)
    actions.begin_comms_check(check_id=check.pk, now=now)

    actions.end_comms_check(check_id=check.pk, now=now + timedelta(days=3, hours=1))

    assert CommsCheck.objects.get(state="planned").due_at == now + timedelta(days=4)


def _plan(reach, units, now, **more):
    given = {
        "due_at": now,
        "window_minutes": 10,
        "whom": "everybody",
        "channels": ["app"],
        "repeat_days": 0,
        "now": now,
    }
    return actions.plan_comms_check(reach=reach("county1.duty"), unit=units["C1"], **{**given, **more})


def test_who_may_plan_and_what_is_refused(plan, units, reach, now):
    with pytest.raises(Invalid):
        _plan(reach, units, now, due_at=now - timedelta(hours=1))
    with pytest.raises(Invalid):
        _plan(reach, units, now, channels=[])
    for stranger in ("county2.duty", "county1.squad.dialogue"):
        with pytest.raises(NotAllowed):
            actions.plan_comms_check(
                reach=reach(stranger),
                unit=units["C1"],
                due_at=now,
                window_minutes=5,
                whom="on_duty",
                channels=["app"],
                repeat_days=0,
                now=now,
            )
    with pytest.raises(NotFound):
        queries.get_unit(reach("county2.duty"), "C1")
    check = _plan(reach, units, now)
    with pytest.raises(NotFound):
        queries.get_check(reach("county2.duty"), check.pk)


def test_a_planned_test_is_cancelled_and_a_running_one_is_not(plan, units, reach, now):
    first, second = _plan(reach, units, now), _plan(reach, units, now)
    actions.cancel_comms_check(reach=reach("county1.leader"), check_id=first.pk, now=now)
    actions.run_comms_checks(now)

    with pytest.raises(WrongState):
        actions.cancel_comms_check(reach=reach("county1.leader"), check_id=second.pk, now=now)

    assert not first.answers.exists()
    assert second.answers.exists()


def test_a_code_proves_the_number_it_was_sent_to(cast, gateway_named, now):
    person = cast["county1.duty"]
    actions.send_code(person=person, now=now)
    code = Notice.objects.get(recipient=person, channel="sms").text_zh.split()[1][:6]

    with pytest.raises(Invalid):
        contacts.confirm_code(person=person, code="000000" if code != "000000" else "111111", now=now)
    contacts.confirm_code(person=person, code=code, now=now + MINUTE)

    assert verified([person])[person.pk].proof == Proof.CODE
    assert not NumberCode.objects.exists()
    # A new number needs its own proof.
    person.phone = "13800000000"
    person.save()
    assert verified([person]) == {}


def test_a_code_wears_out_and_grows_old(cast, gateway_named, now):
    person = cast["county1.duty"]
    code = contacts.new_code(person=person, now=now)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    with pytest.raises(Invalid):
        contacts.confirm_code(person=person, code=code, now=now + contacts.GOOD_FOR + MINUTE)
    for _ in range(contacts.MOST_TRIES):
        with pytest.raises(Invalid):
            contacts.confirm_code(person=person, code=wrong, now=now)
    with pytest.raises(Invalid):
        contacts.confirm_code(person=person, code=code, now=now)
    with pytest.raises(WrongState):
        contacts.new_code(person=person, now=now + timedelta(seconds=59))


def test_without_a_gateway_no_code_is_promised(cast, now):
    with pytest.raises(WrongState):
        actions.send_code(person=cast["county1.duty"], now=now)

    assert not NumberCode.objects.exists()


def test_an_earlier_secret_key_keeps_what_it_proved(cast, settings, now):
    person, before = cast["county1.duty"], settings.SECRET_KEY
    contacts.verify_number(person=person, proof=Proof.CODE, actor=None, now=now)

    settings.SECRET_KEY = "another one " * 5
    assert verified([person]) == {}
    settings.SECRET_KEY_FALLBACKS = [before]
    assert list(verified([person])) == [person.pk]


@pytest.mark.parametrize("people", [1, 3])
def test_reachability_is_a_constant_number_of_queries(cast, people, django_assert_num_queries):
    several = list(User.objects.all()[:people])

    with django_assert_num_queries(1):
        unreachable(several)


# --- rung by hand ------------------------------------------------------------------------------------------


def _answered(reach, person, unit, now, number=None):
    return by_hand.answered_in_person(
        reach=reach,
        unit=unit,
        person_id=person.pk,
        number=person.phone if number is None else number,
        now=now,
    )


def test_without_a_gateway_a_number_is_proved_by_ringing_it(colleagues, units, reach, now):
    person, desk = colleagues["county1.duty2"], reach("county1.duty")
    assert person in by_hand.to_ring(desk, units["C1"], now)

    _answered(desk, person, units["C1"], now)

    proof = verified([person])[person.pk]
    assert (proof.proof, proof.by, proof.at) == (Proof.CALL, desk.user, now)
    entry = Entry.objects.get(kind="contact.verified")
    assert (entry.actor, entry.audience) == (desk.user, "security")
    assert '"proof":"call"' in entry.body.replace('": ', '":')
    assert person not in by_hand.to_ring(desk, units["C1"], now)


def test_nobody_vouches_for_themself_for_another_bureau_or_for_a_number_nobody_dialled(
    colleagues, units, reach, now
):
    person = colleagues["county1.duty2"]
    with refused("not_ones_own"):
        _answered(reach("county1.duty"), colleagues["county1.duty"], units["C1"], now, number="13911112222")
    with refused("not_allowed"):
        _answered(reach("county2.duty"), person, units["C1"], now)
    with pytest.raises(NotFound):
        _answered(reach("county2.duty"), person, units["C2"], now)
    dialled = person.phone
    User.objects.filter(pk=person.pk).update(phone="13733334444")
    with refused("number_changed"):
        _answered(reach("county1.duty"), person, units["C1"], now, number=dialled)
    with refused("number_changed"):
        _answered(reach("county1.duty"), person, units["C1"], now, number="")
    assert not verified([User.objects.get(pk=person.pk)])


def test_the_page_lists_whom_to_ring_for_the_desk_only_and_takes_the_answer(
    colleagues, plan, units, signed_in
):
    person = colleagues["county1.duty2"]
    desk = signed_in("county1.duty")
    assert person.phone in desk.get("/readiness/?unit=C1").content.decode()

    form = {"unit": "C1", "number": person.phone}
    answer = desk.post(f"/readiness/people/{person.pk}/answered/", form)

    assert (answer.status_code, answer["Location"]) == (303, "/readiness/?unit=C1")
    assert verified([person])[person.pk].proof == Proof.CALL
    again = desk.post(f"/readiness/people/{person.pk}/answered/", form | {"number": "1"})
    assert again.status_code == 412
    stranger = signed_in("county2.duty").post(f"/readiness/people/{person.pk}/answered/", form)
    assert stranger.status_code == 404


@pytest.mark.parametrize("more", [0, 3])
def test_whom_to_ring_is_asked_in_three_queries(
    colleagues, units, reach, now, posts, more, django_assert_max_num_queries
):
    for n in range(more):
        person = User.objects.create(username=f"more{n}", name=f"more{n}", phone=f"1391111333{n}")
        appoint_person(person=person, post=posts["duty_officer"], actor=None, now=now)
    desk = reach("county1.duty")

    with django_assert_max_num_queries(3):
        by_hand.to_ring(desk, units["C1"], now)
