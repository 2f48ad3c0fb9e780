"""The life of a version: who moves it on, when and why; and two versions side by side."""

import json
from datetime import timedelta

import pytest

from common.errors import Invalid, NotAllowed, WrongState
from journal.models import Entry
from journal.record import content_of
from plans.checks import documents
from plans.lifecycle import rules
from plans.lifecycle.actions import load_plan
from plans.lifecycle.choices import PlanState, PlanVerb
from plans.versions import actions
from plans.versions.difference import difference
from tests.states import done_as_in_the_table, nothing_written

PASSWORD = "a long walk by the river"


@pytest.fixture
def load(db, now):
    def load(text, **more):
        return load_plan(text=text, actor=None, now=now, **more)

    return load


@pytest.fixture
def sysadmin(cast):
    user = cast["city.sysadmin"]
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def two(load, small):
    """Version 1 in force, version 2 a draft with another threshold."""
    first = load(small(), put_in_force=True)
    return first, load(small("gte: 10", "gte: 12").replace("version: 1\n", "version: 2\n"))


def steps(version):
    return [(step.state, step.by, step.reason) for step in version.steps.order_by("pk")]


# --- the table ---------------------------------------------------------------------------------------------


def test_every_state_and_verb():
    allowed = {
        (PlanState.DRAFT, PlanVerb.FILE): PlanState.FILED,
        (PlanState.FILED, PlanVerb.PUT_IN_FORCE): PlanState.IN_FORCE,
        (PlanState.IN_FORCE, PlanVerb.SUPERSEDE): PlanState.SUPERSEDED,
    }

    for state in PlanState:
        for verb in PlanVerb:
            assert rules.TRANSITIONS.next_state(state, verb) == allowed.get((state, verb)), (state, verb)
    assert [rules.next_act(state) for state in PlanState] == ["file", "put-in-force", None, None]


# --- the acts ----------------------------------------------------------------------------------------------


