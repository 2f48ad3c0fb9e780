"""Registered, assigned, coordinated, followed, filed; into an incident with one act; forms with their clocks."""

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from cases.matters import actions, queries, rules
from cases.matters.choices import MatterState, MatterVerb
from cases.matters.models import Matter
from cases.official_forms import actions as official
from cases.official_forms.choices import FormKind, fields_of
from cases.official_forms.models import OfficialForm
from clocks.models import Clock
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, NotFound, Refused, WrongState
from incidents.models import Incident
from journal.models import Entry
from tests.states import done_as_in_the_table, nothing_written
from zero_reports.filing.choices import DisputeClass
from zero_reports.filing.models import ReportItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(file):
    file("village111.informant", "V111", items=[("labour", 3, "工资拖欠")])
    return ReportItem.objects.get()


@pytest.fixture
def matter(item, reach, now):
    return actions.register_matter(reach=reach("county1.duty"), item_id=item.pk, now=now)


@pytest.fixture
def campaign(cast, units, now):
    """The campaign rules of the library, in force in county 1 with their clocks."""
    from plans.lifecycle.actions import load_plan
    from plans.lifecycle.models import PlanVersion

    text = (settings.BASE_DIR / "plans/library/county-zero-report-and-cases.yaml").read_text()
    version = load_plan(text=text, actor=None, now=now, owner=units["C1"])
    # Its days and its reviewer are the business of the plans' own tests.
    PlanVersion.objects.filter(pk=version.pk).update(state="in_force", in_force_from=now)
    return version


def move(verb, matter, reach, now, units):
    given = {"reach": reach, "matter_id": matter.pk, "now": now}
    if verb == MatterVerb.ASSIGN:
        return actions.assign_matter(**given, lead=units["T11"])
    if verb == MatterVerb.FILE:
        return actions.file_matter(**given, result="已支付", file_number="2026-17")
    return actions.work_on(**given, verb=verb, note="已联系")


WAYS = {
    MatterState.REGISTERED: (),
    MatterState.ASSIGNED: ("assign",),
    MatterState.COORDINATED: ("assign", "coordinate"),
    MatterState.FOLLOWED: ("assign", "follow"),
    MatterState.FILED: ("assign", "follow", "file"),
}


@pytest.mark.parametrize("state", MatterState.values)
@pytest.mark.parametrize("verb", ["assign", "coordinate", "follow", "file", "reopen"])
def test_every_verb_in_every_state(matter, reach, now, units, state, verb):
    who = reach("county1.duty")
    for step in WAYS[state]:
        move(step, matter, who, now, units)
    following = rules.TRANSITIONS.next_state(state, verb)

    if following is None:
        with nothing_written(), pytest.raises(WrongState):
            move(verb, matter, who, now, units)
        assert Matter.objects.get().state == state
    else:
        with done_as_in_the_table(rules.TRANSITIONS, verb, subject=matter.key):
            assert move(verb, matter, who, now, units).state == following


def test_registering_twice_is_one_matter_with_one_entry(item, reach, now):
    numbers = {
        actions.register_matter(reach=reach("county1.duty"), item_id=item.pk, now=now).number
        for _ in range(2)
    }

    assert numbers == {"M-V111-20261122-001"}
    assert Entry.objects.filter(kind="matter.registered").count() == 1


def test_an_item_is_offered_until_it_is_registered_also_after_a_correction(item, reach, file, now):
    county = reach("county1.duty")
    assert list(queries.unregistered(county)) == [item]

    actions.register_matter(reach=county, item_id=item.pk, now=now)
    assert list(queries.unregistered(county)) == []
    file("village111.informant", "V111", items=[("labour", 3, "工资拖欠"), ("land", 1)])

    assert [one.dispute_class for one in queries.unregistered(county)] == ["land"]
    assert list(queries.unregistered(reach("county2.duty"))) == []


def test_what_was_corrected_is_not_registered(item, reach, file, now):
    file("village111.informant", "V111")

    with pytest.raises(WrongState) as refused:
        actions.register_matter(reach=reach("county1.duty"), item_id=item.pk, now=now)

    assert refused.value.code == "report_was_corrected"


def test_one_act_makes_an_incident_and_only_one(matter, reach, now, plan):
    for _ in range(2):
        done = actions.make_incident(reach=reach("county1.duty"), matter_id=matter.pk, now=now)

    incident = Incident.objects.get()
    assert (done.incident, incident.what, incident.source, incident.unit.code) == (
        incident,
        "工资拖欠",
        "report",
        "V111",
    )
    assert Entry.objects.filter(kind="matter.became_incident").count() == 1


