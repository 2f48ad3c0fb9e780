"""After a closing: what was gathered about people is destroyed or kept after an assessment, and certified."""

import io
import json
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from accounts.models import Unit, User
from clocks.breaches.sweep import sweep
from clocks.durations import end_of
from clocks.models import Clock
from command.destruction import actions, again, gathered, paper, queries, rules
from command.destruction.actions import Assessment
from command.destruction.choices import DataKind as K
from command.destruction.choices import ItemState as S
from command.destruction.choices import ItemVerb as V
from command.destruction.choices import Method
from command.destruction.models import Certificate, CertificateItem
from command.handing_over.models import HandedOver
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from common.text.personal_data import kept_because
from dashboards.archive.package import archive_of
from exchange.models import Incoming, Outgoing
from exchange.outgoing import hand_over, settle
from incidents.actions import close_incident, reopen_incident
from incidents.models import Incident, Observation
from incidents.reporting.actions import add_observation
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from plans.document.general import closing_clocks
from plans.document.parts import parts_of
from plans.engine.facts import Facts
from plans.people.overdue import tell_breaches
from tests.exchange.conftest import open_partner, own_key  # noqa: F401
from tests.incidents.closing import answered
from tests.states import done_as_in_the_table, nothing_written
from tests.test_typed_text import NOT_TYPED

pytestmark = [pytest.mark.django_db, pytest.mark.control(55)]

NUMBER = "13800138000"
PASSWORD = "Destroy-2026-ok"
LAW = "刑事诉讼法第五十条"


@pytest.fixture(autouse=True)
def _passwords(cast):
    """Who signs here has a password; hashing it once is enough."""
    cast["county1.duty"].set_password(PASSWORD)
    names = ["county1.duty", "county1.leader"]
    User.objects.filter(username__in=names).update(password=cast["county1.duty"].password)
    for name in names:
        cast[name].password = cast["county1.duty"].password


@pytest.fixture
def desk(reach, now):
    return {"reach": reach("county1.duty"), "now": now + timedelta(hours=3)}


@pytest.fixture
def leader(reach, now):
    return {"reach": reach("county1.leader"), "now": now + timedelta(hours=4)}


@pytest.fixture
def incident(plan, alarm):
    return alarm()


@pytest.fixture
def closed(incident, desk):
    def close(**more):
        about = {**desk, **more}
        return close_incident(
            incident_id=incident.pk, summary="已散", answers=answered(incident, about["now"]), **about
        )

    return close


@pytest.fixture
def full(incident, closed, cast, reach, now):
    """Closed, with something of every kind that can be destroyed, and a number that was signed for in the journal."""
    with kept_because("搜救"):
        add_observation(
            incident_id=incident.pk,
            reach=reach("county1.duty"),
            what=f"家属电话{NUMBER}",
            facts=Facts(),
            now=now,
        )
    HandedOver.objects.create(
        incident=incident, agency_kind="police", agency="城关派出所", what="现场交接", to_whom="张三", way="phone",
        handed_at=now, handed_by=cast["county1.duty"],
    )  # fmt: skip
    Incident.objects.filter(pk=incident.pk).update(
        latitude=Decimal("30.5"), longitude=Decimal("114.3"), accuracy_m=12, crs="WGS84"
    )
    with kept_because("搜救"):
        return closed()


@pytest.fixture
def assessed(desk):
    def assess(days=30, **more):
        until = None if days is None else day_of(desk["now"]) + timedelta(days=days)
        return Assessment(**{"ground": "evidence", "legal_basis": LAW, "reason": "案件未结", "safeguards": "仅限专人查阅",
                             "until": until} | more)  # fmt: skip

    return assess


def code(incident):
    return rules.code_of(rules.digest(gathered.of(fresh(incident))))


def issue(incident, about, **kept):
    return actions.issue_certificate(
        incident_id=incident.pk, list_code=code(incident), kept=kept, credential=PASSWORD, **about
    )


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def limit(incident):
    return Clock.objects.filter(thread=incident.key, clock_id="A-1").order_by("generation").last()


# --- what it rests on ----------------------------------------------------------------------------------------


