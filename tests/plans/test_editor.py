"""The editor: the plan as a form, saved as a new draft, its text changed in place."""

import re
from pathlib import Path

import pytest
from django.forms import CheckboxSelectMultiple, Select
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.document import strict_yaml
from plans.editor.changes import Add, Drop, Put, applied, at
from plans.editor.forms import EditorForm
from plans.editor.text import NotInPlace, changed_text, written
from plans.lifecycle.actions import load_plan
from plans.lifecycle.models import PlanVersion

LIBRARY = sorted((Path(__file__).parents[2] / "plans" / "library").glob("*.yaml"))
SOURCES = {path.stem: path.read_text("utf-8") for path in LIBRARY}
DOCUMENTS = {name: strict_yaml.read(source).value for name, source in SOURCES.items()}
plans = pytest.mark.parametrize("name", SOURCES)


def leaves(value, path=()):
    if isinstance(value, dict | list):
        for step, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, step))
    else:
        yield path


def lists(value, path=()):
    if isinstance(value, list) and value:
        yield path
    if isinstance(value, dict | list):
        for step, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from lists(part, (*path, step))


def comments(source):
    return [line[line.index("# ") :] for line in source.splitlines() if "# " in line]


# --- the text ----------------------------------------------------------------------------------------------


@plans
def test_no_change_changes_no_byte(name):
    assert changed_text(SOURCES[name], []) == SOURCES[name]


@plans
def test_every_value_can_be_changed_and_every_comment_stays(name):
    source, document = SOURCES[name], DOCUMENTS[name]
    steps = [
        Put(path, "改过的" if isinstance(at(document, path), str) else 7)
        for path in leaves(document)
        if path[-1] not in ("cite", "why")
    ]

    changed = changed_text(source, steps)

    assert strict_yaml.read(changed).value == applied(document, steps)
    assert comments(changed) == comments(source)


@plans
@settings(max_examples=6, suppress_health_check=list(HealthCheck), deadline=None)
@given(choice=st.data())
def test_one_change_leaves_the_rest_of_the_text_alone(name, choice):
    source, document = SOURCES[name], DOCUMENTS[name]
    path = choice.draw(st.sampled_from(list(leaves(document))))
    value = choice.draw(
        st.one_of(
            st.integers(0, 10**6), st.text(min_size=1, max_size=30).filter(str.isprintable), st.booleans()
        )
    )
    steps = [Put(path, value)]

    changed = changed_text(source, steps)

    assert strict_yaml.read(changed).value == applied(document, steps)
    before, after = source.splitlines(), changed.splitlines()
    assert len([line for line in before if line not in after]) <= 2


@plans
@settings(max_examples=4, suppress_health_check=list(HealthCheck), deadline=None)
@given(choice=st.data())
def test_entries_are_added_and_dropped(name, choice):
    source, document = SOURCES[name], DOCUMENTS[name]
    path = choice.draw(st.sampled_from(list(lists(document))))
    place = choice.draw(st.integers(0, len(at(document, path)) - 1))
    steps = [
        Add(path, {"id": "new", "zh": "新的一项，带标点", "en": "New: with, marks"}),
        Drop((*path, place)),
    ]

    changed = changed_text(source, steps)

    assert strict_yaml.read(changed).value == applied(document, steps)


@pytest.mark.parametrize(
    ("source", "step", "result"),
    [
        ("a: 1 # why\nb: 2\n", Put(("a",), 3), "a: 3 # why\nb: 2\n"),
        ("a: {x: 1} # c\n", Put(("a", "y"), "z"), "a: {x: 1, y: z} # c\n"),
        ("a:\n  x: 1 # c\n# d\nb: 2\n", Put(("a", "y"), "z"), "a:\n  x: 1 # c\n  y: z\n# d\nb: 2\n"),
        ("a: [1, 2] # c\n", Add(("a",), 3), "a: [1, 2, 3] # c\n"),
        ("a:\n  - x # 1\n  - y # 2\n# end\n", Add(("a",), "z"), "a:\n  - x # 1\n  - y # 2\n  - z\n# end\n"),
        ("a:\n  - x # 1\n  - y # 2\n", Drop(("a", 0)), "a:\n  - y # 2\n"),
        ("a:\n  - x\n", Drop(("a", 0)), "a:\n  []\n"),
        ("a: {x: 1, y: 2, z: 3}\n", Drop(("a", "y")), "a: {x: 1, z: 3}\n"),
        ("a: {x: 1, y: 2}\n", Drop(("a", "y")), "a: {x: 1}\n"),
        ("a:\n  x: 1\n  y: 2 # c\n  z: 3\n", Drop(("a", "y")), "a:\n  x: 1\n  z: 3\n"),
        ("a: 1\r\nb: 2\r\n", Put(("b",), 5), "a: 1\nb: 5\n"),
        ("a: 1", Put(("b", "c"), [1]), "a: 1\nb: {c: [1]}"),
        ("a: []\n", Add(("a",), {"x": 1}), "a: [{x: 1}]\n"),
    ],
)
def test_small_texts(source, step, result):
    assert changed_text(source, [step]) == result


