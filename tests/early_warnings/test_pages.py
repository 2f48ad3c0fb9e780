"""The pages, in both languages: what each person sees on them, and what a form does."""

import itertools
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clocks.breaches.sweep import sweep
from early_warnings import queries
from early_warnings.choices import State
from early_warnings.models import EarlyWarning
from early_warnings.outgoing import superior_reports
from early_warnings.proposals import actions as proposals
from early_warnings.signing import actions as signing
from journal.models import Entry
from journal.numbering import head, number_new
from tests.early_warnings.conftest import PASSWORD

pytestmark = pytest.mark.usefixtures("wall_clock")

LANGUAGES = ["zh-hans", "en"]
HAN = re.compile(r"[\u4e00-\u9fff]")


def address(name, warning, *more):
    return reverse(name, args=[warning.number, *more])


def page(client, warning):
    response = client.get(address("warning", warning))
    return response, response.content.decode()


keys = itertools.count()


def send(client, url, **fields):
    return client.post(url, {"idempotency_key": f"p{next(keys)}", **fields})


# --- seeing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [state for state in State if state != State.SIGNED])
def test_the_page_opens_in_every_state_for_those_who_see_the_incident(in_state, signed_in, language, state):
    warning = in_state(state)

    for username in ("county1.duty", "county1.director", "city.director", "city.audit"):
        response, text = page(signed_in(username, language), warning)
        assert response.status_code == 200
        assert warning.number in text
    for username in ("county2.duty", "village111.informant"):
        assert page(signed_in(username, language), warning)[0].status_code == 404


@pytest.mark.parametrize(
    ("state", "username", "forms"),
    [
        (State.DRAFT, "county1.duty", {"propose-form", "withdraw-form"}),
        (State.PROPOSED, "county1.duty", {"withdraw-form"}),
        (State.PROPOSED, "county1.director", {"sign-form", "return-form"}),
        (State.PROPOSED, "city.director", {"sign-form", "return-form"}),
        (State.PROPOSED, "county1.leader", set()),
        (State.PROPOSED, "city.audit", set()),
        (State.RETURNED, "county1.duty", {"propose-form", "withdraw-form"}),
        (State.IN_FORCE, "county1.director", {"lift-form"}),
        (State.IN_FORCE, "county1.leader", set()),
        (State.LIFTED, "county1.director", set()),
    ],
)
def test_a_form_is_there_exactly_for_who_may(in_state, signed_in, state, username, forms):
    _response, text = page(signed_in(username), in_state(state))

    assert {form for form in ("propose-form", "withdraw-form", "sign-form", "return-form", "lift-form")
            if f'id="{form}"' in text} == forms  # fmt: skip


def test_the_drafter_of_red_is_told_why_there_is_no_signature(proposed, signed_in):
    warning = proposed("red", by="city.director", headcount=60)

    _response, text = page(signed_in("city.director", "en"), warning)

    assert "At this level a second person signs" in text
    assert 'id="sign-form"' not in text
    assert 'id="return-form"' in text


@pytest.mark.parametrize(
    ("username", "sentence"),
    [("county1.director", "You sign as County director."), ("city.deputy", "in place of the signatory")],
)
def test_the_signer_reads_in_what_capacity(proposed, signed_in, username, sentence):
    _response, text = page(signed_in(username, "en"), proposed("yellow"))

    assert sentence in text


@pytest.mark.control(15)
def test_telephone_numbers_are_for_those_who_call(signed, signed_in, cast):
    warning = signed("yellow")
    number = f"tel:{cast['county1.responder'].phone}"

    assert number in page(signed_in("county1.duty"), warning)[1]
    assert number not in page(signed_in("city.audit"), warning)[1]


def test_a_later_observation_shows_beside_the_level(proposed, incident, signed_in, reach, now):
    from incidents.reporting.actions import add_observation
    from plans.engine.facts import Facts

    event = incident(headcount=8)
    warning = proposed("yellow", on=event)
    assert "another level" not in page(signed_in("county1.director", "en"), warning)[1]

    add_observation(
        incident_id=event.pk,
        reach=reach("county1.duty"),
        what="",
        facts=Facts.from_dict({"headcount": 60}),
        now=now,
    )

    assert "the plan proposes another level" in page(signed_in("county1.director", "en"), warning)[1]


def test_a_tampered_warning_says_so(signed, signed_in):
    warning = signed("yellow")
    assert "unchanged since it was signed" in page(signed_in("county1.duty", "en"), warning)[1]

    EarlyWarning.objects.filter(pk=warning.pk).update(matter="别的事")

    assert "no longer what was signed" in page(signed_in("county1.duty", "en"), warning)[1]