def test_a_list_has_one_hash_whatever_its_order_and_says_nothing_of_the_values():
    found = [rules.Found(K.TEXTS, "t", 2, "what"), rules.Found(K.POSITION, "t", 1, "latitude")]
    assert rules.digest(found) == rules.digest(reversed(found)) != rules.digest(found[:1])
    assert rules.code_of(rules.digest(found)).isalpha()


def test_what_a_signature_or_the_journal_holds_is_only_kept():
    assert (
        {kind for kind in K if not rules.verbs_of(kind, S.KEPT)}
        == rules.ONLY_KEPT
        == set(K) - set(rules.METHODS)
    )
    assert rules.verbs_of(K.TEXTS, S.KEPT) == [V.KEEP_LONGER, V.END]
    assert rules.verbs_of(K.TEXTS, S.DESTROYED) == []


#: Columns that are not searched, and rooms above this one, whose files have their own retention.
LEFT = {"grade": "a code of the plan", "outside_number": "how another authority numbers its own file"}


def test_every_column_of_text_beside_an_incident_is_searched_or_left_with_a_reason():
    not_typed = {name for names in NOT_TYPED.values() for name in names.split()}
    places = (*gathered.CONTACTS, *gathered.TEXTS, *gathered.SIGNED)
    searched = {(place.model, column) for place in places for column in place.columns}
    direct = {model for model in apps.get_models() if Incident in targets(model)} | {Incident}
    beside = direct | {model for model in apps.get_models() if targets(model) & (direct - {Incident})}
    # By the incident's key, and by the order that was made of it.
    beside |= {Outgoing, Incoming}
    missing = [
        f"{model._meta.label}.{column.name}"
        for model in beside
        if model._meta.app_label in ("incidents", "early_warnings", "resources", "command", "exchange")
        and model not in (Certificate, CertificateItem)
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | models.JSONField)
        and not column.choices
        and not {column.name, f"{model._meta.label}.{column.name}"} & not_typed
        and column.name not in LEFT
        and (model, column.name) not in searched
    ]
    assert missing == []


def targets(model):
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation}


# --- the certificate -----------------------------------------------------------------------------------------


def test_the_desk_certifies_in_one_act_that_nothing_was_gathered(incident, closed, desk, cast):
    closed()
    assert limit(incident).stopped_at is None
    with done_as_in_the_table(rules.ITEMS, V.DESTROY) as key:
        certificate = issue(incident, desk)
        key.append(certificate.key)
    assert certificate.number.startswith("XH-C1-")
    assert (certificate.items.count(), certificate.issued_by) == (0, cast["county1.duty"])
    assert limit(incident).stopped_at == desk["now"]
    with nothing_written(), pytest.raises(WrongState) as refused:
        issue(incident, desk)
    assert refused.value.code == "certified"


@pytest.mark.control(55)
def test_a_certificate_says_until_when_backups_hold_it_and_a_restore_what_to_destroy_again(
    full, incident, leader, assessed, settings
):
    settings.BACKUP_DAYS = 35
    certificate = issue(incident, leader, journal=assessed(None))
    until = day_of(certificate.issued_at + timedelta(days=35))

    lines = {item.kind: queries.gone_from_backups(item) for item in certificate.items.all()}

    assert lines == {K.POSITION: until, K.CONTACTS: until, K.TEXTS: until, K.JOURNAL: None}
    assert f"备份中的副本最迟于 {until} 淘汰" in paper.text_of(certificate)
    # What a restore of a backup from before it reads.
    about = (certificate.issued_at, certificate.number, incident.number)
    assert sorted(again.destroyed()) == sorted(
        [(*about, K.CONTACTS), (*about, K.POSITION), (*about, K.TEXTS)]
    )


@pytest.mark.control(55)
def test_what_came_back_with_an_older_database_is_destroyed_again_and_nothing_else(
    full, incident, leader, assessed, now
):
    kept = {"journal": assessed(None), "contacts": assessed()}
    certificate = issue(incident, leader, **kept)
    lines = again.destroyed()
    Incident.objects.filter(pk=incident.pk).update(
        latitude=Decimal("30.5"), longitude=Decimal("114.3"), crs="WGS84"
    )

    done = again.destroy_again([*lines, lines[0]._replace(incident="C9-1")], now)

    assert [(one.certificate, one.kind) for one in done] == [(certificate.number, K.POSITION)]
    assert fresh(incident).latitude is None
    assert HandedOver.objects.get().to_whom == "张三"
    entry = Entry.objects.get(kind="certificate.destroyed_again")
    assert (entry.thread, entry.actor_id) == (incident.key, None)
    assert content_of(entry) == {"certificates": [certificate.number], "kinds": [K.POSITION]}
    assert again.destroy_again(lines, now) == []