def test_from_draft_to_superseded_with_who_when_and_why(two, sysadmin, now):
    first, second = two

    with done_as_in_the_table(rules.TRANSITIONS, PlanVerb.FILE, subject=f"plan:{second.pk}"):
        actions.file_draft(version_id=second.pk, actor=sysadmin, reason="局务会 11 月 20 日决定", now=now)
    later = now + timedelta(hours=1)
    with (
        done_as_in_the_table(rules.TRANSITIONS, PlanVerb.SUPERSEDE, subject=f"plan:{first.pk}"),
        done_as_in_the_table(rules.TRANSITIONS, PlanVerb.PUT_IN_FORCE, subject=f"plan:{second.pk}"),
    ):
        actions.put_in_force(
            version_id=second.pk, actor=sysadmin, reason="备案满一日", credential=PASSWORD, now=later
        )

    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.state, second.in_force_from) == (PlanState.IN_FORCE, later)
    assert (first.state, first.in_force_to) == (PlanState.SUPERSEDED, later)
    assert steps(second) == [
        ("draft", None, ""),
        ("filed", sysadmin, "局务会 11 月 20 日决定"),
        ("in_force", sysadmin, "备案满一日"),
    ]
    assert steps(first)[-1] == ("superseded", sysadmin, "small-plan@2")
    kinds = list(
        Entry.objects.filter(subject=f"plan:{second.pk}").order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == ["plan.loaded", "plan.filed", "plan.in_force"]
    filed = Entry.objects.get(kind="plan.filed", subject=f"plan:{second.pk}")
    assert content_of(filed)["reason"] == "局务会 11 月 20 日决定"
    assert Entry.objects.filter(kind="plan.superseded", subject=f"plan:{first.pk}").count() == 1


def test_a_draft_is_not_put_in_force_before_it_is_filed(two, sysadmin, now):
    with pytest.raises(WrongState) as refused:
        actions.put_in_force(version_id=two[1].pk, actor=sysadmin, reason="why", credential=PASSWORD, now=now)

    assert refused.value.code == "wrong_state"
    assert "small-plan@2" in str(refused.value)


def test_filing_twice_is_refused(two, sysadmin, now):
    actions.file_draft(version_id=two[1].pk, actor=sysadmin, reason="why", now=now)

    with nothing_written(), pytest.raises(WrongState):
        actions.file_draft(version_id=two[1].pk, actor=sysadmin, reason="why", now=now)


@pytest.mark.control(12)
@pytest.mark.parametrize("credential", ["", "not the password", "123456"])
def test_without_the_credential_nothing_comes_into_force(two, sysadmin, now, credential):
    actions.file_draft(version_id=two[1].pk, actor=sysadmin, reason="why", now=now)

    with pytest.raises(NotAllowed) as refused:
        actions.put_in_force(
            version_id=two[1].pk, actor=sysadmin, reason="why", credential=credential, now=now
        )

    assert refused.value.code == "credential_wrong"
    two[1].refresh_from_db()
    assert two[1].state == PlanState.FILED


@pytest.mark.parametrize(
    ("reason", "code"), [("  \n ", "reason_missing"), ("电话 13912345678", "personal_data")]
)
def test_a_reason_is_asked_for_and_names_nobody(two, sysadmin, now, reason, code):
    with pytest.raises(Invalid) as refused:
        actions.file_draft(version_id=two[1].pk, actor=sysadmin, reason=reason, now=now)

    assert (refused.value.code, list(refused.value.fields)) == (code, ["reason"])


def test_who_may_move_a_version_on(load, small, cast, units, now):
    version = load(small(), owner=units["C1"])

    for who in ("county1.duty", "county2.director", "town11.head", "city.audit", "village111.informant"):
        with pytest.raises(NotAllowed):
            actions.file_draft(version_id=version.pk, actor=cast[who], reason="why", now=now)

    assert (
        actions.file_draft(version_id=version.pk, actor=cast["county1.director"], reason="why", now=now).state
        == "filed"
    )


# --- the difference ----------------------------------------------------------------------------------------


def changed(small, old, new):
    before = documents.check(small()).document
    after = documents.check(small(old, new)).document
    return [
        (section.title.en, change.about.en, change.before.en, change.after.en)
        for section in difference(before, after)
        for change in section.changes
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("gte: 10", "gte: 12", ("Levels and thresholds", "High: criterion", "headcount 10 or more §1", "headcount 12 or more §1")),
        ("between: [1, 9]", "between: [2, 9]", ("Levels and thresholds", "Low: criterion", "headcount 1–9 §1", "headcount 2–9 §1")),
        ("duration: PT3M", "duration: PT5M", ("Time limits", "Three minutes: within", "3 minutes", "5 minutes")),
        ("signatory: {role: head}", "signatory: {role: chief}", ("Signatories", "Low: signed by", "Head", "Chief")),
        ("stop: warning.lifted", "stop: warning.adjusted", ("Time limits", "Three minutes: to", "Warning lifted", "Warning adjusted")),
        ("post: director", "post: duty_leader", ("Roles", "Chief", "Chief (post · county · director)", "Chief (post · county · duty_leader)")),
        ("not_empty: true}, level: high", "not_empty: true}, level: low",
         ("Floors and the default level", "Floor", "life risk: any (added by the bureau) → High", "life risk: any (added by the bureau) → Low")),
        ("source: {complete: true}", "source: {complete: false}", ("Title and source", "Source: complete", "yes", "no")),
    ],
)  # fmt: skip
def test_one_change_is_one_line_in_words(small, old, new, said):
    assert changed(small, old, new) == [said]


def test_what_is_added_has_nothing_before_it(small):
    found = changed(
        small,
        "clocks:\n",
        "checklists: [{id: c1, zh: 清单, en: List, items: [{id: a, zh: 甲, en: A, cite: §9}]}]\nclocks:\n",
    )

    assert found == [("Checklists", "Checklist", "", "List"), ("Checklists", "List: a", "", "A §9")]


def test_equal_plans_do_not_differ(city):
    assert difference(city, json.loads(json.dumps(city))) == []


def test_every_changed_value_of_the_shipped_plan_shows(city):
    """Whatever is changed anywhere in a plan, the difference names it."""
    silent = [path for path, other in changes_of(city) if not difference(city, other)]

    assert silent == []


def changes_of(document):
    """(path, the document with the one value at that path replaced): for every text and number in it."""
    for path in leaves(document):
        if path[0] in ("schema", "id", "version") or path[-1] == "id" or isinstance(at(document, path), bool):
            continue
        other = json.loads(json.dumps(document))
        place = at(other, path[:-1])
        place[path[-1]] = (
            place[path[-1]] + 1
            if isinstance(place[path[-1]], int)
            else "PT59M"
            if "duration" in path or "arrive" in str(path)
            else f"{place[path[-1]]}x"
        )
        if not unreadable(path):
            yield path, other


