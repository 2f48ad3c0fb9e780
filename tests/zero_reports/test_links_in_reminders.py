"""A reminder on a telephone carries a link for its unit; nobody else ever sees it."""

import re

import pytest
from django.test import Client

from accounts.models import User
from journal.models import Entry
from notices.models import Notice
from notices.sending import before_sending, outbox
from zero_reports.filing.models import ZeroReport
from zero_reports.links.models import OneTapLink
from zero_reports.reminders.actions import write_steps
from zero_reports.reminders.jobs import run_reminders
from zero_reports.rounds.actions import open_rounds

LINK = re.compile(r"https://icd\.example(/r/\S+)")


@pytest.fixture(autouse=True)
def linked(settings):
    """Where the bureau is, is known: reminders carry links."""
    settings.SITE_URL, settings.REMINDER_LINKS = "https://icd.example", True


@pytest.fixture
def reminded(plan, cast, now, oclock, bundling_gateway):
    """reminded() → the text on the informant's telephone, an hour before the cut-off."""

    def _remind():
        open_rounds(now=now)
        write_steps(now)
        run_reminders(oclock("16:30:01"))
        outbox.send_due(oclock("16:32"))
        phone = cast["village111.informant"].phone
        return next(message.text for message in bundling_gateway.messages() if message.to == phone)

    return _remind


def test_the_link_files_nothing_for_the_unit_it_was_sent_to(reminded, monkeypatch, oclock):
    text = reminded()
    (path,) = LINK.findall(text)
    assert "11月22日零报告尚未报送" in text

    monkeypatch.setattr("django.utils.timezone.now", lambda: oclock("16:40"))
    browser = Client()
    assert browser.get(path).status_code == 200
    assert not ZeroReport.objects.exists()
    browser.post(path)

    report = ZeroReport.objects.get()
    assert (report.unit.code, report.answer, report.via, report.filed_by) == ("V111", "nil", "link", None)


def test_an_english_reader_gets_english_words(reminded, cast):
    User.objects.filter(username="village111.informant").update(language="en")
    assert "Nothing to report? Tap https://icd.example/" in reminded()


def test_neither_outbox_nor_journal_nor_table_holds_the_secret(reminded):
    token = LINK.findall(reminded())[0].strip("/").rpartition("/")[2]
    stored = [
        *Notice.objects.values_list("text_zh", flat=True),
        *Notice.objects.values_list("text_en", flat=True),
    ]
    stored += Entry.objects.values_list("body", flat=True)
    stored += OneTapLink.objects.values_list("token_hash", flat=True)
    assert stored
    assert not [text for text in stored if token in text or "icd.example" in text]


def test_only_texts_to_one_person_carry_it(reminded):
    reminded()
    assert OneTapLink.objects.filter(unit__code="V111").count() == 1, "one for the text, none for the screen"
    assert OneTapLink.objects.filter(issued_by=None).count() == OneTapLink.objects.count()


@pytest.mark.parametrize("off", [{"SITE_URL": ""}, {"REMINDER_LINKS": False}])
def test_without_an_address_or_switched_off_there_is_no_link(reminded, settings, bundling_gateway, off):
    for name, value in off.items():
        setattr(settings, name, value)
    assert "http" not in reminded()
    assert not OneTapLink.objects.exists()


def test_a_text_that_would_become_too_long_goes_without(reminded, settings):
    settings.SITE_URL = "https://" + "x" * 190 + ".example"
    text = reminded()
    assert "http" not in text
    assert len(text) <= 201


def test_who_has_answered_meanwhile_gets_neither_text_nor_link(
    plan, cast, now, oclock, bundling_gateway, file
):
    open_rounds(now=now)
    write_steps(now)
    run_reminders(oclock("16:30:01"))
    file("village111.informant", "V111", at=oclock("16:31"))
    outbox.send_due(oclock("16:32"))
    assert cast["village111.informant"].phone not in {message.to for message in bundling_gateway.messages()}
    assert not OneTapLink.objects.filter(unit__code="V111").exists()


def test_a_summary_for_the_level_above_has_none(plan, cast, now, oclock, bundling_gateway):
    open_rounds(now=now)
    write_steps(now)
    run_reminders(oclock("17:30:01"))
    outbox.send_due(oclock("17:32"))
    lines = [
        line for m in bundling_gateway.messages() for line in m.text.splitlines() if "个下级单位未报" in line
    ]
    assert lines
    assert not [line for line in lines if "http" in line]


def test_a_message_repeated_after_a_fault_has_a_link_that_works(plan, cast, now, oclock, bundling_gateway):
    bundling_gateway.mode = "503"
    open_rounds(now=now)
    write_steps(now)
    run_reminders(oclock("16:30:01"))
    outbox.send_due(oclock("16:32"))
    bundling_gateway.mode = "ok"
    outbox.send_due(oclock("16:45"))
    phone = cast["village111.informant"].phone
    texts = [message.text for message in bundling_gateway.messages() if message.to == phone]
    assert len(texts) == 2
    assert texts[0] == texts[1], "under one key a provider expects one text"
    assert OneTapLink.objects.filter(unit__code="V111", used_at=None, revoked_at=None).count() == 1


def test_a_room_that_adds_nothing_is_no_fault(monkeypatch, now):
    monkeypatch.setattr(before_sending, "ADDITIONS", {"report.": lambda batch, at: {}})
    before_sending.add_to([Notice(purpose="report.due.1", channel="sms", recipient=User(), text_zh="x")], now)
