"""Reviews: key times against limits, the plan's questions one by one, approved by another person; follow-ups by a clock."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Post
from clocks.breaches.sweep import sweep
from clocks.durations import end_of
from clocks.models import Clock
from command.improvements.actions import Owner, improve_after_incident
from command.review import actions, key_times, paper, queries, rules
from command.review.actions import Texts
from command.review.acts import act_on
from command.review.choices import FollowUpState, FollowUpVerb, Kept, KeyTime
from command.review.choices import ReviewState as S
from command.review.choices import ReviewVerb as V
from command.review.models import FollowUp, Review, ReviewAnswer
from command.templatetags.review import key_times_picture
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from dashboards.archive.package import archive_of
from incidents.actions import close_incident, reopen_incident, take_over
from incidents.models import Incident
from journal.kinds import KINDS
from notices.models import Notice
from plans.people.overdue import tell_breaches, warn_of_ends
from tests.incidents.closing import answered
from tests.states import done_as_in_the_table, nothing_written

pytestmark = pytest.mark.django_db

#: The Law's limit for personal data, which runs from every closing.
GENERAL = "A-1"


@pytest.fixture
def desk(reach, now):
    return {"reach": reach("county1.duty"), "now": now + timedelta(hours=3)}


@pytest.fixture
def chief(reach, now):
    """Whom the city plan names: a deputy director of the city's bureau."""
    return {"reach": reach("city.deputy"), "now": now + timedelta(hours=5)}


@pytest.fixture
def incident(plan, alarm):
    return alarm()


@pytest.fixture
def closed(incident, desk):
    """closed("red") → the incident, over; that was the highest level signed for it."""

    def close(level=""):
        Incident.objects.filter(pk=incident.pk).update(highest_level=level)
        return close_incident(
            incident_id=incident.pk, summary="已散", answers=answered(incident, desk["now"]), **desk
        )

    return close


@pytest.fixture
def draft(closed, desk):
    return lambda level="": actions.begin_review(incident_id=closed(level).pk, **desk)


@pytest.fixture
def whole(draft, desk):
    """A draft in which nothing is missing."""

    def make(level=""):
        review = draft(level)
        for row in review.answers.all():
            actions.answer_question(review_id=review.pk, item=row.item, answer=f"答{row.item}", **desk)
        texts = Texts("群众聚集反映退费", "接待及时", "窗口增设引导员")
        return actions.write_review(review_id=review.pk, texts=texts, **desk)

    return make


def fresh(row):
    return type(row).objects.get(pk=row.pk)


@pytest.mark.parametrize(("level", "limit"), [("red", "C000-P9"), ("orange", "C000-P10")])
def test_three_days_before_a_review_is_due_the_duty_leader_is_reminded(closed, incident, level, limit):
    closed(level)
    clock = Clock.objects.get(clock_id=limit, subject=incident.key)
    assert clock.warn_due_at == clock.due_at - timedelta(days=3)
    told = Notice.objects.filter(purpose__startswith=f"clock.ends_soon.{clock.pk}.")

    warn_of_ends(clock.warn_due_at - timedelta(seconds=1))
    assert not told.exists()
    warn_of_ends(clock.warn_due_at)

    assert {one.recipient.username for one in told} == {"county1.leader"}
    assert "复盘" in told[0].text_zh


# --- from the closing to the paper ---------------------------------------------------------------------------


