"""In a drill nothing leaves the house, and the record says what would have; its papers say what they are."""

import io

import pytest
from docx import Document

from common.documents.official_documents import Paper, Paragraph, as_docx, as_pdf
from common.errors import WrongState
from dashboards.journal.timeline import rows
from early_warnings.models import EarlyWarning
from early_warnings.outgoing import cap
from incidents.actions import merge_incident
from journal.kinds import KINDS
from journal.models import Entry
from journal.record import NOT_SENT, content_of
from notices.models import Notice

OUTSIDE = {kind.name for kind in KINDS.values() if kind.outside}


@pytest.mark.django_db
@pytest.mark.slow
def test_what_would_have_gone_out_is_on_record_as_not_sent(exercise):
    exercise()

    entries = list(Entry.objects.filter(drill=True))
    assert {entry.kind for entry in entries if content_of(entry).get(NOT_SENT)} == OUTSIDE & {
        entry.kind for entry in entries
    }
    assert len(OUTSIDE & {entry.kind for entry in entries}) >= 6
    told = [row["text"] for row in rows(entry for entry in entries if entry.kind in OUTSIDE)]
    assert all("演练：本应对外报送或告知，实际未发出" in text for text in told)


@pytest.mark.django_db
@pytest.mark.slow
def test_what_really_goes_out_says_nothing_of_it(exercise):
    exercise(drill=False)

    assert not any(NOT_SENT in content_of(entry) for entry in Entry.objects.all())


@pytest.mark.django_db
@pytest.mark.slow
def test_every_message_of_a_drill_begins_with_the_mark_on_every_channel(exercise):
    exercise()

    notices = list(Notice.objects.select_related("recipient"))
    assert {notice.channel for notice in notices} >= {"app"}
    assert all(notice.text.startswith("【演练】") for notice in notices)
    assert all(notice.text_for_recipient().startswith(("【演练】", "[DRILL] ")) for notice in notices)


@pytest.mark.django_db
@pytest.mark.slow
def test_a_cap_message_of_a_drill_is_an_exercise_for_machines_and_people(exercise):
    text = cap.message(EarlyWarning.objects.get(pk=exercise().warning.pk)).decode()

    assert "<status>Exercise</status>" in text
    assert "<note>演练，不是真实事件。" in text
    assert "<headline>【演练】" in text
    assert "<description>【演练】" in text


@pytest.mark.django_db
def test_a_drill_is_never_the_same_event_as_a_real_incident(exercise, real, reach, now):
    drill = exercise(acts=[]).incident

    with pytest.raises(WrongState) as refused:
        merge_incident(incident_id=drill.pk, into_id=real.pk, reach=reach("county1.duty"), now=now)
    assert refused.value.code == "drill_and_real"


def test_a_paper_of_a_drill_says_so_in_its_title_and_on_every_sheet():
    paper = Paper(title="情况报告", body=(Paragraph("正文"),), drill=True)

    document = Document(io.BytesIO(as_docx(paper)))
    assert document.paragraphs[0].text == "【演练】情况报告"
    section = document.sections[0]
    assert [head.paragraphs[0].text for head in (section.header, section.even_page_header)] == [
        "演练",
        "演练",
    ]
    assert as_pdf(paper).startswith(b"%PDF")


def test_a_real_paper_has_no_mark():
    document = Document(io.BytesIO(as_docx(Paper(title="情况报告", body=(Paragraph("正文"),)))))
    assert document.paragraphs[0].text == "情况报告"
    assert document.sections[0].header.paragraphs[0].text == ""


@pytest.mark.django_db
def test_a_page_of_a_real_incident_has_no_mark(real, signed_in):
    text = signed_in("county1.duty").get(f"/incidents/{real.number}/").content.decode()
    assert "bar-drill" not in text
    assert "watermark" not in text
    assert "【演练】" not in text
    assert "drill-tag" not in text