def test_a_text_laid_out_otherwise_is_refused_and_not_damaged():
    with pytest.raises(NotInPlace):
        changed_text("a:\n  - - x\n    - y\n  - z\n", [Drop(("a", 0, 0))])
    with pytest.raises(NotInPlace):
        changed_text("a: &x 1\nb: *x\n", [Put(("a",), 2)])


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "12",
        "0x1",
        "no",
        " x",
        "a: b",
        "a #b",
        "- x",
        "{a}",
        "",
        "§2.3",
        "中，文",
        "2026-01-09",
        "null",
        "~",
        "=",
        "a\nb",
    ],
)
def test_written_text_reads_back_as_the_same_text(text):
    assert strict_yaml.read(f"a: {written(text)}\nb: [{written(text)}, {{c: {written(text)}}}]\n").value == {
        "a": text,
        "b": [text, {"c": text}],
    }


# --- the form ----------------------------------------------------------------------------------------------


def answers(form):
    """What a browser sends when nothing was touched: of a list without a chosen entry the first one."""
    data = {}
    for bound in form:
        value = bound.value()
        widget = bound.field.widget
        if hasattr(widget, "widgets"):
            for index, part in enumerate(widget.decompress(value)):
                data[f"{bound.html_name}_{index}"] = _sent(widget.widgets[index], part)
        elif isinstance(value, list):
            data[bound.html_name] = value
        elif isinstance(widget, CheckboxSelectMultiple):
            continue  # nothing ticked, nothing sent
        elif isinstance(value, bool):
            if value:
                data[bound.html_name] = "on"
        else:
            data[bound.html_name] = _sent(widget, value)
    return data


def _sent(widget, value):
    if isinstance(widget, Select):
        codes = [str(code) for code, _label in widget.choices]
        return value if str(value) in codes else codes[0]
    return "" if value is None else value


@plans
def test_a_form_sent_back_untouched_changes_nothing(name, db):
    untouched = EditorForm(document=DOCUMENTS[name])

    form = EditorForm({**answers(untouched), "reason": "why"}, document=DOCUMENTS[name])

    assert form.is_valid(), form.errors
    assert form.changes() == []


CITY = "cn-justice-city-petition-000"


@pytest.fixture
def city_version(cast, now):
    return load_plan(text=SOURCES["city-justice-bureau"], actor=None, now=now, put_in_force=True)


@pytest.fixture
def sent(city_version):
    """sent(field=value, …) → what the browser sends with these fields changed."""

    def sent(**changed):
        untouched = answers(EditorForm(document=city_version.document))
        return {
            **untouched,
            "reason": "收紧标准",
            "seen": "2",
            **{k.replace("__", "."): v for k, v in changed.items()},
        }

    return sent


ORANGE = "levels.1.match.any_of.0.between.0"


def test_a_threshold_is_edited_and_saved_as_a_draft(city_version, sent, signed_in):
    browser = signed_in("city.sysadmin")
    yellow = "levels.2.match.any_of.0.between.1"

    response = browser.post(f"/plans/{CITY}/2/edit/", {**sent(), ORANGE: "16", yellow: "15"})

    assert response.status_code == 303
    saved = PlanVersion.objects.get(version=3)
    assert saved.state == "draft"
    assert saved.document["levels"][1]["match"]["any_of"][0] == {
        "fact": "headcount",
        "between": [16, 50],
        "cite": "§2.3",
        "origin": "proposal",
    }
    assert saved.steps.get().reason == "收紧标准"
    before, after = SOURCES["city-justice-bureau"].splitlines(), saved.text.source.splitlines()
    assert len([line for line in after if line not in before]) == 3
    assert [
        line
        for line in before
        if "#" in line and line not in after and "version" not in line and "between" not in line
    ] == []


def test_the_rehearsal_beside_the_form_changes_nothing(city_version, sent, signed_in):
    browser = signed_in("city.director")

    page = browser.post(
        f"/plans/{CITY}/2/edit/",
        {**sent(), ORANGE: "16", "act": "try", "try-headcount": "18", "try-unit": "T11"},
    )

    text = page.content.decode()
    assert page.status_code == 200
    trial = text[text.index("data-trial") :]
    assert "人数 16—50" in trial
    assert "林岚" in trial
    assert 'value="16"' in text
    assert PlanVersion.objects.filter(plan__plan_id=CITY).count() == 1


