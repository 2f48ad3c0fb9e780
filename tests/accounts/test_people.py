"""The security administrator's pages: within their units, never their own account, each act recorded."""

from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.test import Client

from accounts.models import ApiToken, Appointment, Post, User
from accounts.people import actions
from accounts.people.queries import people_for
from accounts.permissions import check_can_manage
from accounts.posts.actions import appoint_person, create_unit
from common.errors import NotAllowed
from journal.models import Entry
from journal.record import content_of
from tests.accounts.conftest import PASSWORD, sign_in, text_of
from tests.tokens import issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(wall_clock, with_password, browser):
    """The city's security administrator, just signed in: nothing is asked for twice."""
    with_password("city.secadmin")
    sign_in(browser, "city.secadmin")
    return browser


@pytest.fixture
def county_admin(cast, units, now):
    """A security administrator of county 1 alone."""
    post = Post.objects.create(unit=units["C1"], kind="secadmin", title="县局安全管理员")
    appoint_person(person=cast["county1.squad.support"], post=post, actor=None, now=now)
    return cast["county1.squad.support"]


def last(kind):
    return Entry.objects.filter(kind=kind).order_by("id").last()


# --- who sees and manages whom -----------------------------------------------------------------------------


def test_every_cast_member_but_the_security_administrator_is_refused(wall_clock, signed_in, cast):
    for username in cast:
        if username != "city.secadmin":
            for page in ("people/", "people/new/", f"people/{cast['county1.duty'].pk}/"):
                assert signed_in(username).get(f"/account/{page}").status_code == 403, (username, page)


def test_an_administrator_sees_the_people_of_their_units(reach, cast, county_admin, now):
    from accounts.scope import reach_of

    seen = set(people_for(reach_of(county_admin, now), now).values_list("username", flat=True))

    assert seen == {name for name in cast if name.split(".")[0].removeprefix("county").removeprefix("town").removeprefix("village").startswith("1")}  # fmt: skip
    assert people_for(reach("city.secadmin"), now).count() == len(cast)


def test_people_without_any_post_belong_to_who_administers_the_whole_tree(reach, county_admin, now):
    from accounts.scope import reach_of

    User.objects.create(username="nobody")

    assert people_for(reach("city.secadmin"), now, text="nobody").exists()
    assert not people_for(reach_of(county_admin, now), now, text="nobody").exists()


def test_who_holds_a_post_above_is_not_managed_from_below(cast, units, county_admin, now):
    from accounts.scope import reach_of

    both = cast["county1.director"]
    appoint_person(
        person=both,
        post=Post.objects.get(unit=units["C0"], kind="director"),
        held_as="deputy",
        actor=None,
        now=now,
    )

    with pytest.raises(NotAllowed) as refusal:
        check_can_manage(reach_of(county_admin, now), both, now)
    assert refusal.value.code == "not_your_people"
    check_can_manage(reach_of(county_admin, now), cast["county1.duty"], now)


def test_nobody_manages_the_own_account(reach, cast, now):
    me = cast["city.secadmin"]

    for act in (
        lambda: actions.reset_password(reach=reach("city.secadmin"), person_id=me.pk, now=now),
        lambda: actions.disable_person(reach=reach("city.secadmin"), person_id=me.pk, reason="x", now=now),
        lambda: actions.reset_second_factor(reach=reach("city.secadmin"), person_id=me.pk, now=now),
    ):
        with pytest.raises(NotAllowed) as refusal:
            act()
        assert refusal.value.code == "own_account"


# --- accounts ----------------------------------------------------------------------------------------------


def opened(desk, **more):
    return desk.post(
        "/account/people/new/",
        {"username": "county1.new", "name": "新人", "phone": "0500-8210099", "unit": "C1", "kind": "clerk",
         "held_as": "holder"} | more,
    )  # fmt: skip