def test_what_is_destroyed_is_gone_and_what_only_the_journal_holds_is_kept_by_a_leader(
    full, incident, desk, leader, assessed, cast
):
    assert {line.kind: line.amount for line in queries.lines_of(gathered.of(fresh(incident)))} == {
        K.POSITION: 1, K.CONTACTS: 1, K.TEXTS: 1, K.JOURNAL: 1,
    }  # fmt: skip
    with nothing_written(), pytest.raises(Invalid) as refused:
        issue(incident, desk)
    assert refused.value.code == "only_kept"
    with nothing_written(), pytest.raises(NotAllowed):
        issue(incident, desk, journal=assessed(None))
    certificate = issue(incident, leader, journal=assessed(None))

    event = fresh(incident)
    assert (event.latitude, event.longitude, event.accuracy_m, event.crs) == (None, None, None, "")
    assert HandedOver.objects.get().to_whom == gathered.GONE
    texts = Observation.objects.filter(incident=incident).values_list("what", flat=True)
    assert "家属电话138****8000" in texts
    assert not any(NUMBER in text for text in texts)
    items = {item.kind: item for item in certificate.items.all()}
    assert {kind: (item.state, item.method) for kind, item in items.items()} == {
        K.POSITION: (S.DESTROYED, Method.CLEARED),
        K.CONTACTS: (S.DESTROYED, Method.CLEARED),
        K.TEXTS: (S.DESTROYED, Method.MASKED),
        K.JOURNAL: (S.KEPT, ""),
    }
    assert (items[K.JOURNAL].until, items[K.JOURNAL].settled_by) == (None, cast["county1.leader"])
    said = content_of(Entry.objects.get(kind="certificate.issued"))
    assert (said["sha256"], len(said["items"])) == (certificate.sha256, 4)
    assert [line.kind for line in queries.lines_of(gathered.of(event))] == [K.JOURNAL]


def test_the_number_of_a_duty_room_is_nobodys(incident, closed, cast, now):
    Unit.objects.filter(pk=incident.unit_id).update(phone="0571-88881234")
    HandedOver.objects.create(
        incident=incident, agency_kind="police", agency="派出所", what="回电值班室0571-88881234", to_whom="值班长",
        way="phone", handed_at=now, handed_by=cast["county1.duty"],
    )  # fmt: skip
    assert [line.kind for line in queries.lines_of(gathered.of(closed()))] == [K.CONTACTS]


def test_what_changed_since_it_was_looked_at_is_not_destroyed_unseen(
    full, incident, leader, assessed, cast, now
):
    before = code(incident)
    HandedOver.objects.create(
        incident=incident, agency_kind="police", agency="派出所", what="补", to_whom="李四", way="phone",
        handed_at=now, handed_by=cast["county1.duty"],
    )  # fmt: skip
    with nothing_written(), pytest.raises(Stale):
        actions.issue_certificate(
            incident_id=incident.pk,
            list_code=before,
            kept={"journal": assessed(None)},
            credential=PASSWORD,
            **leader,
        )
    assert HandedOver.objects.filter(to_whom="李四").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ground": "curiosity"}, "ground_missing"),
        ({"legal_basis": " "}, "legal_basis_missing"),
        ({"reason": ""}, "reason_missing"),
        ({"safeguards": ""}, "safeguards_missing"),
        ({"until": None}, "until_missing"),
        ({"days": -1}, "past_date"),
    ],
)
def test_what_is_kept_is_assessed_whole(full, incident, leader, assessed, wrong, said):
    with nothing_written(), pytest.raises(Invalid) as refused:
        issue(incident, leader, journal=assessed(None), texts=assessed(**wrong))
    assert refused.value.code == said
    assert fresh(incident).latitude is not None


def test_nothing_is_kept_that_is_not_there(closed, incident, leader, assessed):
    closed()
    with nothing_written(), pytest.raises(Invalid) as refused:
        issue(incident, leader, texts=assessed())
    assert refused.value.code == "not_gathered"