def test_a_plan_that_does_not_hold_together_is_not_saved_and_nothing_is_lost(city_version, sent, signed_in):
    browser = signed_in("city.sysadmin")

    page = browser.post(f"/plans/{CITY}/2/edit/", {**sent(), ORANGE: "60"})

    assert page.status_code == 422
    assert 'value="60"' in page.content.decode()
    assert "data-error-summary" in page.content.decode()
    assert PlanVersion.objects.filter(plan__plan_id=CITY).count() == 1


def test_the_second_of_two_editors_is_told_calmly_and_may_save_on_top(city_version, sent, signed_in):
    first, second = signed_in("city.sysadmin"), signed_in("city.director")
    assert first.post(f"/plans/{CITY}/2/edit/", {**sent(), ORANGE: "16"}).status_code == 303
    typed = {**sent(), "clocks.0.duration_0": "5", "reason": "五分钟更现实"}

    refused = second.post(f"/plans/{CITY}/2/edit/", typed)

    assert refused.status_code == 412
    text = refused.content.decode()
    assert "五分钟更现实" in text
    assert 'name="clocks.0.duration_0" value="5"' in text
    assert PlanVersion.objects.filter(plan__plan_id=CITY).count() == 2
    assert second.post(f"/plans/{CITY}/2/edit/", {**typed, "onto": "3"}).status_code == 303
    both = PlanVersion.objects.get(version=4).document
    assert both["levels"][1]["match"]["any_of"][0]["between"] == [16, 50]
    assert both["clocks"][0]["duration"] == "PT5M"


def test_things_are_added_and_taken_away(city_version, sent, signed_in):
    changed = {
        "drop.levels.2.match.any_of.1": "on",
        "add.levels.2.match.any_of.what": "acts banner",
        "add.levels.2.match.any_of.cite": "补充规定 3",
        "add.clocks.zh": "十分钟内回告",
        "add.clocks.start": "order.issued",
        "add.clocks.stop": "order.arrived",
        "add.clocks.duration_0": "10",
        "add.clocks.duration_1": "minutes",
        "add.clocks.role": "duty_officer",
        "add.organisation.squads.zh": "翻译专班",
        "add.organisation.squads.duties": "口译 | interpreting\n手语 | sign language",
        "drop.organisation.squads.4": "on",
        "add.checklists.0.items.zh": "确认消防通道畅通",
        "levels.3.recipients.report_to": ["city_political_legal_committee"],
        "levels.0.recipients.report_to": ["city_political_legal_committee"],
        "levels.2.signatory.role": "city_bureau_deputy_director",
        "organisation.squads.0.duties": "外围封控 | outer cordon\n人流疏导 | guiding people",
    }
    assert signed_in("city.sysadmin").post(f"/plans/{CITY}/2/edit/", {**sent(), **changed}).status_code == 303

    document = PlanVersion.objects.get(version=3).document
    yellow = document["levels"][2]
    assert yellow["match"]["any_of"][-1] == {
        "fact": "acts",
        "any_in": ["banner"],
        "cite": "补充规定 3",
        "origin": "proposal",
    }
    assert len(yellow["match"]["any_of"]) == 2
    assert yellow["signatory"]["role"] == "city_bureau_deputy_director"
    assert document["clocks"][-1] == {
        "id": "B-1",
        "zh": "十分钟内回告",
        "start": "order.issued",
        "stop": "order.arrived",
        "duration": "PT10M",
        "role": "duty_officer",
        "origin": "proposal",
    }
    squads = document["organisation"]["squads"]
    assert [squad["id"] for squad in squads] == ["perimeter", "dialogue", "public_info", "support", "squad-1"]
    assert [one["id"] for one in document["packages"][2]["orders"]] == [
        "PK-R2"
    ]  # of the inquiry squad nothing is left
    assert squads[0]["duties"][1] == {"zh": "人流疏导", "en": "guiding people"}
    assert squads[-1]["duties"][0] == {"zh": "口译", "en": "interpreting"}
    assert document["checklists"][0]["items"][-1]["zh"] == "确认消防通道畅通"
    assert document["levels"][0]["recipients"]["report_to"] == ["city_political_legal_committee"]
    assert document["levels"][3]["recipients"]["report_to"] == ["city_political_legal_committee"]


def test_who_above_is_told_and_how_often_is_changed_by_form(city_version, sent, signed_in):
    changed = {
        "report_chain.at_levels.0.to": ["city_political_legal_committee"],
        "report_chain.at_levels.0.phone_first": "",
        "report_chain.at_levels.0.daily": "16:00",
        "add.report_chain.at_levels.level": "orange",
        "add.report_chain.at_levels.to": ["provincial_justice_department"],
        "add.report_chain.at_levels.phone_first": "on",
        "add.report_chain.at_levels.daily": "09:00",
    }
    wrong = {**sent(), **changed, "add.report_chain.at_levels.daily": "9 Uhr"}
    assert signed_in("city.sysadmin").post(f"/plans/{CITY}/2/edit/", wrong).status_code == 422

    assert signed_in("city.sysadmin").post(f"/plans/{CITY}/2/edit/", {**sent(), **changed}).status_code == 303

    red, orange = PlanVersion.objects.get(version=3).document["report_chain"]["at_levels"]
    assert (red["to"], red["phone_first"], red["daily"]) == (
        ["city_political_legal_committee"],
        False,
        "16:00",
    )
    assert orange == {
        "level": "orange",
        "to": ["provincial_justice_department"],
        "phone_first": True,
        "daily": "09:00",
        "origin": "proposal",
    }