@pytest.mark.parametrize("show", ["pending", "in_force", "all", "lifted"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list(in_state, signed_in, language, show):
    pending, standing = in_state(State.PROPOSED), in_state(State.IN_FORCE)

    text = signed_in("county1.duty", language).get(reverse("warnings"), {"show": show}).content.decode()

    assert (pending.number in text) is (show in ("pending", "all"))
    assert (standing.number in text) is (show in ("in_force", "all"))


# --- proposing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_proposal_comes_with_level_reasons_and_signatories(incident, signed_in, language):
    event = incident(headcount=26)

    response = signed_in("county1.duty", language).get(reverse("warning-new", args=[event.number]))

    text = response.content.decode()
    assert response.context["form"].initial["level"] == "orange"
    assert "§2.3" in text
    assert [line.seat.holder.username for line in response.context["seats"]][:2] == [
        "city.director",
        "city.deputy",
    ]


def test_proposing_leads_to_the_warning(incident, signed_in):
    event = incident()

    response = send(signed_in("county1.duty"), reverse("warning-new", args=[event.number]), level="yellow",
                    reason="人数较多", matter="聚集", area="大厅", measures="疏导", act="propose")  # fmt: skip

    warning = EarlyWarning.objects.get()
    assert (response.status_code, response["Location"]) == (303, address("warning", warning))
    assert (warning.state, warning.measures) == (State.PROPOSED, "疏导")


def test_a_draft_can_be_kept_changed_and_proposed(incident, signed_in):
    client = signed_in("county1.duty")
    statement = {
        "level": "yellow",
        "reason": "人数较多",
        "matter": "聚集",
        "area": "大厅",
        "measures": "疏导",
    }

    send(client, reverse("warning-new", args=[incident().number]), **statement, act="draft")
    warning = EarlyWarning.objects.get()
    assert warning.state == State.DRAFT

    send(
        client,
        address("warning-revise", warning),
        **{**statement, "area": "东门"},
        act="draft",
        rev=warning.rev,
    )
    warning.refresh_from_db()
    assert (warning.state, warning.area) == (State.DRAFT, "东门")

    send(client, address("warning-revise", warning), **statement, act="propose", rev=warning.rev)
    warning.refresh_from_db()
    assert warning.state == State.PROPOSED


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"level": "violet"}, "level"),
    ],
)
def test_what_is_not_in_order_comes_back_with_everything_typed(incident, signed_in, fields, field):
    given = {
        "level": "yellow",
        "reason": "人数较多",
        "matter": "聚集",
        "area": "东门外",
        "measures": "疏导",
        **fields,
    }

    response = send(signed_in("county1.duty"), reverse("warning-new", args=[incident().number]), **given)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "东门外" in response.content.decode()
    assert response.content.decode().count("<title>错误：") == 1
    assert not EarlyWarning.objects.exists()


def test_a_number_in_the_measures_is_asked_about_with_everything_typed(incident, signed_in):
    given = {
        "level": "yellow",
        "reason": "人数较多",
        "matter": "聚集",
        "area": "东门外",
        "measures": "拨打 13800138000",
    }

    response = send(signed_in("county1.duty"), reverse("warning-new", args=[incident().number]), **given)

    assert response.status_code == 422
    assert "138****8000" in response.content.decode()
    assert "东门外" in response.content.decode()
    assert not EarlyWarning.objects.exists()


def test_a_form_sent_twice_is_one_proposal(incident, signed_in):
    client, url = signed_in("county1.duty"), reverse("warning-new", args=[incident().number])
    fields = {
        "idempotency_key": "k",
        "level": "yellow",
        "reason": "人数较多",
        "matter": "a",
        "area": "b",
        "measures": "c",
    }

    first, second = client.post(url, fields), client.post(url, fields)

    assert first["Location"] == second["Location"]
    assert EarlyWarning.objects.count() == 1


def test_the_proposal_of_an_incident_with_a_warning_leads_on(in_state, signed_in):
    pending, standing = in_state(State.PROPOSED), in_state(State.IN_FORCE)
    client = signed_in("county1.duty")

    assert client.get(reverse("warning-new", args=[pending.incident.number]))["Location"] == address(
        "warning", pending
    )
    assert client.get(reverse("warning-new", args=[standing.incident.number]))["Location"] == address(
        "warning-adjust", standing
    )


def test_who_may_not_draft_is_told(incident, signed_in):
    response = signed_in("city.audit").get(reverse("warning-new", args=[incident().number]))

    assert response.status_code == 403
    assert "值班室" in response.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_adjusting_leaves_out_the_level_in_force(signed, signed_in, language):
    warning = signed("yellow")
    client = signed_in("county1.duty", language)

    response = client.get(address("warning-adjust", warning))
    assert [level for level, _label in response.context["form"].fields["level"].choices] == [
        "red",
        "orange",
        "blue",
    ]

    send(client, address("warning-adjust", warning), level="orange", reason="人数增加", matter="聚集", area="大厅",
         measures="疏导", rev=warning.rev)  # fmt: skip
    assert EarlyWarning.objects.get(adjusted_from=warning).state == State.PROPOSED