def unreadable(path):
    """Words of the machine: another word here is no plan any more."""
    return (
        bool(
            {"fact", "any_in", "default_level", "role", "where_absent", "level", "tone", "rank", "when_level"}
            & set(map(str, path))
        )
        or path[0] == "roles"
    )


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from leaves(part, (*path, index))
    elif value is not None:
        yield path


def at(value, path):
    for step in path:
        value = value[step]
    return value


# --- the pages and the API ---------------------------------------------------------------------------------


def test_pages_file_and_put_in_force(two, sysadmin, client):
    client.force_login(sysadmin)
    page = client.get("/plans/small-plan/2/file/").content.decode()
    assert "人数 12" in page
    assert "人数 10" in page

    assert client.post("/plans/small-plan/2/file/", {"reason": ""}).status_code == 422
    assert client.post("/plans/small-plan/2/file/", {"reason": "会议决定"}).status_code == 303
    wrong = client.post("/plans/small-plan/2/put-in-force/", {"reason": "施行", "credential": "no"})
    assert wrong.status_code == 422
    assert "施行" in wrong.content.decode()
    right = client.post("/plans/small-plan/2/put-in-force/", {"reason": "施行", "credential": PASSWORD})
    assert right.status_code == 303
    two[1].refresh_from_db()
    assert two[1].state == PlanState.IN_FORCE
    assert "会议决定" in client.get("/plans/small-plan/").content.decode()


def test_who_may_not_sees_no_button_and_is_refused(two, signed_in):
    browser = signed_in("county1.duty")

    assert "/file/" not in browser.get("/plans/small-plan/2/").content.decode()
    assert browser.get("/plans/small-plan/2/file/").status_code == 403
    assert browser.post("/plans/small-plan/2/file/", {"reason": "x"}).status_code == 403


def test_difference_page_in_both_languages(two, signed_in):
    browser = signed_in("village111.informant")
    page = browser.get("/plans/small-plan/difference/?before=1&after=2").content.decode()
    assert "<del>人数 10 以上（含） §1</del>" in page

    browser.cookies["language"] = "en"
    page = browser.get("/plans/small-plan/difference/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "headcount 12 or more" in main
    assert [c for c in main if "\u4e00" <= c <= "\u9fff"] == []


@pytest.mark.parametrize("query", ["before=1&after=99", "before=x", "before=<script>&after=2", "after=2"])
def test_difference_of_versions_that_are_not_there(two, signed_in, query):
    response = signed_in("city.duty").get(f"/plans/small-plan/difference/?{query}")

    assert response.status_code == 422
    assert b"<script>&" not in response.content


def test_detail_page_asks_the_same_however_many_versions(
    load, small, signed_in, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = signed_in("city.duty")
    load(small(), put_in_force=True)
    browser.get("/plans/small-plan/")
    counts = []
    for number in (2, 3, 4):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browser.get("/plans/small-plan/")
        counts.append(len(asked))
        load(small().replace("version: 1\n", f"version: {number}\n"), put_in_force=True)

    assert len(set(counts)) == 1, counts


def test_api_versions_difference_and_acts(two, sysadmin, client, now):
    client.force_login(sysadmin)

    listed = client.get("/api/v1/plans/small-plan/versions/").json()["versions"]
    assert [(one["version"], one["state"]) for one in listed] == [(2, "draft"), (1, "in_force")]
    assert [step["state"] for step in listed[1]["steps"]] == ["draft", "filed", "in_force"]
    assert client.get("/api/v1/plans/small-plan/difference/?before=1&after=2").json()["sections"][0][
        "changes"
    ]
    assert client.get("/api/v1/plans/small-plan/difference/?before=1").status_code == 404

    def post(act, body, key):
        return client.post(f"/api/v1/plans/small-plan/versions/2/{act}/", json.dumps(body),
                           content_type="application/json", headers={"Idempotency-Key": key})  # fmt: skip

    assert post("file", {}, "a").status_code == 422
    assert post("file", {"reason": "决定"}, "b").json()["state"] == "filed"
    assert post("file", {"reason": "决定"}, "b").json()["state"] == "filed"
    assert post("file", {"reason": "决定"}, "c").status_code == 409
    assert post("put-in-force", {"reason": "施行", "credential": "no"}, "d").status_code == 403
    assert post("put-in-force", {"reason": "施行", "credential": PASSWORD}, "e").json()["state"] == "in_force"