@pytest.mark.control(1)
def test_an_opened_account_leads_to_an_own_password_first(desk, units, now):
    response = opened(desk)

    assert response.status_code == 201
    assert "no-store" in response["Cache-Control"]
    password = response.context["password"]
    person = User.objects.get(username="county1.new")
    assert person.one_time_until == now + timedelta(days=3)
    assert content_of(last("person.created"))["username"] == "county1.new"
    assert password not in "".join(Entry.objects.values_list("body", flat=True))
    assert Appointment.objects.get(person=person).post.unit == units["C1"]

    newcomer = Client()
    sign_in(newcomer, "county1.new", password)
    assert newcomer.get("/account/directory/")["Location"].startswith("/account/password/")
    new = "Wct4-hjk7-mnp3-rvx4"
    form = newcomer.get("/account/password/")
    assert "oldpassword" not in text_of(form)
    newcomer.post("/account/password/", {"password1": new, "password2": new})

    assert newcomer.get("/account/me/").status_code == 200
    person.refresh_from_db()
    assert person.one_time_until is None
    assert sign_in(Client(), "county1.new", password).status_code == 422
    assert sign_in(Client(), "county1.new", new).status_code == 302


@pytest.mark.control(1)
def test_a_one_time_password_ends(desk, wall_clock):
    password = opened(desk).context["password"]
    wall_clock.shift(timedelta(days=3))

    response = sign_in(Client(), "county1.new", password)

    assert response.status_code == 422
    assert "2026-11-25 09:00" in text_of(response)
    assert content_of(last("session.refused"))["why"] == "one_time_expired"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"username": "county1.duty"}, "username"),
        ({"username": "two words"}, "username"),
        ({"phone": "<script>"}, "phone"),
        ({"unit": "C9"}, "unit"),
        ({"kind": ""}, "kind"),
        ({"kind": "squad"}, "squad"),
        ({"held_as": "delegate"}, "valid_to"),
        ({"valid_to": "2026-11-22T08:00"}, "valid_to"),
    ],
)
def test_an_account_that_is_not_in_order_is_not_opened(desk, more, field):
    response = opened(desk, **more)

    assert response.status_code == 422
    forms = {**response.context["form"].errors, **response.context["appointment"].errors}
    assert set(forms) & {field}
    assert not User.objects.filter(username="county1.new").exists()


def test_a_post_may_be_given_later_by_who_administers_the_whole_tree(desk):
    assert opened(desk, unit="", kind="").status_code == 201
    assert not Appointment.objects.filter(person__username="county1.new").exists()


def test_a_county_administrator_opens_accounts_with_a_post_of_the_own_units_only(
    wall_clock, county_admin, with_password
):
    with_password(county_admin.username)
    desk = Client()
    sign_in(desk, county_admin.username)

    assert opened(desk, unit="").status_code == 422
    assert opened(desk, unit="C2").status_code == 422
    assert opened(desk, unit="T11").status_code == 201


@pytest.mark.parametrize(("given", "kept"), [("he.yu@example.invalid", "he.yu@example.invalid"), ("", "")])
def test_an_address_for_mail_is_kept_when_an_account_is_opened_and_changed(desk, cast, units, given, kept):
    assert opened(desk, email=given).status_code == 201
    assert User.objects.get(username="county1.new").email == kept

    person = cast["county1.duty"]
    details = {"name": person.name, "phone": person.phone, "email": given}
    assert desk.post(f"/account/people/{person.pk}/", details).status_code == 303
    person.refresh_from_db()
    assert person.email == kept
    assert given in desk.get(f"/account/people/{person.pk}/").content.decode()
    assert "example.invalid" not in "".join(Entry.objects.values_list("body", flat=True))


def test_who_somebody_is_at_the_chat_service_is_kept_by_the_administrators_alone(desk, cast, units, settings):
    settings.NOTICE_CHAT_PROVIDER = "wecom"
    assert opened(desk, chat_id="li.si").status_code == 201
    assert User.objects.get(username="county1.new").chat_id == "li.si"

    person = cast["county1.duty"]
    details = {"name": person.name, "phone": person.phone, "email": "", "chat_id": "zhang.san"}
    assert desk.post(f"/account/people/{person.pk}/", details).status_code == 303
    person.refresh_from_db()
    assert person.chat_id == "zhang.san"
    assert "zhang.san" in desk.get(f"/account/people/{person.pk}/").content.decode()
    assert "zhang.san" not in "".join(Entry.objects.values_list("body", flat=True))