def test_no_certificate_while_a_document_about_it_waits_for_the_other_installation(
    incident,
    closed,
    desk,
    cast,
    own_key,  # noqa: F811
    open_partner,  # noqa: F811
):
    _other, partner = open_partner("superior")
    closed()
    row = hand_over(
        partner=partner, kind="upward_report", unit=incident.unit, number="R1", title="终报", by=cast["county1.duty"],
        now=desk["now"], subject="upward_delivery:1", thread=incident.key, texts=[("经过", "八人")],
    )  # fmt: skip
    with nothing_written(), pytest.raises(WrongState) as refused:
        issue(incident, desk)
    assert refused.value.code == "documents_wait"
    settle(pk=row.pk, note="已电话报告", **desk)
    issue(incident, desk)


def test_open_incidents_and_drills_are_not_asked(incident, desk, closed, now):
    with nothing_written(), pytest.raises(WrongState):
        issue(incident, desk)
    Incident.objects.filter(pk=incident.pk).update(drill=True)
    closed()
    assert limit(incident) is None
    with nothing_written(), pytest.raises(WrongState) as refused:
        issue(incident, desk)
    assert refused.value.code == "drill"


# --- what was kept -------------------------------------------------------------------------------------------


@pytest.fixture
def kept(full, incident, leader, assessed):
    certificate = issue(incident, leader, journal=assessed(None), texts=assessed())
    return certificate.items.get(kind=K.TEXTS)


def test_what_is_kept_has_a_clock_and_is_destroyed_by_the_desk(kept, incident, desk, leader):
    later = {**desk, "now": leader["now"] + timedelta(days=20)}
    clock = Clock.objects.running().get(subject=kept.key)
    assert clock.due_at == kept.until
    with done_as_in_the_table(rules.ITEMS, V.END, subject=kept.key):
        item = actions.end_keeping(credential=PASSWORD, item_id=kept.pk, **later)
    assert (item.state, item.method, fresh(clock).stopped_at) == (S.DESTROYED, Method.MASKED, later["now"])
    assert not any(NUMBER in text for text in Observation.objects.values_list("what", flat=True))
    with nothing_written(), pytest.raises(WrongState):
        actions.end_keeping(credential=PASSWORD, item_id=kept.pk, **later)


def test_keeping_longer_is_assessed_anew_by_a_leader(kept, desk, leader, assessed):
    again = assessed(90, reason="二审未结")
    with nothing_written(), pytest.raises(NotAllowed):
        actions.keep_longer(credential=PASSWORD, item_id=kept.pk, assessment=again, **desk)
    with nothing_written(), pytest.raises(Stale):
        actions.keep_longer(credential=PASSWORD, item_id=kept.pk, assessment=again, rev=9, **leader)
    with done_as_in_the_table(rules.ITEMS, V.KEEP_LONGER, subject=kept.key):
        item = actions.keep_longer(credential=PASSWORD, item_id=kept.pk, assessment=again, **leader)
    assert (item.state, item.reason, item.until) == (S.KEPT, "二审未结", end_of(again.until))
    assert Clock.objects.running().get(subject=kept.key).due_at == item.until


def test_what_the_journal_holds_has_no_end(kept, desk, leader, assessed):
    other = CertificateItem.objects.get(kind=K.JOURNAL)
    for act in (
        lambda: actions.end_keeping(credential=PASSWORD, item_id=other.pk, **desk),
        lambda: actions.keep_longer(credential=PASSWORD, item_id=other.pk, assessment=assessed(), **leader),
    ):
        with nothing_written(), pytest.raises(WrongState) as refused:
            act()
        assert refused.value.code == "only_kept"