def test_a_review_goes_from_the_desk_to_whom_the_plan_names(whole, closed, desk, chief, cast, incident):
    review = whole()
    assert [one.phase for one in review.answers.all()] == ["before"] * 3 + ["during"] * 3 + ["after"] * 2
    assert {one.answered_by for one in review.answers.all()} == {cast["county1.duty"]}

    with done_as_in_the_table(rules.TRANSITIONS, V.HAND_IN, subject=review.key, tells=True):
        handed = actions.hand_in_review(review_id=review.pk, **desk)
    assert [row["which"] for row in handed.times] == KeyTime.values
    assert {one.recipient for one in Notice.objects.filter(subject=review.key)} == {cast["city.deputy"]}

    with done_as_in_the_table(rules.TRANSITIONS, V.APPROVE, subject=review.key):
        approved = actions.approve_review(review_id=review.pk, **chief)
    assert (approved.state, approved.approved_by) == (S.APPROVED, cast["city.deputy"])
    text = paper.text_of(queries.get_review(desk["reach"], incident.number))
    assert "十八大前后维稳工作制度》 §10.5" in text
    assert "cn-" not in text
    for said in (
        "复盘报告",
        "事前·预防是否到位",
        "答prevention",
        "群众聚集反映退费",
        "窗口增设引导员",
        incident.number,
    ):
        assert said in text, said


def test_the_archive_holds_the_approved_paper_and_says_which_tasks_are_open(
    whole, desk, chief, incident, units
):
    review = whole()
    post = Post.objects.get(unit=units["T11"], kind="office_head")
    improve_after_incident(
        incident_id=incident.pk, owner=Owner(post.unit, post=post), text="增设引导员",
        due_date=day_of(desk["now"]) + timedelta(days=9), **desk,
    )  # fmt: skip
    actions.hand_in_review(review_id=review.pk, **desk)
    actions.approve_review(review_id=review.pk, **chief)
    event = Incident.objects.select_related("unit", "plan__text").get(pk=incident.pk)
    with zipfile.ZipFile(io.BytesIO(archive_of(desk["reach"], event, chief["now"]))) as packed:
        files = {name: packed.read(name).decode() for name in packed.namelist()}

    assert "增设引导员" in files["review-1.txt"]
    assert json.loads(files["improvements.json"])[0]["open"] is True
    assert json.loads(files["reviews.json"])["reviews"][0]["state"] == "approved"


def test_a_returned_one_is_written_again(whole, desk, chief, cast):
    review = whole()
    actions.hand_in_review(review_id=review.pk, **desk)
    with done_as_in_the_table(rules.TRANSITIONS, V.RETURN, subject=review.key, tells=True):
        back = actions.return_review(review_id=review.pk, reason="原因未写清", **chief)
    assert (back.state, back.times, back.reason) == (S.DRAFT, [], "原因未写清")
    told = Notice.objects.filter(subject=review.key, purpose__startswith=rules.RETURNED)
    assert {one.recipient for one in told} == {cast["county1.duty"]}


def test_the_limits_of_the_plan_begin_with_the_closing_and_end_with_the_approval(
    whole, desk, chief, incident, cast
):
    review = whole("red")
    running = Clock.objects.running().filter(subject=incident.key).exclude(clock_id=GENERAL)
    assert set(running.values_list("clock_id", flat=True)) == {"C000-P9", "C000-P11"}

    actions.hand_in_review(review_id=review.pk, **desk)
    actions.approve_review(review_id=review.pk, **chief)
    assert set(running.values_list("clock_id", flat=True)) == {"C000-P11"}

    row = actions.plan_follow_up(
        incident_id=incident.pk, what="诉求是否办结", due_date=day_of(desk["now"]), **desk
    )
    actions.move_follow_up(
        follow_up_id=row.pk, verb="done", result="已办结", **chief | {"reach": desk["reach"]}
    )
    assert not running.exists()


@pytest.mark.parametrize(("level", "many"), [("red", 2), ("orange", 2), ("yellow", 0), ("", 0)])
def test_only_levels_that_the_plan_names_are_asked_for(closed, incident, level, many):
    closed(level)
    running = Clock.objects.running().filter(subject=incident.key)
    assert running.exclude(clock_id=GENERAL).count() == many


def test_what_the_closing_began_ends_when_the_incident_is_opened_again(closed, desk, incident):
    closed("red")
    reopen_incident(incident_id=incident.pk, reason="又来了", **desk)
    assert not Clock.objects.running().filter(subject=incident.key, clock_id="C000-P9").exists()
    closed("red")
    assert Clock.objects.running().get(subject=incident.key, clock_id="C000-P9").generation == 2