# --- signing -----------------------------------------------------------------------------------------------------


def test_signing_on_the_page(proposed, passwords, signed_in):
    warning = proposed("yellow")

    response = send(
        signed_in("county1.director"),
        address("warning-sign", warning),
        credential=PASSWORD,
        remark="同意",
        rev=warning.rev,
    )

    warning.refresh_from_db()
    assert (response.status_code, warning.state, warning.remark) == (303, State.IN_FORCE, "同意")


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "错误："), ("en", "Error: ")])
def test_a_mistyped_credential_keeps_everything_else(proposed, passwords, signed_in, language, title):
    warning = proposed("yellow")

    response = send(
        signed_in("county1.director", language), address("warning-sign", warning), credential="wrong-one",
        remark="同意，请加强疏导", rev=warning.rev,
    )  # fmt: skip

    text = response.content.decode()
    assert response.status_code == 422
    assert list(response.context["sign_form"].errors) == ["credential"]
    assert "同意，请加强疏导" in text
    assert "wrong-one" not in text
    assert f"<title>{title}" in text
    assert Entry.objects.filter(kind="credential.refused").count() == 1


def test_the_same_key_signs_after_a_mistyped_credential(proposed, passwords, signed_in):
    warning = proposed("yellow")
    client, url = signed_in("county1.director"), address("warning-sign", warning)

    client.post(url, {"idempotency_key": "k", "credential": "wrong"})
    response = client.post(url, {"idempotency_key": "k", "credential": PASSWORD})

    assert response.status_code == 303
    assert EarlyWarning.objects.get().state == State.IN_FORCE


def test_a_page_left_open_does_not_sign_what_has_changed(
    proposed, passwords, statement, signed_in, reach, now
):
    warning = proposed("yellow")
    read = warning.rev
    signing.return_to_drafter(warning_id=warning.pk, reach=reach("county1.director"), reason="请改", now=now)
    proposals.revise_warning(
        warning_id=warning.pk,
        reach=reach("county1.duty"),
        statement=statement("yellow", matter="别的事项"),
        now=now,
    )
    proposals.propose_warning(warning_id=warning.pk, reach=reach("county1.duty"), now=now)

    response = send(
        signed_in("county1.director"), address("warning-sign", warning), credential=PASSWORD, rev=read
    )

    assert response.status_code == 412
    assert EarlyWarning.objects.get().state == State.PROPOSED


def test_returning_withdrawing_and_lifting_on_the_page(proposed, signed, signed_in):
    one, two, three = proposed(), proposed(), signed()
    chief, desk = signed_in("county1.director"), signed_in("county1.duty")

    send(chief, address("warning-return", one), return_reason="请补充人数", rev=one.rev)
    send(desk, address("warning-withdraw", two), rev=two.rev)
    send(chief, address("warning-lift", three), lift_reason="人员已离开", credential=PASSWORD, rev=three.rev)

    states = dict(EarlyWarning.objects.values_list("pk", "state"))
    assert [states[w.pk] for w in (one, two, three)] == [State.RETURNED, State.WITHDRAWN, State.LIFTED]


@pytest.mark.parametrize(
    ("name", "field"), [("warning-return", "return_reason"), ("warning-lift", "lift_reason")]
)
def test_a_missing_reason_comes_back_on_the_page(in_state, signed_in, name, field):
    warning = in_state(State.PROPOSED if name == "warning-return" else State.IN_FORCE)

    response = send(signed_in("county1.director"), address(name, warning), **{field: ""})

    assert response.status_code == 422
    assert f'id="{name.removeprefix("warning-")}-form"' in response.content.decode()


def test_calls_and_reports_on_the_page(signed, signed_in, cast):
    warning = signed("red", headcount=60)
    desk = signed_in("city.duty")
    responder = cast["county1.responder"]

    send(desk, address("warning-call", warning), person=responder.pk, outcome="no_answer", note="再拨")
    for report in warning.superior_reports.all():
        send(desk, address("warning-report-sent", warning, report.pk), channel="phone")

    assert warning.calls.get().note == "再拨"
    assert set(warning.superior_reports.values_list("state", "channel")) == {("sent", "phone")}
    text = page(signed_in("city.duty", "en"), warning)[1]
    assert "No answer" in text
    assert "by telephone" in text