def test_another_closing_asks_anew_and_decides_about_what_was_kept(
    kept, incident, desk, leader, assessed, closed
):
    reopen_incident(incident_id=incident.pk, reason="又来", **leader)
    with nothing_written(), pytest.raises(WrongState):
        actions.end_keeping(credential=PASSWORD, item_id=kept.pk, **leader)
    assert limit(incident).stopped_at is not None
    later = {**leader, "now": leader["now"] + timedelta(days=1)}
    with kept_because("搜救"):
        closed(now=later["now"])
    assert limit(incident).stopped_at is None
    with done_as_in_the_table(rules.ITEMS, V.KEEP, V.REPLACE) as key:
        second = issue(incident, later, journal=assessed(None))
        key.append(second.key)
    assert fresh(kept).state == S.REPLACED
    assert not Clock.objects.running().filter(subject=kept.key).exists()
    assert second.items.get(kind=K.TEXTS).state == S.DESTROYED
    assert Certificate.objects.filter(incident=incident).count() == 2


@pytest.mark.parametrize("of", ["closing", "keeping"])
def test_what_is_late_is_a_breach_that_the_desk_and_the_leader_hear_of(request, incident, closed, of):
    if of == "closing":
        closed()
        clock = limit(incident)
        assert (clock.cite, clock.duration) == ("§85", "P15D")
    else:
        clock = Clock.objects.get(subject=request.getfixturevalue("kept").key)
    late = clock.due_at + timedelta(minutes=1)
    sweep(late)
    tell_breaches(late)
    told = Notice.objects.filter(purpose=f"clock.breached.{clock.pk}")
    assert {one.recipient.username for one in told} == {"county1.duty", "county1.leader"}


# --- what may be seen, and what the database refuses -----------------------------------------------------------


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_asks_the_same_however_much_there_is(
    incident, closed, desk, cast, now, many, django_assert_max_num_queries
):
    for n in range(many):
        HandedOver.objects.create(
            incident=incident, agency_kind="police", agency=f"所{n}", what="交", to_whom="张", way="phone", handed_at=now,
            handed_by=cast["county1.duty"],
        )  # fmt: skip
    event = closed()
    # One more is of the positions before they were put right.
    with django_assert_max_num_queries(len((*gathered.CONTACTS, *gathered.TEXTS, *gathered.SIGNED)) + 10):
        found = queries.of_incident(desk["reach"], event, desk["now"])
    assert [(line.kind, line.amount) for line in found.lines] == [(K.CONTACTS, many)]
    assert (found.is_asked, found.may_manage, found.may_keep, found.clock) == (
        True,
        True,
        False,
        limit(event),
    )