@pytest.mark.parametrize("given", ["@all", "a|b", "张三", "a b", "a" * 65])
def test_what_is_no_single_person_at_the_chat_service_is_refused(desk, units, settings, given):
    settings.NOTICE_CHAT_PROVIDER = "wecom"

    assert opened(desk, chat_id=given).status_code == 422


def test_without_a_chat_service_the_page_neither_asks_nor_forgets(desk, cast, units):
    person = cast["county1.duty"]
    person.chat_id = "zhang.san"
    person.save()
    details = {"name": person.name, "phone": person.phone, "email": "", "chat_id": "somebody.else"}

    assert desk.post(f"/account/people/{person.pk}/", details).status_code == 303

    person.refresh_from_db()
    assert person.chat_id == "zhang.san"
    assert "chat_id" not in desk.get(f"/account/people/{person.pk}/").content.decode()


@pytest.mark.parametrize(
    "given", ["x", "a@b\nBcc: c@example.invalid", "a@b.example, c@d.example", "a" * 260 + "@b.example"]
)
def test_what_is_no_address_is_refused(desk, units, given):
    assert opened(desk, email=given).status_code == 422


def test_details_are_changed_and_the_journal_names_fields_not_numbers(desk, cast):
    person = cast["county1.duty"]

    response = desk.post(f"/account/people/{person.pk}/", {"name": "何雨", "phone": "0500-8210001"})

    assert response.status_code == 303
    person.refresh_from_db()
    assert person.phone == "0500-8210001"
    assert content_of(last("person.changed"))["fields"] == ["phone"]


def test_disable_and_enable(desk, cast, now):
    person = cast["county1.duty"]
    issue(user=person, now=now)
    path = f"/account/people/{person.pk}"
    assert desk.post(f"{path}/disable/", {"reason": ""}).status_code == 422

    assert desk.post(f"{path}/disable/", {"reason": "调离"}).status_code == 302

    person.refresh_from_db()
    assert not person.is_active
    assert content_of(last("person.disabled"))["reason"] == "调离"
    assert ApiToken.objects.get().revoked_at == now
    assert desk.post(f"{path}/disable/", {"reason": "again"}).status_code == 422
    assert desk.post(f"{path}/enable/", {"reason": "返回"}).status_code == 302
    assert last("person.enabled") is not None


def test_a_reset_password_is_shown_once(desk, cast, with_password):
    person = with_password("county1.duty")

    response = desk.post(f"/account/people/{person.pk}/password/")

    assert response.status_code == 200
    assert sign_in(Client(), "county1.duty", PASSWORD).status_code == 422
    assert sign_in(Client(), "county1.duty", response.context["password"]).status_code == 302
    assert last("password.reset").actor.username == "city.secadmin"


def test_a_lost_phone(desk, cast, phone):
    person = cast["county1.duty"]
    phone("county1.duty")

    assert desk.post(f"/account/people/{person.pk}/second-factor/").status_code == 302

    assert content_of(last("second_factor.changed")) == {
        "person": "county1.duty",
        "change": "reset",
        "tokens_revoked": 0,
    }
    assert last("second_factor.changed").actor.username == "city.secadmin"
    assert desk.post(f"/account/people/{person.pk}/second-factor/").status_code == 422


@pytest.mark.control(11)
def test_sessions_of_others_are_ended(desk, cast, with_password):
    person = with_password("county1.duty")
    duty = Client()
    sign_in(duty, "county1.duty")
    assert "1" in text_of(desk.get(f"/account/people/{person.pk}/"))

    desk.post(f"/account/people/{person.pk}/sessions/")

    assert duty.get("/account/me/").status_code == 302
    assert content_of(last("session.ended")) == {"person": "county1.duty", "count": 1}


