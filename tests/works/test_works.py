"""Long works: one row is one work; whoever does it holds it; nothing is done twice at once and nothing is left lying."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from common.errors import NotAllowed, NotFound, WrongState
from journal.models import Entry
from journal.record import content_of
from works import files, queries, rules, running, tasks
from works.actions import ask_for_work, begin_of_night, cancel_work
from works.choices import ERRORS, WorkState
from works.kinds import KINDS, Result
from works.models import Work

pytestmark = pytest.mark.django_db


def entries(work):
    return list(Entry.objects.filter(subject=work.key).order_by("pk").values_list("kind", flat=True))


def test_it_is_asked_for_done_and_on_record(ask, carried, reach):
    work = carried(ask(n="7"))

    assert (work.state, work.attempts, work.saved_as) == (WorkState.DONE, 1, "made.txt")
    assert (files.folder() / work.file).read_bytes() == b"made"
    assert entries(work) == ["work.asked", "work.done"]
    asked = Entry.objects.get(subject=work.key, kind="work.asked")
    assert (asked.audience, content_of(asked)) == ("security", {"kind": "trial", "arguments": {"n": "7"}})
    assert [(one.label, one.about, one.phrase) for one in queries.works_of(reach("county1.duty"))] == [
        ("Trial", "7", "Made.")
    ]


def test_a_result_is_for_the_services_account_alone(ask, carried):
    work = carried(ask())

    assert (files.folder() / work.file).stat().st_mode & 0o777 == 0o600
    assert files.folder().stat().st_mode & 0o777 == 0o700


def test_asked_twice_it_is_one_work_until_it_is_over(ask, carried):
    first = ask(n="7")
    assert ask(n="7") == first
    assert ask(n="8") != first
    assert ask("county1.director", n="7") != first
    assert entries(first) == ["work.asked"]

    carried(first)
    assert ask(n="7") != first


def test_the_database_holds_the_same_work_once(ask):
    work = ask()
    with (
        pytest.raises(IntegrityError, match="one_live_work_per_fingerprint|fingerprint"),
        transaction.atomic(),
    ):
        Work.objects.create(kind="trial", arguments={}, fingerprint=work.fingerprint, asked_at=work.asked_at)


def test_a_form_sent_twice_makes_one_work(signed_in, given):
    browser = signed_in("county1.duty")
    for _press in range(2):
        answer = browser.post(reverse("work-begin", args=["trial"]), {"idempotency_key": "k1"})
        assert answer.status_code == 303

    assert Work.objects.count() == 1


def test_nobody_fills_the_queue_of_all_others(ask):
    for n in range(rules.MOST_OF_ONE):
        ask(n=str(n))
    with pytest.raises(WrongState) as refused:
        ask(n="more")

    assert refused.value.code == "too_many_works"
    assert ask("county1.director")


def test_what_is_not_theirs_is_not_asked_for(ask, given):
    given.refuses = True
    with pytest.raises(Exception, match="no longer yours"):
        ask()

    assert not Work.objects.exists()


# --- doing it -------------------------------------------------------------------------------------------------


def test_a_message_that_comes_twice_finds_it_taken(ask, given, hands):
    work = ask()
    given.steps = lambda task: running.carry_out(work.pk, hands) and pytest.fail("twice at once")

    assert running.carry_out(work.pk, hands)
    assert not running.carry_out(work.pk, hands)
    assert len(given.begun) == 1


def test_progress_comes_into_the_row_with_each_sign_of_life(ask, hands):
    work = ask()
    held = running._claim(work.pk, hands())
    hold = running.Hold(held, hands)

    hold.report(3, 10, "writing")
    hold.report(4, 10)
    assert Work.objects.get(pk=work.pk).done == 0
    hands.turn(seconds=1)
    hold.beat()

    row = Work.objects.get(pk=work.pk)
    assert (row.done, row.total, row.phrase, row.beat_at) == (4, 10, "writing", hands.now)


def test_a_refusal_is_said_in_the_words_of_who_asked(ask, given, carried):
    work = ask()
    given.refuses = True

    carried(work)

    assert (work.state, work.error) == (WorkState.FAILED, "refused")
    assert work.error_text.endswith("Nothing was made: no longer yours.")
    assert given.begun == []
    assert entries(work) == ["work.asked", "work.failed"]


def test_a_fault_ends_it_with_a_sentence_and_leaves_no_file(ask, given, carried, kept, client, signed_in):
    given.steps = lambda task: 1 / 0
    work = carried(ask())

    assert (work.state, work.error, work.file) == (WorkState.FAILED, "fault", "")
    assert kept() == []
    browser = signed_in("county1.duty")
    browser.cookies["language"] = "en"
    assert "a fault in the program stopped it" in browser.get(reverse("works")).content.decode()


def test_one_that_fails_holds_up_none_beside_it(ask, given, hands):
    bad, good = ask(n="bad"), ask(n="good")
    given.steps = lambda task: task.arguments["n"] == "bad" and 1 / 0

    for work in (bad, good):
        running.carry_out(work.pk, hands)

    assert [Work.objects.get(pk=one.pk).state for one in (bad, good)] == ["failed", "done"]


def test_a_kind_that_is_gone_ends_with_a_sentence(ask, carried, monkeypatch):
    work = ask()
    monkeypatch.delitem(KINDS, "trial")

    assert carried(work).error == "fault"


def test_every_place_is_taken_once(ask, given, hands):
    works = [ask(n=str(n)) for n in range(rules.AT_ONCE + 1)]
    held = [running._claim(work.pk, hands()) for work in works]

    assert [one.slot for one in held[:-1]] == list(range(rules.AT_ONCE))
    assert held[-1] is None
    with pytest.raises(IntegrityError, match="one_running_work_per_slot|slot"), transaction.atomic():
        Work.objects.filter(pk=held[1].pk).update(slot=0)
    assert running.waiting(hands()) == [works[-1].pk]


def test_two_that_take_the_same_place_at_once(ask, hands, monkeypatch):
    """Both read it as free; the one that writes second waits."""
    first, second = ask(n="1"), ask(n="2")
    assert running._claim(first.pk, hands())
    monkeypatch.setattr(rules, "free_slot", lambda taken: 0)

    assert running._claim(second.pk, hands()) is None
    assert Work.objects.get(pk=second.pk).state == WorkState.QUEUED


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"holder": ""}, "a_running_work_is_held"),
        ({"state": "done"}, "a_running_work_is_held"),
        ({"state": "done", "holder": "", "slot": None}, "an_ended_work_says_when"),
        ({"state": "failed", "holder": "", "slot": None, "ended_at": "now"}, "a_failed_work_says_why"),
    ],
)
def test_the_database_refuses_what_cannot_be(ask, hands, change, name):
    work = running._claim(ask().pk, hands())
    change = {key: hands.now if value == "now" else value for key, value in change.items()}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Work.objects.filter(pk=work.pk).update(**change)


# --- taking it back -------------------------------------------------------------------------------------------


def test_one_that_waits_is_cancelled_at_once_and_again_nothing_happens(ask, reach, now, hands):
    work = ask()
    for _twice in range(2):
        cancelled = cancel_work(reach=reach("county1.duty"), work_id=work.pk, now=now)

    assert cancelled.state == WorkState.CANCELLED
    assert entries(work) == ["work.asked", "work.cancelled"]
    assert not running.carry_out(work.pk, hands)


def test_one_under_way_ends_at_its_next_step(ask, given, carried, reach, hands, kept):
    work = ask()

    def steps(task):
        for _twice in range(2):
            cancel_work(reach=reach("county1.duty"), work_id=work.pk, now=hands.now)
        assert Work.objects.get(pk=work.pk).state == WorkState.RUNNING
        task.report.__self__.beat()
        task.report(1, 2)
        pytest.fail("it went on")

    given.steps = steps
    carried(work)

    assert (work.state, work.ended_at, work.file) == (WorkState.CANCELLED, hands.now, "")
    assert kept() == []
    assert entries(work) == ["work.asked", "work.cancelled"]


def test_one_that_was_taken_back_at_its_last_step_has_no_result(ask, given, carried, reach, kept):
    work = ask()
    given.steps = lambda task: (
        cancel_work(reach=reach("county1.duty"), work_id=work.pk, now=task.now) and None
    )

    assert carried(work).state == WorkState.CANCELLED
    assert kept() == []


def test_what_is_over_is_not_cancelled(ask, carried, reach, now):
    work = carried(ask())
    with pytest.raises(WrongState):
        cancel_work(reach=reach("county1.duty"), work_id=work.pk, now=now)


def test_of_one_that_was_taken_back_it_is_said_what_stays(ask, given, carried, reach, hands, kind_is):
    kind_is(left_behind="Filed until then: %(done)d of %(total)d.")

    def steps(task):
        task.report(2, 5)
        cancel_work(reach=reach("county1.duty"), work_id=Work.objects.get().pk, now=hands.now)
        task.report.__self__.beat()
        task.report(3, 5)

    given.steps = steps
    carried(ask())

    assert [one.phrase for one in queries.works_of(reach("county1.duty"))] == ["Filed until then: 3 of 5."]
    Work.objects.update(done=0)
    assert "Filed until then" not in queries.works_of(reach("county1.duty"))[0].phrase
    Work.objects.update(attempts=2)
    assert queries.works_of(reach("county1.duty"))[0].phrase == "Filed until then: 0 of 5."
    kind_is(left_behind="")
    assert "of 5" not in queries.works_of(reach("county1.duty"))[0].phrase


# --- what is handed in ----------------------------------------------------------------------------------------

LINES = [["V111", "nil", "一句话"]]


@pytest.mark.control(46)
def test_lines_that_were_handed_in_are_sealed_on_the_row_until_it_is_over(ask, given, carried, now):
    work = ask(lines=LINES)
    seen = []
    given.steps = lambda task: seen.append((task.lines, task.asked_at))
    stored = Work.objects.values_list("handed_in", flat=True).get()
    assert stored.startswith("s1:")
    assert "V111" not in stored
    assert "V111" not in str([content_of(one) for one in Entry.objects.filter(subject=work.key)])

    carried(work)

    assert (seen, work.handed_in) == ([(LINES, now)], "")


@pytest.mark.control(46)
@pytest.mark.parametrize("end", ["cancelled", "failed", "died"])
def test_lines_are_gone_however_it_ends(ask, given, carried, reach, now, hands, end):
    work = ask(lines=LINES)
    if end == "cancelled":
        cancel_work(reach=reach("county1.duty"), work_id=work.pk, now=now)
    elif end == "failed":
        given.steps = lambda task: 1 / 0
        carried(work)
    else:
        for attempt in range(rules.MOST_ATTEMPTS):
            assert Work.objects.get().handed_in, attempt
            running._claim(work.pk, hands())
            running.take_up_stale(hands.turn(seconds=61))

    assert Work.objects.get().handed_in == ""


@pytest.mark.control(46)
def test_the_database_keeps_no_lines_of_what_is_over(ask, carried):
    work = carried(ask(lines=LINES))
    with (
        pytest.raises(IntegrityError, match="an_ended_work_keeps_nothing_handed_in"),
        transaction.atomic(),
    ):
        Work.objects.filter(pk=work.pk).update(handed_in="s1:x")


def test_other_lines_are_another_work(ask):
    first = ask(lines=LINES)
    assert ask(lines=LINES) == first
    assert ask(lines=[["V111", "nil", ""]]) != first


# --- a result with a page -------------------------------------------------------------------------------------


def test_a_result_for_a_page_is_read_by_who_asked_and_fetched_by_nobody(
    ask, given, carried, kind_is, reach, signed_in, kept
):
    kind_is(page="work-cancel")
    given.result = Result(is_for_page=True)
    given.made = b'{"of": 7}'
    work = carried(ask())

    assert kept() == [work.file]
    assert queries.read_result(reach("county1.duty"), work.pk, "trial") == (work, {"of": 7})
    assert [(one.page, one.has_file) for one in queries.works_of(reach("county1.duty"))] == [
        ("work-cancel", False)
    ]
    assert signed_in("county1.duty").get(reverse("work-file", args=[work.pk])).status_code == 404
    for who, kind in (("county1.director", "trial"), ("city.audit", "trial"), ("county1.duty", "other")):
        with pytest.raises(NotFound):
            queries.read_result(reach(who), work.pk, kind)
    given.refuses = True
    with pytest.raises(NotAllowed):
        queries.read_result(reach("county1.duty"), work.pk, "trial")


# --- those whose process is gone ------------------------------------------------------------------------------


def test_one_whose_process_died_begins_anew(ask, given, hands, carried):
    work = ask()
    first = running._claim(work.pk, hands())

    hands.turn(seconds=30)
    running.take_up_stale(hands.now)
    assert Work.objects.get(pk=work.pk).state == WorkState.RUNNING
    hands.turn(seconds=31)
    running.take_up_stale(hands.now)

    row = Work.objects.get(pk=work.pk)
    assert (row.state, row.holder, row.sent_at) == (WorkState.QUEUED, "", None)
    assert running.waiting(hands.now) == [work.pk]
    carried(work)
    assert (work.state, work.attempts) == (WorkState.DONE, 2)
    # The first one was only slow: what it writes now is refused.
    hold = running.Hold(first, hands)
    hold.beat()
    with pytest.raises(running.Stopped):
        hold.report(1)
    assert not running._end(first, rules.FAIL, hands.now, error="fault")
    assert Work.objects.get(pk=work.pk).state == WorkState.DONE


def test_one_that_kills_its_process_every_time_ends(ask, hands):
    work = ask()
    for _attempt in range(rules.MOST_ATTEMPTS):
        assert running._claim(work.pk, hands())
        running.take_up_stale(hands.turn(seconds=61))

    row = Work.objects.get(pk=work.pk)
    assert (row.state, row.error, row.error_text) == (WorkState.FAILED, "died", str(ERRORS["died"]))
    assert entries(work) == ["work.asked", "work.failed"]


def test_one_that_was_to_stop_and_died_is_cancelled(ask, hands, reach):
    work = ask()
    running._claim(work.pk, hands())
    cancel_work(reach=reach("county1.duty"), work_id=work.pk, now=hands.now)
    running.take_up_stale(hands.turn(seconds=61))

    assert Work.objects.get(pk=work.pk).state == WorkState.CANCELLED


def test_a_process_that_is_told_to_end_leaves_it_to_another(ask, given, carried, hands):
    work = ask()

    def steps(task):
        running.ENDING.set()
        task.report(1, 2)

    given.steps = steps
    carried(work)

    assert (work.state, work.ended_at) == (WorkState.QUEUED, None)
    assert running.waiting(hands.now) == [work.pk]


def test_a_process_that_is_told_to_end_begins_nothing(ask, given, hands, monkeypatch):
    """Otherwise it would do what it has just put back, until it is gone: each time one attempt less."""
    work = ask()
    monkeypatch.setattr(tasks, "send", lambda pk: tasks.carry_out(pk) if len(given.begun) < 9 else None)

    def steps(task):
        running.ENDING.set()
        task.report(1, 2)

    given.steps = steps
    tasks.carry_out(work.pk)

    assert (len(given.begun), Work.objects.get().attempts, Work.objects.get().state) == (1, 1, "queued")


STAYS = "What was filed until then stays."


@pytest.mark.parametrize("end", ["died", "died while it was taken back", "fault", "at once"])
def test_of_one_that_was_not_done_it_is_said_what_stays(ask, given, carried, reach, hands, kind_is, end):
    kind_is(left_behind="Filed until then: %(done)d of %(total)d.", stays=STAYS)
    work = ask()
    if end == "died":
        for _attempt in range(rules.MOST_ATTEMPTS):
            running._claim(work.pk, hands())
            running.take_up_stale(hands.turn(seconds=61))
    elif end == "died while it was taken back":
        running._claim(work.pk, hands())
        cancel_work(reach=reach("county1.duty"), work_id=work.pk, now=hands.now)
        running.take_up_stale(hands.turn(seconds=61))
    else:
        given.steps = lambda task: (end == "fault" and task.report(3, 5)) or 1 / 0
        carried(work)

    [shown] = queries.works_of(reach("county1.duty"))

    assert shown.phrase.endswith(STAYS) is (end != "at once"), shown.phrase


def test_one_that_hangs_is_not_spoken_for_for_ever(ask, given, hands, monkeypatch):
    monkeypatch.setattr(rules, "BEAT_SECONDS", 0.01)
    hold = running.Hold(running._claim(ask().pk, hands()), hands)
    hands.turn(hours=3)

    hold._keep_beating()

    with pytest.raises(running.Stopped):
        hold.report(1)


def test_a_clock_that_was_set_back_hides_no_dead_one(ask, hands):
    work = ask()
    running._claim(work.pk, hands())
    running.take_up_stale(hands.turn(hours=-2))

    assert Work.objects.get(pk=work.pk).state == WorkState.QUEUED


# --- who is told ----------------------------------------------------------------------------------------------


def test_a_worker_is_told_after_the_commit(ask, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(tasks, "send", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        work = ask()
        assert told == []

    assert told == [work.pk]


def test_without_a_broker_it_waits_and_says_so(ask, monkeypatch, signed_in, hands):
    def away(*_given, **_more):
        raise OperationalError("connection refused")

    work = ask()
    monkeypatch.setattr(tasks.carry_out, "apply_async", away)
    assert not tasks.send(work.pk)
    browser = signed_in("county1.duty")
    browser.cookies["language"] = "en"

    assert "Nobody could be told of it yet" in browser.get(reverse("works")).content.decode()
    assert running.waiting(hands.now) == [work.pk]

    sent = []
    monkeypatch.setattr(tasks.carry_out, "apply_async", lambda args, **more: sent.append(args))
    tasks.watch()
    tasks.watch()
    assert sent == [(work.pk,)]


def test_one_that_nobody_picked_up_is_sent_again(ask, hands):
    work = ask()
    running.note_sent(work.pk, hands.now)

    assert running.waiting(hands.turn(seconds=59)) == []
    assert running.waiting(hands.turn(seconds=2)) == [work.pk]


def test_whoever_ends_sends_who_waits_longest(ask, monkeypatch, given):
    first, second, _third = ask(n="1"), ask(n="2"), ask(n="3")
    sent = []
    monkeypatch.setattr(tasks, "send", sent.append)

    tasks.carry_out.run(first.pk)

    assert sent == [second.pk]


# --- whose it is ----------------------------------------------------------------------------------------------


@pytest.mark.control(14)
def test_for_a_stranger_it_does_not_exist(ask, carried, signed_in):
    work = carried(ask())
    for name in ("county1.director", "city.sysadmin", "city.audit", "county2.duty"):
        stranger = signed_in(name)
        assert stranger.get(reverse("work-file", args=[work.pk])).status_code == 404, name
        assert stranger.post(reverse("work-cancel", args=[work.pk])).status_code == 404, name
        assert f"work-{work.pk}" not in stranger.get(reverse("works")).content.decode(), name


def test_its_own_file_is_fetched_and_that_is_on_record(ask, carried, signed_in):
    work = carried(ask())
    answer = signed_in("county1.duty").get(reverse("work-file", args=[work.pk]))

    assert b"".join(answer.streaming_content) == b"made"
    assert "made.txt" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"
    assert Entry.objects.filter(kind="file.downloaded").exists()


def test_who_may_not_have_it_any_more_does_not_get_what_was_made(ask, carried, signed_in, given):
    work = carried(ask())
    given.refuses = True

    assert signed_in("county1.duty").get(reverse("work-file", args=[work.pk])).status_code == 403


def test_what_the_night_did_is_for_the_auditor_and_the_system_administrator(given, now, signed_in):
    work = begin_of_night("trial", now)
    assert begin_of_night("trial", now) == work

    for name, is_shown in (("city.audit", True), ("city.sysadmin", True), ("county1.duty", False)):
        browser = signed_in(name)
        assert (f"work-{work.pk}" in browser.get(reverse("works")).content.decode()) is is_shown, name
        assert browser.post(reverse("work-cancel", args=[work.pk])).status_code == (403 if is_shown else 404)


def test_only_what_is_offered_is_begun_by_its_name(signed_in, given):
    browser = signed_in("county1.duty")

    assert browser.post(reverse("work-begin", args=["archive"])).status_code == 404
    assert browser.post(reverse("work-begin", args=["none"])).status_code == 404
    given.refuses = True
    assert browser.post(reverse("work-begin", args=["trial"])).status_code == 403
    assert "Begin the trial" not in browser.get(reverse("works")).content.decode()


# --- its time -------------------------------------------------------------------------------------------------


def test_results_and_rows_go_when_their_time_is_over(ask, carried, hands, kept, signed_in):
    work = carried(ask())
    running.tidy(hands.now + rules.RESULT_KEPT)
    assert kept() == [work.file]

    running.tidy(hands.now + rules.RESULT_KEPT + timedelta(seconds=1))
    assert kept() == []
    assert signed_in("county1.duty").get(reverse("work-file", args=[work.pk])).status_code == 404
    running.tidy(hands.now + rules.ROW_KEPT + timedelta(seconds=1))
    assert not Work.objects.exists()


def test_what_no_row_names_is_swept_and_what_is_being_written_is_not(ask, hands, kept):
    held = running._claim(ask().pk, hands())
    for name in (files.name_of(held.pk, held.holder), "9-left"):
        with files.written(name) as file:
            file.write(b"x")

    running.tidy(timezone.now() + timedelta(days=2))

    assert kept() == [files.name_of(held.pk, held.holder)]


def test_the_list_asks_the_same_number_of_questions_whatever_is_in_it(ask, reach, django_assert_num_queries):
    for n in range(rules.MOST_OF_ONE):
        ask(n=str(n))
    person = reach("county1.duty")
    with django_assert_num_queries(1):
        queries.works_of(person)


def test_a_work_needs_a_kind_that_there_is(reach, now):
    with pytest.raises(KeyError):
        ask_for_work(reach=reach("county1.duty"), kind="nothing", arguments={}, now=now)