def test_a_neighbour_finds_no_certificate(kept, reach, incident, desk):
    stranger = reach("county2.duty")
    with pytest.raises(NotFound):
        queries.get_item(stranger, kept.pk)
    with pytest.raises(NotFound):
        queries.get_certificate(stranger, incident.number, kept.certificate.number)
    assert queries.get_item(desk["reach"], kept.pk) == kept


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"count": 0}, "an_item_was_gathered"),
        ({"method": "masked"}, "what_is_destroyed_says_how"),
        ({"safeguards": ""}, "what_is_kept_was_assessed"),
        ({"until": None}, "what_is_kept_has_its_end"),
        ({"kind": "signed", "until": None, "state": "destroyed", "method": "masked"}, "signed_texts_and_the_journal_stay"),
        ({"kind": "journal"}, "each_kind_once_per_certificate|certificate_id|what_is_kept_has_its_end"),
    ],
)  # fmt: skip
def test_the_database_refuses_a_broken_item(kept, change, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        CertificateItem.objects.filter(pk=kept.pk).update(**change)


def test_the_database_refuses_two_of_a_closing_and_two_of_a_kind(kept, now):
    certificate = kept.certificate
    broken = [
        (lambda: Certificate.objects.create(
            incident=certificate.incident, number="XH-2", closed_at=certificate.closed_at, sha256="0" * 64,
            issued_by=certificate.issued_by, issued_at=certificate.issued_at), "one_certificate_per_closing|closed_at"),
        (lambda: Certificate.objects.update(issued_at=now - timedelta(days=9)), "a_certificate_follows_its_closing"),
        (lambda: CertificateItem.objects.create(
            certificate=certificate, kind=kept.kind, state="destroyed", method="masked", count=1,
            settled_by=kept.settled_by, settled_at=now), "each_kind_once_per_certificate|kind"),
    ]  # fmt: skip
    for breaks, name in broken:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            breaks()


# --- the doors and the paper -----------------------------------------------------------------------------------


@pytest.fixture
def api(cast):
    from rest_framework.test import APIClient

    keys = iter(range(1000))

    def call(path, body=None, username="county1.leader", **headers):
        client = APIClient()
        client.force_login(cast[username])
        if body is None:
            return client.get(f"/api/v1/{path}")
        key = {"Idempotency-Key": f"k{next(keys)}", **headers}
        return client.post(f"/api/v1/{path}", body, format="json", headers=key)

    return call


def test_the_api_certifies_and_ends_what_is_kept(api, full, incident, wall_clock, leader):
    wall_clock.move_to(leader["now"])
    base = f"incidents/{incident.number}/destruction/"
    assert api(base, username="county2.duty").status_code == 404
    found = api(base).json()
    assert (found["asked"], len(found["gathered"]), found["certificate"]) == (True, 4, None)
    why = {"ground": "evidence", "legal_basis": LAW, "reason": "案件未结", "safeguards": "专人保管"}
    body = {
        "list_code": found["list_code"],
        "credential": PASSWORD,
        "kept": [{"kind": "journal", **why}, {"kind": "texts", **why, "until": "2099-01-01"}],
    }
    assert api(base, body, username="county2.duty").status_code == 404
    assert api(base, body, username="county1.duty").status_code == 403
    assert api(base, {**body, "list_code": "old"}).status_code == 412
    assert api(base, {**body, "kept": [{"kind": "journal", "ground": "evidence"}]}).status_code == 422
    made = api(base, body)
    assert (made.status_code, len(made.data["items"]), made.data["number"][:6]) == (201, 4, "XH-C1-")

    texts = next(one for one in made.data["items"] if one["kind"] == "texts")
    item, sign = f"kept-data/{texts['id']}", {"credential": PASSWORD}
    assert api(f"{item}/dance/", {}).status_code == 404
    assert api(f"{item}/end/", sign, username="county2.duty").status_code == 404
    assert api(f"{item}/keep-longer/", sign).status_code == 422
    assert api(f"{item}/end/", sign, **{"If-Match": '"77"'}).status_code == 412
    longer = api(f"{item}/keep-longer/", {"until": "2099-02-01", **sign}, **{"If-Match": '"1"'})
    assert (longer.data["until"].isoformat(), longer["ETag"]) == ("2099-02-01", '"2"')
    assert api(f"{item}/end/", sign, username="county1.duty").data["state"] == "destroyed"
    assert api(base).json()["certificate"]["sha256"] == made.data["sha256"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ("个人信息：销毁或评估", "本事件留下的个人信息", "报告人设备位置", "销毁并出具证明")),
        ("en", ("Personal data: destroy or assess", "Where the reporter", "Destroy and certify")),
    ],
)
def test_the_page_shows_what_was_found_and_its_forms_work(
    client, cast, full, incident, wall_clock, leader, language, said
):
    wall_clock.move_to(leader["now"])
    client.force_login(cast["county1.leader"])
    client.cookies["language"] = language
    base = f"/incidents/{incident.number}"
    assert f"{base}/destruction/" in client.get(f"{base}/").content.decode()
    text = client.get(f"{base}/destruction/").content.decode()
    for words in said:
        assert words in text, words
    form = {
        "list_code": code(incident),
        "credential": PASSWORD,
        "position-outcome": "destroy",
        "contacts-outcome": "destroy",
    }
    for kind in ("journal", "texts"):
        form |= {f"{kind}-outcome": "keep", f"{kind}-ground": "evidence", f"{kind}-legal_basis": LAW,
                 f"{kind}-reason": "未结", f"{kind}-safeguards": "专人"}  # fmt: skip
    assert client.post(f"{base}/destruction/", form).status_code == 422
    assert client.post(f"{base}/destruction/", form | {"texts-until": "2099-01-01"}).status_code == 303
    certificate = Certificate.objects.get()
    text = client.get(f"{base}/destruction/").content.decode()
    assert certificate.number in text
    assert certificate.sha256 in text
    item = certificate.items.get(kind=K.TEXTS)
    assert client.post(f"/kept-data/{item.pk}/end/", {"rev": 9, "credential": PASSWORD}).status_code == 412
    assert client.post(f"/kept-data/{item.pk}/end/", {"rev": 1, "credential": PASSWORD}).status_code == 303
    client.force_login(cast["county2.duty"])
    for path in (f"{base}/destruction/", f"{base}/destruction/{certificate.number}/paper.pdf"):
        assert client.get(path).status_code == 404
    assert client.post(f"/kept-data/{item.pk}/end/").status_code == 404