def test_a_report_of_another_warning_is_not_found(signed, signed_in):
    one, two = signed("red", headcount=60), signed("red", headcount=70)

    response = send(
        signed_in("city.duty"),
        address("warning-report-sent", one, two.superior_reports.first().pk),
        channel="phone",
    )

    assert response.status_code == 404
    assert two.superior_reports.filter(state="sent").count() == 0


# --- live --------------------------------------------------------------------------------------------------------


def part(client, url, name):
    response = client.get(url, {"part": name}, headers={"X-Part": "1"})
    assert response.status_code == 200
    return response


@pytest.mark.parametrize("username", ["county1.duty", "county1.director"])
def test_before_and_entries_is_after(proposed, passwords, signed_in, reach, cast, now, username):
    """Each part, fetched again after the entries that touch it, equals the part of a fresh page."""
    warning = proposed("yellow")
    client, url = signed_in(username), address("warning", warning)
    names = ("head", "main", "side")
    before = {name: part(client, url, name).content for name in names}

    later = now + timedelta(minutes=3)
    sweep(later)
    signing.sign_warning(warning_id=warning.pk, reach=reach("county1.director"), credential=PASSWORD, now=now)
    superior_reports.record_call(warning_id=warning.pk, reach=reach("county1.duty"), person=cast["county1.responder"],
                        outcome="answered", now=now)  # fmt: skip
    number_new()

    fresh = client.get(url).content.decode()
    for name in names:
        again = part(client, url, name)
        assert int(again["X-Journal-Number"]) == head()
        assert again.content != before[name]
        plain = re.compile(r'name="(idempotency_key|csrfmiddlewaretoken)" value="[^"]*"')
        assert plain.sub("", again.content.decode()).strip() in plain.sub("", fresh)


def test_the_parts_name_the_kinds_that_touch_them(signed, signed_in):
    _response, text = page(signed_in("county1.duty"), signed("red", headcount=60))

    kinds = {m[1]: m[2].split() for m in re.finditer(r'data-part="(\w+)"\s+data-kinds="([^"]+)"', text)}
    recorded = set(Entry.objects.filter(thread__startswith="incident:").values_list("kind", flat=True))
    touching = {
        kind for kind in recorded if kind.startswith(("warning.", "superior_report.", "first_responder."))
    }
    for kind in touching:
        assert any(kind.startswith(prefix) for prefixes in kinds.values() for prefix in prefixes), kind


def test_an_unknown_part_is_not_found(proposed, signed_in):
    assert signed_in("county1.duty").get(address("warning", proposed()), {"part": "x"}).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_fragments_for_other_pages(proposed, signed, in_state, reach, now, language):
    from django.utils.translation import override

    waiting, returned = proposed("yellow"), in_state(State.RETURNED)
    signed("red", headcount=60)
    chief, desk, city = reach("county1.director"), reach("county1.duty"), reach("city.duty")

    with override(language):
        to_sign = render_to_string(
            "early_warnings/_to_sign.html", {"to_sign": queries.to_sign(chief, now), "now": now}
        )
        of_one = render_to_string(
            "early_warnings/_for_incident.html",
            {"incident": waiting.incident, "warnings": queries.for_incident(waiting.incident), "now": now},
        )
        tasks = render_to_string("early_warnings/_desk_tasks.html", queries.desk_tasks(desk, now))
        city_tasks = render_to_string("early_warnings/_desk_tasks.html", queries.desk_tasks(city, now))

    assert waiting.number in to_sign
    assert 'data-alarm="yellow"' in to_sign
    assert waiting.number in of_one
    assert returned.number in tasks
    assert city_tasks.count('data-key="report:') == 2
    assert bool(HAN.search(re.sub(r"来访人聚集|一楼大厅|请补充人数|\w+@|何雨|高远|周正", "", to_sign))) is (
        language != "en"
    )


@pytest.mark.slow
def test_a_page_costs_the_same_however_much_is_on_it(signed, passwords, signed_in, reach, cast, now):
    warning = signed("red", headcount=60)
    client, url = signed_in("city.duty"), address("warning", warning)
    client.get(url)
    counts = []
    for more in (1, 2, 27):
        for n in range(more):
            superior_reports.record_call(warning_id=warning.pk, reach=reach("city.duty"), person=cast["county1.responder"],
                                outcome="busy", now=now + timedelta(seconds=n))  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))

    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 30


def test_a_wrong_credential_comes_back_beside_the_reason_why_it_is_over(signed, signed_in):
    warning = signed()

    response = send(
        signed_in("county1.director"),
        address("warning-lift", warning),
        lift_reason="人员已离开",
        credential="no",
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "人员已离开" in page
    assert 'id="lift_credential"' in page
    assert EarlyWarning.objects.get().state == State.IN_FORCE