def test_without_a_plan_no_incident_and_the_matter_stays(matter, reach, now):
    with pytest.raises(Refused):
        actions.make_incident(reach=reach("county1.duty"), matter_id=matter.pk, now=now)

    assert Matter.objects.get().incident_id is None


@pytest.mark.parametrize(
    "username", ["village111.informant", "county1.squad.dialogue", "county2.duty", "city.audit"]
)
def test_who_does_not_work_on_it(matter, reach, now, units, username):
    with pytest.raises(NotAllowed):
        move("assign", matter, reach(username), now, units)


def test_the_lead_unit_of_another_county_sees_it_and_works_on_it(matter, reach, now, units):
    with pytest.raises(NotFound):
        queries.get_matter(reach("county2.duty"), matter.number)
    actions.assign_matter(reach=reach("city.duty"), matter_id=matter.pk, lead=units["C2"], now=now)

    found = queries.get_matter(reach("county2.duty"), matter.number)
    assert move("follow", found, reach("county2.duty"), now, units).state == "followed"


@pytest.mark.parametrize("note", ["", "  ", "联系张某 13812345678"])
def test_a_step_needs_words_and_names_nobody(matter, reach, now, units, note):
    move("assign", matter, reach("county1.duty"), now, units)

    with pytest.raises(Invalid):
        actions.work_on(reach=reach("county1.duty"), matter_id=matter.pk, verb="follow", note=note, now=now)