@pytest.mark.control(12)
@pytest.mark.parametrize("wrong", ["wrong", ""])
def test_nothing_is_destroyed_or_kept_longer_without_proof_of_who_is_there(
    kept, incident, leader, assessed, wrong
):
    about = {"item_id": kept.pk, "credential": wrong, **leader}
    for act in (
        lambda: actions.end_keeping(**about),
        lambda: actions.keep_longer(assessment=assessed(90), **about),
    ):
        with nothing_written(), pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.code == "credential_wrong"


@pytest.mark.control(12)
def test_no_certificate_without_proof_of_who_is_there(
    client, api, cast, full, incident, wall_clock, leader, assessed
):
    """By action, page and API alike; what was right is written with the entry."""
    wall_clock.move_to(leader["now"])
    with nothing_written(), pytest.raises(NotAllowed) as refused:
        actions.issue_certificate(
            incident_id=incident.pk, list_code=code(incident), credential="wrong", **leader,
            kept={"journal": assessed(None), "texts": assessed()},
        )  # fmt: skip
    assert refused.value.code == "credential_wrong"
    client.force_login(cast["county1.leader"])
    assert (
        client.post(f"/incidents/{incident.number}/destruction/", {"list_code": code(incident)}).status_code
        == 422
    )
    answer = api(f"incidents/{incident.number}/destruction/", {"list_code": code(incident)})
    assert (answer.status_code, list(answer.data["errors"])) == (422, ["credential"])
    assert not Certificate.objects.exists()

    certificate = issue(incident, leader, journal=assessed(None), texts=assessed())

    assert content_of(Entry.objects.get(subject=certificate.key))["credential"] == "password"


def test_the_desk_may_not_certify_what_only_a_leader_may_keep(client, cast, full, incident, wall_clock):
    client.force_login(cast["county1.duty"])
    text = client.get(f"/incidents/{incident.number}/destruction/").content.decode()
    assert 'name="list_code"' not in text
    assert "是否留存由本单位领导决定" in text


def test_the_paper_says_what_became_of_each_kind_and_what_is_not_in_it(kept, incident, desk, cast):
    certificate = queries.get_certificate(desk["reach"], incident.number, kept.certificate.number)
    text = paper.text_of(certificate)
    for said in (certificate.number, certificate.sha256, "第八十五条", "报告人设备位置\t1\t已销毁\t数据库字段清空",
                 "至 2026-12-22", "合法性：刑事诉讼法第五十条", "随记录保存", str(cast["county1.leader"]), "日志不可更改"):  # fmt: skip
        assert said in text, said
    assert NUMBER not in text
    assert "张三" not in text


def test_the_paper_of_nothing_says_so(incident, closed, desk):
    closed()
    assert "未留下个人信息" in paper.text_of(issue(incident, desk))


def test_the_paper_is_a_word_file(client, cast, kept, incident):
    client.force_login(cast["county1.duty"])
    answer = client.get(f"/incidents/{incident.number}/destruction/{kept.certificate.number}/paper.docx")
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")


def test_the_archive_holds_the_certificates(kept, incident, desk, leader):
    with zipfile.ZipFile(io.BytesIO(archive_of(leader["reach"], fresh(incident), leader["now"]))) as archive:
        found = json.loads(archive.read("certificates.json"))
        text = archive.read(f"certificate-{kept.certificate.number}.txt").decode()
    assert [one["number"] for one in found] == [kept.certificate.number]
    assert "个人信息销毁与评估留存证明" in text


def test_a_plan_says_it_on_its_page_unless_it_has_a_limit_of_its_own():
    own = {
        "id": "X-1",
        "zh": "三日",
        "start": "incident.closed",
        "stop": "certificate.issued",
        "duration": "P3D",
    }
    assert [(line.id, line.real_only) for line in closing_clocks({})] == [("A-1", True)]
    assert closing_clocks({"clocks": [own]}) == ()
    after = {part.id: [one.id for one in part.lines] for part in parts_of({})}["after-action"]
    assert after == ["A-1"]