def test_a_second_closing_has_a_second_review(whole, desk, chief, incident, closed):
    review = whole()
    with nothing_written(), pytest.raises(WrongState):
        actions.begin_review(incident_id=incident.pk, **desk)
    actions.hand_in_review(review_id=review.pk, **desk)
    actions.approve_review(review_id=review.pk, **chief)
    assert actions.begin_review(incident_id=incident.pk, **desk).n == 2


# --- who may, and what is missing ----------------------------------------------------------------------------


def test_only_whom_the_plan_names_approves_and_never_who_handed_it_in(whole, desk, reach, now, cast):
    review = whole()
    actions.hand_in_review(review_id=review.pk, **desk)
    for username in ("county1.leader", "county1.director", "city.director"):
        with nothing_written(), pytest.raises(NotAllowed) as refused:
            actions.approve_review(review_id=review.pk, reach=reach(username), now=now)
        assert refused.value.code == "not_approver"
    Review.objects.update(handed_in_by=cast["city.deputy"])
    with nothing_written(), pytest.raises(NotAllowed) as refused:
        actions.approve_review(review_id=review.pk, reach=reach("city.deputy"), now=now)
    assert refused.value.code == "own_review"


def test_where_the_plan_names_nobody_a_leader_above_approves(whole, desk, reach, now, monkeypatch):
    monkeypatch.setattr("command.review.permissions.approver_of", lambda document: None)
    review = whole()
    actions.hand_in_review(review_id=review.pk, **desk)
    with nothing_written(), pytest.raises(NotAllowed):
        actions.approve_review(review_id=review.pk, reach=reach("county1.leader"), now=now)
    assert (
        actions.approve_review(review_id=review.pk, reach=reach("city.leader"), now=now).state == S.APPROVED
    )


def test_nothing_is_reviewed_before_it_is_over(incident, desk):
    with nothing_written(), pytest.raises(WrongState):
        actions.begin_review(incident_id=incident.pk, **desk)
    with nothing_written(), pytest.raises(WrongState):
        actions.plan_follow_up(incident_id=incident.pk, what="x", due_date=day_of(desk["now"]), **desk)


def test_what_is_missing_is_named(draft, desk):
    review = draft()
    about = {"review_id": review.pk, **desk}
    for texts, field in (
        (Texts(), "course"),
        (Texts(course="x"), "lessons"),
        (Texts(lessons="y"), "answers"),
    ):
        actions.write_review(texts=texts, **about)
        with nothing_written(), pytest.raises(Invalid) as refused:
            actions.hand_in_review(**about)
        assert list(refused.value.fields) == [field]
    for given, field in (({"answer": " "}, "answer"),):
        with nothing_written(), pytest.raises(Invalid) as refused:
            actions.answer_question(item="speed", **given, **about)
        assert list(refused.value.fields) == [field]
    with nothing_written(), pytest.raises(Invalid):
        actions.write_review(texts=Texts(lessons="对重点人员严密稳控"), **about)
    with nothing_written(), pytest.raises(NotFound):
        actions.answer_question(item="none", answer="x", **about)


def test_a_stale_page_changes_nothing(draft, desk):
    review = draft()
    actions.write_review(review_id=review.pk, texts=Texts(good="好"), **desk)
    with nothing_written(), pytest.raises(Stale):
        actions.write_review(review_id=review.pk, texts=Texts(good="更好"), rev=review.rev, **desk)


def test_who_may_not(draft, desk, reach, now):
    review = draft()
    with nothing_written(), pytest.raises(NotAllowed):
        actions.write_review(
            review_id=review.pk, texts=Texts(), reach=reach("county1.squad.dialogue"), now=now
        )
    with pytest.raises(NotFound):
        queries.get_review(reach("county2.duty"), review.incident.number)