@pytest.mark.parametrize("change", [{"state": "filed"}, {"state": "assigned"}, {"count": 0}])
def test_the_database_keeps_a_matter_in_order(matter, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(**change)


# --- official forms ------------------------------------------------------------------------------------------


CLASSES = dict(DisputeClass.choices)


def full(kind) -> dict:
    """Every field of a form, filled in with something fitting."""
    values = {"class": "labour", "number": 2, "date": "2026-11-22", "text": "城关镇", "long": "说明"}
    return {
        field.name: (
            [field.choices.values[0]]
            if field.kind == "many"
            else field.choices.values[0]
            if field.choices
            else values[field.kind]
        )
        for field in fields_of(kind, CLASSES)
    }


def test_a_quick_report_is_due_the_day_the_dispute_is_accepted(matter, campaign, reach, now):
    duty = reach("county1.duty")
    actions.accept_dispute(reach=duty, matter_id=matter.pk, now=now, kinds=["M2"])
    clock = Clock.objects.get(clock_id="C004-5")
    form = official.begin_form(
        reach=duty, kind="F2", unit=matter.unit, day=day_of(now), now=now, matter=Matter.objects.get()
    )

    official.fill_in(reach=duty, form_id=form.pk, fields=full("F2"), now=now, send=True)

    assert str(day_of(clock.due_at)) == "2026-11-22"
    assert Clock.objects.get(clock_id="C004-5").stopped_at == now
    assert form.fields["dispute_class"] == "labour"


def test_feedback_is_due_two_working_days_after_the_mediation(matter, campaign, reach, now):
    duty = reach("county1.duty")
    with pytest.raises(WrongState):
        actions.end_mediation(reach=duty, matter_id=matter.pk, now=now)
    actions.accept_dispute(reach=duty, matter_id=matter.pk, now=now, kinds=["M2"])
    actions.end_mediation(reach=duty, matter_id=matter.pk, now=now)

    clock = Clock.objects.get(clock_id="C004-6")
    # Sunday 2026-11-22 and two working days: Tuesday.
    assert str(day_of(clock.due_at)) == "2026-11-24"
    form = official.begin_form(
        reach=duty, kind="F3", unit=matter.unit, day=day_of(now), now=now, matter=Matter.objects.get()
    )
    official.fill_in(reach=duty, form_id=form.pk, fields=full("F3"), now=now, send=True)
    assert Clock.objects.get(clock_id="C004-6").stopped_at == now


def test_a_supervision_form_is_due_three_days_after_the_visit(cast, units, campaign, reach, now):
    duty = reach("county1.duty")
    form = official.begin_form(reach=duty, kind="F8", unit=units["C1"], day=day_of(now), now=now)

    clock = Clock.objects.get(clock_id="C004-9")
    assert str(day_of(clock.due_at)) == "2026-11-25"
    official.fill_in(reach=duty, form_id=form.pk, fields=full("F8"), now=now, send=True)
    assert Clock.objects.get(clock_id="C004-9").stopped_at == now


def test_the_statistics_begin_with_what_is_registered_and_are_one_per_month(matter, units, reach, now):
    duty = reach("county1.duty")
    first = official.begin_form(reach=duty, kind="F1", unit=units["C1"], day=day_of(now), now=now)
    again = official.begin_form(
        reach=duty, kind="F1", unit=units["C1"], day=day_of(now).replace(day=3), now=now
    )

    assert again.pk == first.pk
    assert (first.fields["found_labour"], first.fields["settled"], first.fields["open"]) == (3, 0, 3)


def test_what_was_sent_stands(units, cast, reach, now):
    duty = reach("county1.duty")
    form = official.begin_form(reach=duty, kind="F8", unit=units["C1"], day=day_of(now), now=now)
    official.fill_in(reach=duty, form_id=form.pk, fields=full("F8"), now=now, send=True)

    with pytest.raises(WrongState) as refused:
        official.fill_in(reach=duty, form_id=form.pk, fields={}, now=now)

    assert refused.value.code == "already_sent"
    assert OfficialForm.objects.get().fields == full("F8")


def test_a_form_about_a_matter_waits_for_the_matter(matter, reach, now):
    with pytest.raises(WrongState):
        official.begin_form(
            reach=reach("county1.duty"), kind="F2", unit=matter.unit, day=day_of(now), now=now, matter=matter
        )
    with pytest.raises(Invalid):
        official.begin_form(
            reach=reach("county1.duty"), kind="F4", unit=matter.unit, day=day_of(now), now=now
        )


def test_a_form_names_no_people(units, cast, reach, now):
    duty = reach("county1.duty")
    form = official.begin_form(reach=duty, kind="F8", unit=units["C1"], day=day_of(now), now=now)

    with pytest.raises(Invalid) as refused:
        official.fill_in(reach=duty, form_id=form.pk, fields={"team": "13812345678"}, now=now)

    assert refused.value.code == "personal_data"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_of_a_matter_from_report_to_file(morning, item, plan, language):
    client = morning("county1.duty")
    client.cookies["language"] = language

    made = client.post("/reports/matters/register/", {"item": item.pk})
    address = made["Location"]
    for verb, words in (
        ("assign", {"lead": "T11", "helpers": "T12"}),
        ("coordinate", {"note": "协调会"}),
        ("accept", {}),
        ("end_mediation", {}),
        ("follow", {"note": "回访"}),
        ("to_incident", {}),
        ("file", {"result": "已支付", "file_number": "2026-17"}),
    ):
        assert client.post(f"{address}{verb}/", words).status_code == 303, verb

    page = client.get(address).content.decode()
    assert "2026-17" in page
    assert client.get("/reports/matters/?state=filed").content.decode().count("M-V111-20261122-001") == 2
    assert client.get("/reports/matters/?state=nonsense&unit=C1").status_code == 200


@pytest.mark.parametrize("kind", [kind for kind in FormKind.values if kind != "F8"])
def test_every_form_can_be_filled_in_sent_and_printed(morning, matter, kind, reach, now):
    client = morning("county1.duty")
    duty = reach("county1.duty")
    actions.accept_dispute(reach=duty, matter_id=matter.pk, now=now)
    actions.end_mediation(reach=duty, matter_id=matter.pk, now=now)
    about = {"matter": matter.number} if kind != "F1" else {"unit": "C1", "day": "2026-11-22"}

    address = client.post("/reports/forms/begin/", {"kind": kind, **about})["Location"]
    incomplete = client.post(address, {"send": "1"})
    kept = client.post(address, {"analysis": "草稿"})
    sent = client.post(address, {**full(kind), "send": "1"})

    assert (incomplete.status_code, kept.status_code, sent.status_code) == (422, 303, 303)
    assert client.get(address).status_code == 200
    assert client.get(f"{address}paper.docx").status_code == 200
    assert client.get("/reports/forms/").status_code == 200
    assert morning("county2.duty").get(address).status_code == 404
    assert morning("county2.duty").get(f"{address}paper.pdf").status_code == 404


@pytest.mark.parametrize("verb", ["register", "x", "assign"])
def test_a_strange_act_is_a_calm_refusal(morning, matter, verb):
    answer = morning("county1.duty").post(f"/reports/matters/{matter.number}/{verb}/", {"lead": "NOWHERE"})

    assert answer.status_code in (404, 422)


@pytest.mark.parametrize("text", ["", "x", "-1", "99999999999999999999"])
def test_a_forged_item_does_not_exist(morning, cast, text):
    assert morning("county1.duty").post("/reports/matters/register/", {"item": text}).status_code == 404