def test_nothing_changed_is_said(city_version, sent, signed_in):
    page = signed_in("city.sysadmin").post(f"/plans/{CITY}/2/edit/", sent())

    assert page.status_code == 422
    assert "没有任何改动" in page.content.decode()


@pytest.mark.parametrize("who", ["county1.director", "city.duty", "city.audit", "village111.informant"])
def test_who_may_not_edit(city_version, sent, signed_in, who):
    browser = signed_in(who)

    assert browser.get(f"/plans/{CITY}/2/edit/").status_code == 403
    assert browser.post(f"/plans/{CITY}/2/edit/", {**sent(), ORANGE: "16"}).status_code == 403
    assert "/edit/" not in browser.get(f"/plans/{CITY}/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [(ORANGE, "-1"), (ORANGE, "sixteen"), (ORANGE, "9" * 30), ("clocks.0.duration_0", "0"), ("clocks.0.zh", ""),
     ("levels.0.signatory.role", "king"), ("reason", ""), ("clocks.0.zh", "x" * 500)],
)  # fmt: skip
def test_hostile_answers_are_shown_back(city_version, sent, signed_in, field, value):
    page = signed_in("city.sysadmin").post(f"/plans/{CITY}/2/edit/", {**sent(), field: value})

    assert page.status_code == 422
    assert PlanVersion.objects.filter(plan__plan_id=CITY).count() == 1


def test_markup_in_a_text_stays_text(city_version, sent, signed_in):
    browser = signed_in("city.sysadmin")
    evil = '<script>alert(1)</script>: {x}, #y "z"'

    assert browser.post(f"/plans/{CITY}/2/edit/", {**sent(), "clocks.0.zh": evil}).status_code == 303

    assert PlanVersion.objects.get(version=3).document["clocks"][0]["zh"] == evil
    assert b"<script>alert" not in browser.get(f"/plans/{CITY}/2/").content


def test_edit_page_in_english_leaves_no_chinese_labels(city_version, signed_in):
    browser = signed_in("city.sysadmin")
    browser.cookies["language"] = "en"

    page = browser.get(f"/plans/{CITY}/2/edit/").content.decode()

    page = page[page.index("<main") : page.index("</main>")]
    labels = re.findall(
        r"<(?:label|legend|summary|h2|p class=\"hint\")[^>]*>(.*?)</(?:label|legend|summary|h2|p)>",
        page,
        re.S,
    )
    visible = [re.sub(r"<(?:input|textarea|select).*", "", label, flags=re.S) for label in labels]
    assert [
        label
        for label in visible
        if any("\u4e00" <= c <= "\u9fff" for c in label.replace("中文 | English", ""))
    ] == []


REMIND = next(
    n
    for n, clock in enumerate(DOCUMENTS["city-justice-bureau"]["clocks"])
    if clock.get("remind", {}).get("climb")
)


def test_reminders_are_edited_and_taken_away(city_version):
    document = city_version.document
    path = ("clocks", REMIND, "remind")
    name = ".".join(map(str, path))

    def changed(**fields):
        data = {**answers(EditorForm(document=document)), "reason": "why", **fields}
        form = EditorForm(data, document=document)
        assert form.is_valid(), form.errors
        return applied(document, form.changes())["clocks"][REMIND]

    sooner = changed(**{f"{name}.before.0_0": "45", f"{name}.before.0_1": "minutes"})
    assert sooner["remind"]["before"][0] == "PT45M"
    assert sooner["remind"]["climb"] == document["clocks"][REMIND]["remind"]["climb"]
    none = changed(**{f"{name}.before.0_0": "", f"{name}.before.0_1": ""})
    assert none["remind"]["before"] == document["clocks"][REMIND]["remind"]["before"][1:]
    shorter = changed(**{f"drop.{name}.climb.0": "on"})
    assert shorter["remind"]["climb"] == document["clocks"][REMIND]["remind"]["climb"][1:]
    later = changed(
        **{
            f"{name}.climb.0.after_0": "2",
            f"{name}.climb.0.after_1": "hours",
            f"clocks.{REMIND}.ask_days": "workdays",
        }
    )
    assert (later["remind"]["climb"][0]["after"], later["ask_days"]) == ("PT2H", "workdays")