@pytest.mark.parametrize("state", S.values)
def test_every_verb_in_every_state_is_as_in_the_table(whole, desk, chief, cast, now, state):
    review = whole()
    is_in, is_approved = state != S.DRAFT, state == S.APPROVED
    values = {
        "state": state,
        "handed_in_by": cast["county1.duty"] if is_in else None,
        "handed_in_at": now if is_in else None,
        "approved_by": cast["city.deputy"] if is_approved else None,
        "approved_at": now if is_approved else None,
    }
    for verb in rules.ON_A_REVIEW:
        Review.objects.filter(pk=review.pk).update(**values)
        door = chief if rules.TRANSITIONS[verb].by == rules.LEADER else desk
        if rules.TRANSITIONS.row(state, verb) is None:
            with nothing_written(), pytest.raises(WrongState):
                act_on(fresh(review), verb, reason="因", **door)
        else:
            with done_as_in_the_table(rules.TRANSITIONS, verb, subject=review.key):
                moved = act_on(fresh(review), verb, reason="因", **door)
            assert moved.state == rules.TRANSITIONS.next_state(state, verb)


# --- key times -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "due", "cancelled", "expected"),
    [
        (None, None, False, Kept.NOT_DONE), (None, 5, False, Kept.MISSED), (None, 5, True, Kept.NOT_DONE),
        (3, None, False, Kept.NO_LIMIT), (5, 5, False, Kept.MET), (6, 5, False, Kept.LATE),
    ],
)  # fmt: skip
def test_a_key_time_is_late_only_beyond_a_limit(at, due, cancelled, expected):
    start = datetime(2026, 11, 22, tzinfo=UTC)

    def moment(minutes):
        return None if minutes is None else start + timedelta(minutes=minutes)

    assert rules.kept(at=moment(at), due_at=moment(due), was_cancelled=cancelled) == expected


def test_the_kinds_of_the_key_times_are_in_the_journal():
    assert {kind for some in rules.KEY_TIMES.values() for kind in some} <= set(KINDS)
    assert set(rules.KEY_TIMES) == set(KeyTime)


def test_key_times_are_read_from_the_record_with_the_plans_limits(incident, reach, now, closed):
    take_over(incident_id=incident.pk, reach=reach("county1.duty"), now=now + timedelta(minutes=4))
    closed()
    found = {one.which: one for one in key_times.key_times(fresh(incident))}

    assert (found[KeyTime.TAKEN].minutes, found[KeyTime.TAKEN].kept) == (4, Kept.NO_LIMIT)
    assert (found[KeyTime.REPORTED].cite, found[KeyTime.REPORTED].kept) == ("§4.1", Kept.MET)
    assert found[KeyTime.CLOSED].minutes == 180
    assert found[KeyTime.SIGNED].kept == Kept.NOT_DONE
    assert key_times.thawed(key_times.frozen(found.values())) == list(found.values())


def test_the_picture_says_in_words_what_it_draws(incident, closed):
    closed()
    svg = key_times_picture(key_times.key_times(fresh(incident)))

    assert svg.count('class="track"') == len(KeyTime)
    assert "<title>" in svg
    assert 'class="limit"' in svg
    assert "3 h 0 min" in svg or "3小时0分" in svg


# --- follow-ups ----------------------------------------------------------------------------------------------


@pytest.fixture
def follow_up(closed, desk):
    event = closed()
    return actions.plan_follow_up(
        incident_id=event.pk, what="诉求是否办结", due_date=day_of(desk["now"]) + timedelta(days=7), **desk
    )


def test_a_follow_up_ends_with_what_came_of_it_and_leads_to_the_next(follow_up, desk, cast):
    clock = Clock.objects.get(subject=follow_up.key)
    assert clock.due_at == follow_up.due_at
    day = day_of(desk["now"]) + timedelta(days=30)
    with done_as_in_the_table(rules.FOLLOW_UPS, FollowUpVerb.DONE, subject=follow_up.key):
        done = actions.move_follow_up(
            follow_up_id=follow_up.pk,
            verb="done",
            result="仍有两件未结",
            again_what="两件是否办结",
            due_date=day,
            **desk,
        )
    assert (done.state, done.ended_by) == (FollowUpState.DONE, cast["county1.duty"])
    assert fresh(clock).stopped_at == desk["now"]
    following = FollowUp.objects.get(state=FollowUpState.PLANNED)
    assert (following.what, following.due_at) == ("两件是否办结", end_of(day))


