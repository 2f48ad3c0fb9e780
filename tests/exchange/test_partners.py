"""Partners and keys: one administrator proposes, another compares and confirms; suspended at once; two keys overlap."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from common.errors import Invalid, NotAllowed, WrongState
from exchange import documents, keys, partners, queries
from exchange.choices import Direction, KeyState, PartnerState
from exchange.models import OwnKey, Partner, PartnerKey
from journal.models import Entry
from journal.record import content_of
from tests.exchange.other import Other

pytestmark = pytest.mark.django_db


def kinds():
    return list(
        Entry.objects.filter(kind__startswith="exchange.").order_by("pk").values_list("kind", flat=True)
    )


def test_a_partner_is_in_use_once_a_second_person_has_typed_the_fingerprint(
    own_key, open_partner, reach, now, cast
):
    other, partner = open_partner(Direction.SUPERIOR, confirm=False)
    assert (partner.state, partner.keys.get().state) == (PartnerState.PROPOSED, KeyState.PROPOSED)
    assert queries.accepted_keys(partner) == []

    typed = keys.fingerprint(other.public).upper().replace(" ", "-")
    partners.confirm_partner(reach=reach("city.secadmin"), partner_id=partner.pk, typed=typed, now=now)

    partner.refresh_from_db()
    assert (partner.state, partner.proposed_by, partner.confirmed_by) == (
        PartnerState.ACTIVE, cast["city.sysadmin"], cast["city.secadmin"],
    )  # fmt: skip
    assert queries.accepted_keys(partner) == [other.public]
    assert kinds() == [
        "exchange.own_key_made", "exchange.partner_proposed", "exchange.key_proposed", "exchange.key_accepted",
        "exchange.partner_confirmed",
    ]  # fmt: skip
    assert {entry.audience for entry in Entry.objects.filter(kind__startswith="exchange.")} == {"security"}


def test_another_fingerprint_confirms_nothing(own_key, open_partner, reach, now):
    _other, partner = open_partner(Direction.SUPERIOR, confirm=False)

    with pytest.raises(Invalid) as refused:
        partners.confirm_partner(
            reach=reach("city.secadmin"),
            partner_id=partner.pk,
            typed=keys.fingerprint(keys.new_pair()[0]),
            now=now,
        )

    assert refused.value.code == "other_fingerprint"
    partner.refresh_from_db()
    assert partner.state == PartnerState.PROPOSED


@pytest.mark.parametrize("who", ["city.sysadmin", "city.director", "county1.duty", "city.audit"])
def test_nobody_else_confirms(own_key, open_partner, reach, now, who):
    other, partner = open_partner(Direction.SUPERIOR, confirm=False)

    with pytest.raises(NotAllowed):
        partners.confirm_partner(
            reach=reach(who), partner_id=partner.pk, typed=keys.fingerprint(other.public), now=now
        )


def test_who_proposed_never_confirms_whatever_posts_they_hold_by_then(
    own_key, open_partner, reach, now, cast
):
    other, partner = open_partner(Direction.SUPERIOR, confirm=False)
    Partner.objects.filter(pk=partner.pk).update(proposed_by=cast["city.secadmin"])
    PartnerKey.objects.update(proposed_by=cast["city.secadmin"])

    with pytest.raises(NotAllowed) as refused:
        partners.confirm_partner(
            reach=reach("city.secadmin"), partner_id=partner.pk, typed=keys.fingerprint(other.public), now=now
        )

    assert refused.value.code == "second_person_needed"


@pytest.mark.parametrize("who", ["city.secadmin", "city.director", "city.duty", "county1.duty"])
def test_nobody_but_the_system_administrator_proposes(own_key, settings, units, reach, now, who):
    other = Other()
    settings.EXCHANGE_TARGETS = [other.address]
    with pytest.raises(NotAllowed):
        partners.propose_partner(
            reach=reach(who), said=documents.read_handed_over(other.handed_over), direction="superior",
            unit=units["C0"], also_called="", now=now,
        )  # fmt: skip
    other.close()


def test_an_address_that_the_operator_does_not_list_is_not_added(own_key, settings, units, reach, now):
    other = Other()
    settings.EXCHANGE_TARGETS = ["https://elsewhere.example"]
    with pytest.raises(Invalid):
        partners.propose_partner(
            reach=reach("city.sysadmin"), said=documents.read_handed_over(other.handed_over), direction="superior",
            unit=units["C0"], also_called="", now=now,
        )  # fmt: skip
    assert not Partner.objects.exists()
    other.close()


def test_our_own_text_is_no_partner(own_key, settings, units, reach, now):
    settings.EXCHANGE_TARGETS = [settings.SITE_URL]
    text = documents.text_to_hand_over(
        uid=queries.own_uid(), name="江州市司法局", address=settings.SITE_URL, publics=[own_key.public]
    )
    with pytest.raises(Invalid):
        partners.propose_partner(
            reach=reach("city.sysadmin"), said=documents.read_handed_over(text), direction="superior",
            unit=units["C0"], also_called="", now=now,
        )  # fmt: skip


@pytest.mark.parametrize("who", ["city.sysadmin", "city.secadmin"])
def test_either_administrator_suspends_alone_and_resuming_takes_two_again(province, reach, now, who):
    other, partner = province
    partners.suspend_partner(reach=reach(who), partner_id=partner.pk, reason="密钥疑似泄露", now=now)
    partner.refresh_from_db()
    assert (partner.state, partner.reason) == (PartnerState.SUSPENDED, "密钥疑似泄露")
    assert content_of(Entry.objects.get(kind="exchange.partner_suspended"))["reason"] == "密钥疑似泄露"

    partners.propose_again(reach=reach("city.sysadmin"), partner_id=partner.pk, now=now)
    partner.refresh_from_db()
    assert (partner.state, partner.confirmed_by) == (PartnerState.PROPOSED, None)
    partners.confirm_partner(
        reach=reach("city.secadmin"), partner_id=partner.pk, typed=keys.fingerprint(other.public), now=now
    )
    partner.refresh_from_db()
    assert partner.state == PartnerState.ACTIVE


def test_a_suspension_says_why(province, reach, now):
    with pytest.raises(Invalid):
        partners.suspend_partner(reach=reach("city.sysadmin"), partner_id=province[1].pk, reason=" ", now=now)


def test_a_new_key_of_a_partner_overlaps_with_the_former_one(province, reach, units, now):
    other, partner = province
    public, _secret = keys.new_pair()
    text = documents.text_to_hand_over(
        uid=other.uid, name=other.name, address=other.address, publics=[other.public, public]
    )
    given = {"direction": "superior", "unit": units["C0"], "also_called": "", "now": now}
    again = partners.propose_partner(
        reach=reach("city.sysadmin"), said=documents.read_handed_over(text), **given
    )
    assert again.pk == partner.pk
    assert queries.accepted_keys(partner) == [other.public]

    partners.confirm_partner(
        reach=reach("city.secadmin"), partner_id=partner.pk, typed=keys.fingerprint(public), now=now
    )
    assert queries.accepted_keys(partner) == [other.public, public]

    former = partner.keys.get(public=other.public)
    partners.withdraw_key(reach=reach("city.secadmin"), key_id=former.pk, now=now)
    assert queries.accepted_keys(partner) == [public]
    with pytest.raises(Invalid):
        partners.propose_partner(
            reach=reach("city.sysadmin"),
            said=documents.read_handed_over(text.replace(f"key: {other.public}\n", "")),
            **given,
        )


def test_our_successor_signs_beside_the_former_key_until_that_is_ended(own_key, reach, units, now):
    uid = queries.own_uid()
    about = {"reach": reach("city.sysadmin"), "unit": units["C0"], "now": now + timedelta(days=1)}
    second = partners.make_key(**about)
    assert [one.pk for one in queries.own_keys()] == [own_key.pk, second.pk]
    with pytest.raises(WrongState):
        partners.make_key(**about)

    partners.end_key(key_id=own_key.pk, **about)

    assert [one.pk for one in queries.own_keys()] == [second.pk]
    assert OwnKey.objects.get(pk=own_key.pk).secret == ""
    assert queries.own_uid() == uid
    with pytest.raises(WrongState):
        partners.end_key(key_id=second.pk, **about)


def test_our_secret_is_sealed_in_the_database(own_key):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM exchange_ownkey")
        (stored,) = cursor.fetchone()
    assert own_key.secret not in stored
    assert OwnKey.objects.get().secret == own_key.secret


def test_a_partner_does_not_end_while_something_waits_to_go_there(province, reach, now):
    from exchange.outgoing import hand_over

    partner = province[1]
    with transaction.atomic():
        hand_over(
            partner=partner,
            kind="upward_report",
            unit=partner.unit,
            number="A-R1",
            title="初报",
            by=partner.proposed_by,
            now=now,
        )
    with pytest.raises(WrongState):
        partners.end_partner(reach=reach("city.sysadmin"), partner_id=partner.pk, reason="换系统", now=now)


def test_a_partner_ends_for_good_and_may_come_anew(province, reach, units, now):
    other, partner = province
    partners.end_partner(reach=reach("city.sysadmin"), partner_id=partner.pk, reason="换系统", now=now)

    partner.refresh_from_db()
    assert (partner.state, partner.reason) == (PartnerState.ENDED, "换系统")
    assert queries.sender_of(other.uid) is None
    again = partners.propose_partner(
        reach=reach("city.sysadmin"),
        said=documents.read_handed_over(other.handed_over),
        direction="superior",
        unit=units["C0"],
        also_called="",
        now=now,
    )
    assert again.pk != partner.pk


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "icd-exchange: 2\nid: x",
        "icd-exchange: 1\nid: " + "a" * 32 + "\nname: n\naddress: a\nkey: short",
    ],
)
def test_what_was_not_handed_over_is_said_to_be_so(text):
    with pytest.raises(Invalid) as refused:
        documents.read_handed_over(text)
    assert refused.value.fields


def test_the_database_keeps_the_two_persons_and_the_reasons(province, cast):
    partner = province[1]
    for name, broken in (
        ("a_partner_is_confirmed_by_a_second_person", {"confirmed_by": partner.proposed_by}),
        ("an_active_partner_was_confirmed", {"confirmed_at": None, "confirmed_by": None}),
        ("a_confirmed_partner_says_by_whom", {"state": "ended", "confirmed_at": None}),
        ("a_suspended_partner_says_why", {"state": "suspended", "reason": ""}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Partner.objects.filter(pk=partner.pk).update(**broken)
    for name, broken in (
        ("a_key_is_accepted_by_a_second_person", {"accepted_by": partner.proposed_by}),
        ("a_key_in_use_was_accepted", {"accepted_at": None, "accepted_by": None}),
        ("a_withdrawn_key_says_when", {"state": "withdrawn"}),
        ("a_withdrawn_key_says_when", {"withdrawn_at": partner.proposed_at}),
        (
            "an_accepted_key_says_by_whom",
            {"accepted_at": None, "state": "withdrawn", "withdrawn_at": partner.proposed_at},
        ),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            PartnerKey.objects.filter(partner=partner).update(**broken)
    with pytest.raises(IntegrityError, match="an_ended_own_key_says_when"), transaction.atomic():
        OwnKey.objects.update(ended_at=partner.proposed_at)


def test_the_database_keeps_one_live_partner_and_one_key(province):
    """one_live_partner_per_installation, a_key_once_per_partner"""
    partner = province[1]
    twin = {name: getattr(partner, name) for name in ("uid", "name", "direction", "unit", "address")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Partner.objects.create(**twin, proposed_at=partner.proposed_at, proposed_by=partner.proposed_by)
    key = partner.keys.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerKey.objects.create(
            partner=partner, public=key.public, proposed_at=key.proposed_at, proposed_by=key.proposed_by
        )