@pytest.mark.control(12)
def test_long_after_signing_in_every_act_asks_who_is_there(desk, cast, wall_clock):
    path = f"/account/people/{cast['county1.duty'].pk}/sessions/"
    wall_clock.shift(timedelta(minutes=6))

    refused = desk.post(path)
    wrong = desk.post(path, {"credential": "wrong"})
    right = desk.post(path, {"credential": PASSWORD})

    assert (refused.status_code, wrong.status_code, right.status_code) == (422, 422, 302)
    assert Entry.objects.filter(kind="credential.refused").count() == 1
    # And then not again for five minutes.
    assert desk.post(path).status_code == 302


# --- appointments ------------------------------------------------------------------------------------------


def test_appoint_and_end(desk, cast, units, now):
    person = cast["county1.duty"]
    path = f"/account/people/{person.pk}/appoint/"

    response = desk.post(path, {"unit": "C1", "kind": "duty_leader", "held_as": "deputy", "reason": "AB角",
                                "valid_to": "2026-12-01T08:30"})  # fmt: skip

    assert response.status_code == 303
    made = Appointment.objects.get(person=person, held_as="deputy")
    assert made.post == Post.objects.get(unit=units["C1"], kind="duty_leader")
    assert (made.valid_from, made.valid_to.isoformat()) == (now, "2026-12-01T00:30:00+00:00")
    assert made.made_by.username == "city.secadmin"

    assert desk.post(f"/account/appointments/{made.pk}/end/", {"reason": "调整"}).status_code == 302
    assert not Appointment.objects.current(now + timedelta(seconds=1)).filter(pk=made.pk).exists()


def test_a_post_that_is_missing_is_made_in_both_languages(desk, cast, units):
    desk.post(f"/account/people/{cast['county1.duty'].pk}/appoint/",
              {"unit": "T11", "kind": "squad", "squad": "dialogue", "held_as": "holder"})  # fmt: skip

    post = Post.objects.get(unit=units["T11"], kind="squad")
    assert post.title_en == "Squad member (dialogue)"


def test_of_several_posts_the_title_decides(desk, cast, units):
    Post.objects.create(unit=units["C1"], kind="expert", title="第二位专家")
    path = f"/account/people/{cast['county1.duty'].pk}/appoint/"
    terms = {"unit": "C1", "kind": "expert", "held_as": "holder"}

    unclear = desk.post(path, terms)
    clear = desk.post(path, terms | {"title": "第二位专家"})

    assert unclear.status_code == 422
    assert "第二位专家" in text_of(unclear)
    assert clear.status_code == 303


def test_nobody_appoints_themself(desk, cast):
    response = desk.post(f"/account/people/{cast['city.secadmin'].pk}/appoint/",
                         {"unit": "C0", "kind": "director", "held_as": "holder"})  # fmt: skip

    assert response.status_code == 422
    assert Appointment.objects.filter(person=cast["city.secadmin"]).count() == 1


def test_separation_of_duties_is_said_on_the_page(desk, cast):
    response = desk.post(f"/account/people/{cast['city.sysadmin'].pk}/appoint/",
                         {"unit": "C0", "kind": "auditor", "held_as": "holder"})  # fmt: skip

    assert response.status_code == 422
    assert Appointment.objects.filter(person=cast["city.sysadmin"]).count() == 1


@pytest.mark.parametrize("name", ["county1.duty", "city.sysadmin", "city.audit", "city.director"])
def test_others_end_nobodys_appointment(signed_in, cast, name):
    appointment = Appointment.objects.get(person=cast["county2.duty"])

    assert (
        signed_in(name).post(f"/account/appointments/{appointment.pk}/end/", {"reason": "x"}).status_code
        == 404
    )


# --- delegation --------------------------------------------------------------------------------------------


@pytest.fixture
def director(wall_clock, with_password):
    with_password("county1.director")
    browser = Client()
    sign_in(browser, "county1.director")
    return browser


def delegated(browser, units, who, **more):
    post = Post.objects.get(unit=units["C1"], kind="director")
    terms = {
        "person": who.pk,
        "valid_from": "2026-11-22T10:00",
        "valid_to": "2026-11-23T10:00",
        "reason": "出差",
    }
    return browser.post(f"/account/posts/{post.pk}/delegate/", terms | more)


