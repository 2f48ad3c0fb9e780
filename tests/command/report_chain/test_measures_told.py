"""Measures with their approval, statements and what others took over, as a report upward tells them: only what is new."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from command.handing_over.actions import Given, hand_over
from command.measures.actions import Stated, take_measure
from command.report_chain.contents import drafting
from command.statements.actions import draft_statement, move_statement
from early_warnings.models import SuperiorReport

pytestmark = pytest.mark.django_db


@pytest.fixture
def about(incident, reach, now):
    def at(event, username="county1.duty", minutes=1):
        then = now + timedelta(minutes=minutes)
        return {"incident_id": event.pk, "reach": reach(username, then), "now": then}

    return at


def test_a_report_says_measures_with_their_law_and_a_follow_up_only_new_ones(
    incident, about, drafted, signed_report, sent, reach, now
):
    event = incident()
    take_measure(stated=Stated("疏散一楼大厅", "突发事件应对法第七十三条"), **about(event))
    first = sent(event, minutes=2)
    hand_over(
        given=Given("一人腿部擦伤", "急诊室", agency_kind="health", agency="县医院"),
        **about(event, minutes=10),
    )

    second = drafted(event, "continued", minutes=11)

    assert first.fields["measures"] == "9时01分，采取处置措施：疏散一楼大厅；依据：突发事件应对法第七十三条。"
    assert second.fields["measures"] == "9时10分，移交其他部门：一人腿部擦伤；移交：县医院。"


def test_only_what_was_released_is_told_of_a_statement(incident, about, drafted, reach, now):
    event = incident()
    row = draft_statement(text="现场秩序正常。", **about(event))
    then = now + timedelta(minutes=2)
    at = {"statement_id": row.pk, "now": then}
    move_statement(verb="approve", reach=reach("county1.director", then), **at)
    assert "现场秩序正常" not in drafted(event, minutes=3).fields["measures"]

    move_statement(verb="release", place="局门户网站", reach=reach("county1.duty", then), **at)

    entries = list(drafting_entries(event))
    said = drafting._lines(entries, event.plan.document, then, is_course=False)
    assert said == "9时02分，发布权威信息：现场秩序正常；发布渠道：局门户网站。"


def drafting_entries(event):
    from command.report_chain.queries import entries_of

    return entries_of(event)


MEASURE = {"what": "请求公安机关到场", "legal_basis": "信访工作条例"}


def entry(kind, subject, now, **content):
    return SimpleNamespace(
        kind=kind, subject=subject, at=now, level="", post="值班领导", said={**MEASURE, **content}
    )


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        (["measure.asked"], ["请示重大处置措施：请求公安机关到场；依据：信访工作条例。"]),
        (["measure.asked", "measure.approved"], ["批准重大处置措施：请求公安机关到场；依据：信访工作条例；批准：值班领导。"]),
        (["measure.asked", "measure.refused"], ["未批准重大处置措施：请求公安机关到场；依据：信访工作条例；不予批准：值班领导。"]),
        (["measure.asked", "measure.withdrawn"], []),
    ],
)  # fmt: skip
def test_an_approval_is_told_with_who_gave_it_and_a_request_while_it_waits(monkeypatch, now, kinds, told):
    monkeypatch.setattr(drafting, "content_of", lambda one: one.said)
    entries = [entry(kind, "measure:1", now) for kind in kinds]

    lines = drafting._lines(entries, {}, now, is_course=False)

    assert [line.partition("，")[2] for line in lines.split("\n") if line] == told


def test_who_outside_approved_is_named_by_post(monkeypatch, now):
    monkeypatch.setattr(drafting, "content_of", lambda one: one.said)
    said = drafting._lines([entry("measure.approved", "measure:1", now, **{"from": "县政府值班室"})], {}, now, is_course=False)  # fmt: skip

    assert said.endswith("批准：县政府值班室。")


def test_the_chain_begins_with_what_the_warning_told_at_once(signed, signed_in):
    warning = signed(level="red")
    told = SuperiorReport.objects.filter(warning=warning).first()

    page = (
        signed_in("county1.duty", "en").get(f"/incidents/{warning.incident.number}/reports/").content.decode()
    )

    chain = page.index("The chain")
    assert (
        chain
        < page.index("Told at once with the warning", chain)
        < page.index(f"/early-warnings/{told.warning.number}/", chain)
    )
    assert page.index(f"/early-warnings/{told.warning.number}/", chain) < page.index(
        "Nothing has been reported upward in writing yet", chain
    )