def test_another_day_and_the_end_say_why(follow_up, desk):
    day = day_of(desk["now"]) + timedelta(days=9)
    for verb in (FollowUpVerb.CHANGE_DATE, FollowUpVerb.DROP):
        with nothing_written(), pytest.raises(Invalid):
            actions.move_follow_up(follow_up_id=follow_up.pk, verb=verb, due_date=day, **desk)
    with done_as_in_the_table(rules.FOLLOW_UPS, FollowUpVerb.CHANGE_DATE, subject=follow_up.key):
        actions.move_follow_up(
            follow_up_id=follow_up.pk, verb="change-date", due_date=day, reason="出差", **desk
        )
    assert Clock.objects.running().get(subject=follow_up.key).due_at == end_of(day)
    with done_as_in_the_table(rules.FOLLOW_UPS, FollowUpVerb.DROP, subject=follow_up.key):
        actions.move_follow_up(follow_up_id=follow_up.pk, verb="drop", reason="已并入他案", **desk)
    assert not Clock.objects.running().filter(subject=follow_up.key).exists()
    with nothing_written(), pytest.raises(WrongState):
        actions.move_follow_up(follow_up_id=follow_up.pk, verb="done", result="x", **desk)


def test_one_that_is_missed_is_a_breach_that_the_desk_and_the_leader_hear_of(follow_up):
    late = follow_up.due_at + timedelta(minutes=1)
    sweep(late)
    tell_breaches(late)
    told = Notice.objects.filter(subject=follow_up.key, purpose__startswith="clock.breached")
    assert {one.recipient.username for one in told} == {"county1.duty", "county1.leader"}


# --- the page and the doors ----------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_asks_the_same_however_much_there_is(
    whole, desk, incident, many, django_assert_max_num_queries
):
    whole()
    day = day_of(desk["now"])
    for _n in range(many):
        actions.plan_follow_up(incident_id=incident.pk, what="看", due_date=day, **desk)
    event = Incident.objects.select_related("unit__parent", "plan__text").get(pk=incident.pk)
    with django_assert_max_num_queries(8):
        found = queries.of_incident(desk["reach"], event, desk["now"])
    assert (len(found.follow_ups), len(found.answers), found.unanswered) == (many, 8, 0)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"state": "handed_in"}, "a_review_is_handed_in_by_somebody_with_its_lessons"),
        ({"approved_at": "now"}, "a_review_is_approved_by_somebody"),
        (
            {"state": "approved", "lessons": "x", "handed_in_by": "who", "handed_in_at": "now", "approved_by": "who", "approved_at": "now"},
            "a_review_is_approved_by_another_person",
        ),
    ],
)  # fmt: skip
def test_the_database_refuses_a_broken_review(draft, cast, now, change, name):
    review = draft()
    meant = {"now": now, "who": cast["county1.duty"]}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(**{field: meant.get(v, v) for field, v in change.items()})


def test_the_database_refuses_two_under_way_and_half_answers(follow_up, desk, now, cast):
    review = actions.begin_review(incident_id=follow_up.incident_id, **desk)
    broken = [
        (lambda: Review.objects.create(incident=review.incident, n=9, begun_by=cast["county1.duty"], begun_at=now),
         "one_review_under_way_per_incident|incident_id"),
        (lambda: ReviewAnswer.objects.update(answer="x"), "an_answer_says_whose_it_is"),
        (lambda: FollowUp.objects.update(what=""), "a_follow_up_says_what_is_looked_at"),
        (lambda: FollowUp.objects.update(state="done"), "a_follow_up_ends_with_what_came_of_it"),
        (lambda: ReviewAnswer.objects.update(item="same"), "each_question_once_per_review|item"),
    ]  # fmt: skip
    for breaks, name in broken:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            breaks()


