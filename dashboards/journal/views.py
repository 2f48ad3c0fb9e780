"""The auditor's page of the journal."""

from datetime import datetime, timedelta

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.dates.date_fields import day_field
from common.dates.local_time import LOCAL
from common.references import key_of
from common.text.whole_numbers import read_number
from dashboards.boards.boards import check_has_board
from dashboards.journal import timeline
from dashboards.journal.subjects import Subject, subjects_of, words_of
from incidents.emergency.queries import to_review
from journal.kinds import KINDS
from journal.live.live_pages import PartsView
from journal.models import Entry, Head
from journal.record import via_of


class SearchForm(forms.Form):
    kind = forms.CharField(label=_("What"), required=False, max_length=60)
    about = forms.CharField(label=_("Number"), required=False, max_length=60)
    who = forms.CharField(label=_("Who"), required=False, max_length=40)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=40)
    first = day_field(label=_("From"), required=False)
    last = day_field(label=_("Until"), required=False)


class JournalPage(LoginRequiredMixin, PartsView):
    """The auditor's page: every entry this person may see, newest first, with the head's hash to write down."""

    template_name = "dashboards/journal.html"
    parts = {"entries": ("dashboards/_journal.html", "entries_context")}
    PAGE = 100

    def check_may_open(self):
        check_has_board(self.request.reach, "journal.audit")

    def page_context(self):
        return {"search": SearchForm(self.request.GET)}

    def entries_context(self):
        form = SearchForm(self.request.GET)
        form.is_valid()  # what cannot be read asks for nothing
        asked = {name: value for name, value in form.cleaned_data.items() if value}
        entries = Entry.objects.numbered().visible_to(self.request.reach).filter(_condition(asked))
        if before := read_number(self.request.GET.get("before", "")):
            entries = entries.filter(number__lt=before)
        page = list(entries.select_related("unit").order_by("-number")[: self.PAGE + 1])
        shown = page[: self.PAGE]
        subjects = subjects_of(name for entry in shown for name in (entry.subject, entry.thread))
        older = self.request.GET.copy()
        older.pop("part", None)
        older["before"] = shown[-1].number if len(page) > self.PAGE else ""
        return {
            "entries": [
                (entry, row, _called(entry.subject, subjects), subjects.get(entry.thread), via_of(entry))
                for entry, row in zip(shown, timeline.rows(shown), strict=True)
            ],
            "older": older.urlencode() if older["before"] else "",
            "head": Head.objects.filter(pk=1).first(),
            "emergencies_to_review": to_review(self.request.reach),
            "now": self.request.now,
        }


def _called(name: str, subjects: dict[str, Subject]) -> Subject:
    return subjects.get(name) or Subject(words_of(name), "")


def _condition(asked: dict) -> Q:
    found = Q()
    if words := asked.get("kind"):
        found &= Q(kind__in=_kinds_called(words.strip()))
    if number := asked.get("about"):
        name = key_of(number)
        found &= Q(subject=name) | Q(thread=name)
    if who := asked.get("who"):
        found &= Q(actor_name__icontains=who.strip())
    if unit := asked.get("unit"):
        found &= Q(unit__name__icontains=unit.strip()) | Q(unit__code__iexact=unit.strip())
    if first := asked.get("first"):
        found &= Q(at__gte=_midnight(first))
    if last := asked.get("last"):
        found &= Q(at__lt=_midnight(last + timedelta(days=1)))
    return found


def _kinds_called(words: str) -> list[str]:
    """By how the kind begins ("warning."), or by its words in either language."""
    low = words.lower()
    return [
        name
        for name, kind in KINDS.items()
        if name.startswith(low) or low in kind.zh or low in kind.en.lower()
    ]


def _midnight(day) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL)