def test_a_holder_hands_on_the_own_post_and_takes_it_back(director, cast, units, now, wall_clock):
    response = delegated(director, units, cast["county1.duty"])

    assert response.status_code == 303, text_of(response)
    made = Appointment.objects.get(held_as="delegate")
    assert (made.person, made.reason) == (cast["county1.duty"], "出差")
    assert (made.valid_from, made.valid_to) == (now + timedelta(hours=1), now + timedelta(hours=25))
    assert content_of(last("appointment.made"))["held_as"] == "delegate"
    assert "何雨" in text_of(director.get("/account/me/"))

    wall_clock.shift(timedelta(hours=2))
    director.get("/account/me/")
    sign_in(director, "county1.director")
    assert director.post(f"/account/appointments/{made.pk}/end/", {"reason": "回来了"}).status_code == 302
    assert not Appointment.objects.current(now + timedelta(hours=3)).filter(pk=made.pk).exists()


@pytest.mark.parametrize(
    "more", [{"valid_to": ""}, {"valid_to": "2026-11-22T10:00"}, {"reason": ""}, {"person": ""}]
)
def test_a_delegation_needs_person_end_and_reason(director, cast, units, more):
    assert delegated(director, units, cast["county1.duty"], **more).status_code == 422
    assert not Appointment.objects.filter(held_as="delegate").exists()


@pytest.mark.parametrize("stranger", ["county2.duty", "village111.informant"])
def test_only_colleagues_stand_in(director, cast, units, stranger):
    assert delegated(director, units, cast[stranger]).status_code == 422


def test_only_the_holder_delegates(wall_clock, cast, units, signed_in, now):
    post = Post.objects.get(unit=units["C1"], kind="director")
    appoint_person(person=cast["county1.deputy"], post=post, held_as="deputy", actor=None, now=now)

    for name in ("county1.duty", "county1.deputy", "county2.director", "city.secadmin"):
        assert signed_in(name).get(f"/account/posts/{post.pk}/delegate/").status_code == 403


def test_an_administrators_chair_is_not_delegated(wall_clock, signed_in, units):
    for kind, name in (
        ("sysadmin", "city.sysadmin"),
        ("secadmin", "city.secadmin"),
        ("auditor", "city.audit"),
    ):
        post = Post.objects.get(unit=units["C0"], kind=kind)
        assert signed_in(name).get(f"/account/posts/{post.pk}/delegate/").status_code == 403


# --- lists -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["people/?q=extra", "directory/?q=额外"])
def test_the_number_of_queries_does_not_grow_with_the_list(
    desk, units, now, page, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    made = 0
    for wanted in (1, 3, 30):
        while made < wanted:
            made += 1
            unit = create_unit(
                code=f"X{made}", name=f"额外{made}", tier="township", parent=units["C1"], actor=None, now=now
            )
            person = User.objects.create(username=f"extra{made}", phone="0500-1")
            appoint_person(
                person=person,
                post=Post.objects.create(unit=unit, kind="clerk", title="文书"),
                actor=None,
                now=now,
            )
        desk.get(f"/account/{page}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(f"/account/{page}").status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


@pytest.mark.control(25, 54)
def test_the_directory_is_for_leaders_and_the_desk(wall_clock, signed_in, units):
    assert signed_in("county1.squad.dialogue").get("/account/directory/").status_code == 403
    page = signed_in("county1.duty").get("/account/directory/")

    assert {unit.code for unit, _ in page.context["rows"]} == {"C1", "T11", "T12", "V111", "V121"}
    assert 'href="tel:139' in text_of(page)
    entry = last("person.phones_shown")
    assert entry.actor.username == "county1.duty"
    assert "139" not in entry.body


def test_an_unknown_person_or_appointment_is_not_found(desk):
    assert desk.get("/account/people/99999/").status_code == 404
    assert desk.get("/account/appointments/99999/end/").status_code == 404
    with pytest.raises(ObjectDoesNotExist):
        User.objects.get(pk=99999)