@pytest.fixture
def api(cast):
    from rest_framework.test import APIClient

    keys = iter(range(1000))

    def post(path, body=None, username="county1.duty", **headers):
        client = APIClient()
        client.force_login(cast[username])
        key = {"Idempotency-Key": f"k{next(keys)}", **headers}
        return client.post(f"/api/v1/{path}", body or {}, format="json", headers=key)

    return post


def test_the_api_carries_a_review_to_its_paper(api, closed, wall_clock, client, cast):
    event = closed("red")
    base = f"incidents/{event.number}/review/"
    assert api(base, username="county2.duty").status_code == 404
    begun = api(base)
    assert (begun.status_code, begun.data["state"], len(begun.data["answers"])) == (201, "draft", 8)
    for row in begun.data["answers"]:
        assert api(f"{base}answers/{row['id']}/", {"answer": "好"}).status_code == 200
    assert api(f"{base}dance/").status_code == 404
    written = api(f"{base}write/", {"course": "甲", "lessons": "乙"}, **{"If-Match": begun["ETag"]})
    assert (written.data["course"], written.data["good"]) == ("甲", "")
    assert api(f"{base}hand-in/", **{"If-Match": '"77"'}).status_code == 412
    assert api(f"{base}hand-in/").data["state"] == "handed_in"
    assert api(f"{base}approve/").status_code == 403
    assert api(f"{base}approve/", username="city.deputy").data["state"] == "approved"
    day = day_of(event.closed_at) + timedelta(days=400)
    planned = api(f"incidents/{event.number}/follow-ups/", {"what": "回访", "due_date": day.isoformat()})
    assert planned.status_code == 201
    assert api(f"follow-ups/{planned.data['id']}/done/", {"result": "无反复"}).data["state"] == "done"

    client.force_login(cast["county1.duty"])
    found = client.get(f"/api/v1/{base}").json()
    assert (found["review"]["state"], len(found["times"])) == ("approved", len(KeyTime))
    assert [one["cite"] for one in found["due"]] == ["§85"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ("复盘", "关键时点", "事前", "预防是否到位", "回访")),
        ("en", ("Review", "Key times", "Before", "Follow-up")),
    ],
)
def test_the_page_shows_it_and_its_forms_work(client, cast, incident, closed, wall_clock, language, said):
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = language
    base = f"/incidents/{incident.number}"
    assert client.get(f"{base}/review/").status_code == 200
    event = closed("red")
    assert f"{base}/review/" in client.get(f"{base}/").content.decode()
    assert client.post(f"{base}/review/begin/").status_code == 303
    assert client.post(f"{base}/review/answers/speed/", {"answer": "三分钟内到场"}).status_code == 303
    assert (
        client.post(f"{base}/review/write/", {"course": "甲", "good": "", "lessons": "乙"}).status_code == 303
    )
    assert client.post(f"{base}/review/hand-in/").status_code == 422
    part = client.get(f"{base}/review/?part=review").content.decode()
    assert "三分钟内到场" in part, "whoever has the page open sees what another wrote"
    assert "<h1" in part
    assert 'data-part="review"' in client.get(f"{base}/review/").content.decode()
    day = day_of(event.closed_at) + timedelta(days=400)
    assert client.post(f"{base}/follow-up/", {"what": "看", "due_date": day.isoformat()}).status_code == 303
    text = client.get(f"{base}/review/").content.decode()
    for words in (*said, "三分钟内到场"):
        assert words in text, words
    row = FollowUp.objects.get()
    assert client.post(f"/follow-ups/{row.pk}/drop/", {"reason": "x", "rev": 1}).status_code == 303
    assert client.get(f"{base}/review/1/paper.pdf").status_code == 409
    client.force_login(cast["county2.duty"])
    assert client.get(f"{base}/review/").status_code == 404
    assert client.post(f"/follow-ups/{row.pk}/done/", {"result": "x"}).status_code == 404
