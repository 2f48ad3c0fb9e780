"""Every component on one page, with made-up examples: for looking at, and for copying from."""

import re
from datetime import timedelta
from functools import cache
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LEVELS = [
    {"id": "red", "rank": 1, "roman": "I", "colour": "red"},
    {"id": "orange", "rank": 2, "roman": "II", "colour": "orange"},
    {"id": "yellow", "rank": 3, "roman": "III", "colour": "yellow"},
    {"id": "blue", "rank": 4, "roman": "IV", "colour": "blue"},
    {"id": "general", "rank": 5, "zh": "一般处置流程", "en": "General flow"},
]
PLAN = {"levels": LEVELS}


class ExampleForm(forms.Form):
    place = forms.CharField(
        label=gettext_lazy("Place"), help_text=gettext_lazy("Where it is, as people on the spot call it.")
    )
    headcount = forms.ChoiceField(
        label=gettext_lazy("How many people?"),
        widget=forms.RadioSelect,
        choices=[("1-5", "1–5"), ("6-20", "6–20"), ("21-50", "21–50"), ("51-", "51+")],
    )
    acts = forms.MultipleChoiceField(
        label=gettext_lazy("What is happening?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[
            ("banner", gettext_lazy("Banner")),
            ("slogans", gettext_lazy("Slogans")),
            ("sit_in", gettext_lazy("Sit-in")),
            ("obstruct_entrance", gettext_lazy("Entrance blocked")),
            ("storming", gettext_lazy("Storming")),
        ],
    )
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        widget=forms.RadioSelect,
        choices=[("sign", gettext_lazy("Sign as proposed")), ("return", gettext_lazy("Return with reasons"))],
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"),
        choices=[("", "—"), ("C1", gettext_lazy("County 1")), ("T11", gettext_lazy("Township 11"))],
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea, required=False)
    told = forms.BooleanField(
        label=gettext_lazy("People were told that the scene is recorded"), required=False
    )


def gallery(request):
    """Show the style guide to whoever keeps the system, and to everybody where a demo is shown or the product is built."""
    keeps_system = request.user.is_authenticated and request.reach.has("engine.view")
    if not (settings.DEBUG or settings.DEMO or keeps_system):
        raise Http404
    return render(request, "ui_gallery.html", examples(request.GET, timezone.now()))


def examples(wishes, now):
    """What the gallery shows; `wishes` may name `errors`, `drill` and `live`."""
    wrong = ExampleForm(
        {"place": "", "headcount": "6-20", "acts": ["banner"], "decision": "sign", "unit": ""}
    )
    return {
        "now": now,
        "after": 0 if "live" in wishes else None,
        "drill": "drill" in wishes,
        "levels": LEVELS,
        "plan": PLAN,
        "form": wrong if "errors" in wishes else ExampleForm(),
        "clocks": _clocks(now),
        "incidents": _incidents(now),
        "rows": _rows(now),
        "navigation": _navigation(),
        "person_post": _("County 1 bureau · duty officer"),
        "matrix": _matrix(),
        "tokens": colour_tokens(),
        "page": Paginator(range(60), 20).get_page(2),
    }


@cache
def colour_tokens() -> list[str]:
    """Names of the colours of static/css/app.css, in its order."""
    styles = (settings.BASE_DIR / "static/css/app.css").read_text(encoding="utf-8")
    root = styles.partition("\n:root {\n")[2].partition("\n}")[0]
    return re.findall(r"(--[\w-]+): (?:#|var\(--light, #)", root)


def _clocks(now):
    def clock(title, due=None, stopped=None, started=-3):
        moments = {"due_at": due, "stopped_at": stopped, "started_at": started}
        moments = {name: now + timedelta(minutes=m) if m is not None else None for name, m in moments.items()}
        return SimpleNamespace(title=title, cancelled_at=None, **moments)

    return {
        "long": clock(_("Answer the demand"), due=60 * 24 * 6),
        "hours": clock(_("Feed back to the linkage centre"), due=60 * 22),
        "run": clock(_("Sign by"), due=12),
        "soon": clock(_("Push by"), due=1.6),
        "over": clock(_("Arrive by"), due=-2.2),
        "met": clock(_("Found to reported"), due=0, stopped=-1),
        "missed": clock(_("Phone the first responder"), due=-3, stopped=-1),
        "open": clock(_("Feed back in time")),
    }


def _incidents(now):
    samples = [
        ("red", "C1-20261122-003", _("Crowd at the notary office, doors being forced"), 51, "over"),
        ("orange", "C1-20261122-002", _("Fee refunds: people gather before the law firm"), 32, "soon"),
        ("yellow", "C1-20261122-001", _("Forensic dispute: banner in the service hall"), 8, "run"),
        ("blue", "C1-20261121-004", _("Three people ask about an inheritance file"), 3, "long"),
    ]
    return [
        {
            "key": f"example-{index}",
            "level": level,
            "number": number,
            "what": what,
            "people": people,
            "clock": _clocks(now)[clock],
            "known_at": now - timedelta(minutes=7 * index + 3),
        }
        for index, (level, number, what, people, clock) in enumerate(samples)
    ]


def _rows(now):
    events = [
        (20, _("Incident discovered"), _("Wang Fang · county 1, informant"), "", ""),
        (
            18,
            _("Incident reported"),
            _("Wang Fang · county 1, informant"),
            _("About 32 people, banner, calm."),
            "",
        ),
        (17, _("Level proposed"), _("System"), "", "orange"),
        (11, _("Time limit passed"), _("System"), _("Sign-off within 5 minutes (§2.4)"), ""),
        (9, _("Warning signed"), _("Li Qiang · deputy director"), "", "orange"),
        (
            4,
            _("Order issued"),
            _("Zhao Min · duty leader"),
            _("Dialogue squad: to the law firm, by 12:40."),
            "",
        ),
    ]
    return [
        {
            "at": now - timedelta(minutes=minutes),
            "recorded_at": now - timedelta(minutes=minutes),
            "title": title,
            "who": who,
            "text": text,
            "level": level,
            "plan": PLAN,
            "number": 4711 + index,
            "look": "bad" if minutes == 11 else "",
        }
        for index, (minutes, title, who, text, level) in enumerate(events)
    ]


def _navigation():
    items = [
        ("layout-dashboard", _("Duty room"), 3),
        ("siren", _("Incidents"), ""),
        ("file-check", _("Zero-reports"), 12),
        ("calendar-days", _("Roster"), ""),
        ("scroll-text", _("Plans"), ""),
        ("chart-column", _("Statistics"), ""),
    ]
    return [
        {"url": "#", "icon": icon, "label": label, "count": count, "current": index == 0}
        for index, (icon, label, count) in enumerate(items)
    ]


def _matrix():
    signs = {"nil": "○", "items": "2", "late": "迟", "missing": "缺", "future": "·", "off": ""}
    cells = [
        "nil",
        "nil",
        "items",
        "nil",
        "late",
        "missing",
        "nil",
        "nil",
        "items",
        "nil",
        "nil",
        "nil",
        "future",
        "future",
    ]
    return [
        {"unit": unit, "cells": [(cell, signs[cell]) for cell in cells[index:] + cells[:index]]}
        for index, unit in enumerate([_("Village 111"), _("Village 112"), _("Village 113"), _("Village 114")])
    ]
