"""What administrators do with partners and keys: propose, confirm after comparing, suspend, end; make and end our own
keys. Lock, check, change, record."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import Invalid, NotFound, WrongState
from common.states import move
from exchange import keys, permissions, queries, rules
from exchange.choices import KeyState, OutgoingState, PartnerState
from exchange.documents import HandedOver
from exchange.models import OwnKey, Partner, PartnerKey
from journal.record import record
from webhooks.rules import is_listed


@transaction.atomic
def propose_partner(
    *, reach: Reach, said: HandedOver, direction: str, unit: Unit, also_called: str, now: datetime
) -> Partner:
    """Take in the text that the other installation handed over. Of one that is known, only its new keys.

    Nothing goes there, and nothing of it is taken, before a second person has compared a fingerprint. Raises Invalid for
    an address that the operator does not list and for a text of our own.
    """
    permissions.check_can_manage(reach, unit.path)
    check_address(said.address)
    if said.uid == queries.own_uid():
        raise _not_added(_("this is the text of this installation itself. Paste that of the other one."))

    partner = (
        Partner.objects.select_for_update(of=("self",))
        .filter(uid=said.uid, state__in=rules.PARTNERS.live)
        .first()
    )
    if partner is None:
        partner = Partner.objects.create(
            uid=said.uid, name=said.name, also_called=also_called, direction=direction, unit=unit,
            unit_path=unit.path, address=said.address, state=str(rules.PARTNERS.begin.to), proposed_at=now,
            proposed_by=reach.user,
        )  # fmt: skip
        _record(rules.PARTNERS.begin.entry, partner, reach, now, address=said.address, direction=direction)
    else:
        permissions.check_can_manage(reach, partner.unit_path)
    _propose_keys(partner, said, reach, now)
    return partner


def _propose_keys(partner: Partner, said: HandedOver, reach: Reach, now: datetime) -> None:
    known = set(partner.keys.exclude(state=KeyState.WITHDRAWN).values_list("public", flat=True))
    new = [public for public in said.publics if public not in known]
    if known and not new:
        raise _not_added(_("this installation and its keys are known already."))
    for public in new:
        made = PartnerKey.objects.create(
            partner=partner,
            public=public,
            state=str(rules.KEYS.begin.to),
            proposed_at=now,
            proposed_by=reach.user,
        )
        _record(rules.KEYS.begin.entry, partner, reach, now, fingerprint=made.fingerprint)


@transaction.atomic
def confirm_partner(*, reach: Reach, partner_id: int, typed: str, now: datetime) -> PartnerKey:
    """A second person types the fingerprint that the other side read out: the key with it is accepted, and the partner
    is in use from now on.

    Raises Invalid where no key of it has this fingerprint, WrongState where nothing waits or two keys are accepted.
    """
    partner = _locked(partner_id)
    partner_keys = list(partner.keys.select_for_update(of=("self",)).exclude(state=KeyState.WITHDRAWN))

    found = next((one for one in partner_keys if keys.is_same_fingerprint(typed, one.fingerprint)), None)
    proposer = found.proposed_by_id if found and found.state == KeyState.PROPOSED else partner.proposed_by_id
    permissions.check_can_confirm(reach, partner.unit_path, proposer)
    if partner.state == PartnerState.PROPOSED:
        permissions.check_can_confirm(reach, partner.unit_path, partner.proposed_by_id)
    if found is None:
        sentence = _(
            "Nothing was confirmed: no key of %(name)s has this fingerprint. Have it read out once more; if it differs "
            "again, somebody has changed the text on its way: do not confirm it, and suspend the partner."
        ) % {"name": partner.name}
        raise Invalid("other_fingerprint", sentence, fields={"typed": [sentence]})
    if found.state == KeyState.ACCEPTED and partner.state != PartnerState.PROPOSED:
        raise WrongState("nothing_waits", _("Nothing was confirmed: this key is accepted already."))

    if found.state == KeyState.PROPOSED:
        if sum(one.state == KeyState.ACCEPTED for one in partner_keys) >= rules.MOST_KEYS:
            raise WrongState(
                "too_many_keys",
                _("The key was not accepted: two of this partner are accepted already. Withdraw the former one first."),
            )  # fmt: skip
        done = move(found, rules.KEYS, rules.ACCEPT)
        found.accepted_at, found.accepted_by = now, reach.user
        found.save(update_fields=["state", "accepted_at", "accepted_by"])
        _record(done.entry, partner, reach, now, fingerprint=found.fingerprint)
    if partner.state == PartnerState.PROPOSED:
        done = move(partner, rules.PARTNERS, rules.CONFIRM)
        partner.confirmed_at, partner.confirmed_by, partner.reason = now, reach.user, ""
        partner.silences, partner.rests_until = 0, None
        partner.save(
            update_fields=["state", "confirmed_at", "confirmed_by", "reason", "silences", "rests_until"]
        )
        _record(done.entry, partner, reach, now, fingerprint=found.fingerprint)
    return found


@transaction.atomic
def suspend_partner(*, reach: Reach, partner_id: int, reason: str, now: datetime) -> Partner:
    """At once: nothing of it is taken any more, and what goes there waits."""
    partner = _locked(partner_id)

    permissions.check_can_stop(reach, partner.unit_path)
    why = _reason(reason)
    done = move(partner, rules.PARTNERS, rules.SUSPEND, _does_not_apply)

    partner.reason = why
    partner.save(update_fields=["state", "reason"])
    _record(done.entry, partner, reach, now, reason=why)
    return partner


@transaction.atomic
def propose_again(*, reach: Reach, partner_id: int, now: datetime) -> Partner:
    """A suspended partner waits for a second person once more."""
    partner = _locked(partner_id)

    permissions.check_can_manage(reach, partner.unit_path)
    check_address(partner.address)
    done = move(partner, rules.PARTNERS, rules.PROPOSE_AGAIN, _does_not_apply)

    partner.proposed_at, partner.proposed_by, partner.confirmed_at, partner.confirmed_by = (
        now,
        reach.user,
        None,
        None,
    )
    partner.reason = ""
    partner.save(
        update_fields=["state", "proposed_at", "proposed_by", "confirmed_at", "confirmed_by", "reason"]
    )
    _record(done.entry, partner, reach, now)
    return partner


@transaction.atomic
def end_partner(*, reach: Reach, partner_id: int, reason: str, now: datetime) -> Partner:
    """For good. What came and what went stays; raises WrongState while something still waits to go there."""
    partner = _locked(partner_id)

    permissions.check_can_manage(reach, partner.unit_path)
    why = _reason(reason)
    if waiting := partner.outgoing.filter(state__in=OutgoingState.open()).count():
        raise WrongState(
            "documents_wait",
            _("%(name)s was not ended: %(count)d documents have not been received there. Have the duty room settle them first.")
            % {"name": partner.name, "count": waiting},
        )  # fmt: skip
    done = move(partner, rules.PARTNERS, rules.END, _does_not_apply)

    partner.reason = why
    partner.save(update_fields=["state", "reason"])
    _record(done.entry, partner, reach, now, reason=why)
    return partner


@transaction.atomic
def withdraw_key(*, reach: Reach, key_id: int, now: datetime) -> PartnerKey:
    """At once: what is signed with it is not taken any more."""
    found = PartnerKey.objects.select_related("partner").filter(pk=key_id).first()
    if found is None:
        raise _no_such()
    partner = _locked(found.partner_id)
    found = PartnerKey.objects.select_for_update(of=("self",)).get(pk=key_id)

    permissions.check_can_stop(reach, partner.unit_path)
    done = move(found, rules.KEYS, rules.WITHDRAW, _does_not_apply)

    found.withdrawn_at = now
    found.save(update_fields=["state", "withdrawn_at"])
    _record(done.entry, partner, reach, now, fingerprint=found.fingerprint)
    return found


# --- our own keys ----------------------------------------------------------------------------------------------


@transaction.atomic
def make_key(*, reach: Reach, unit: Unit, now: datetime) -> OwnKey:
    """The first key, or the successor of the one in use. While there are two, both sign.

    `unit` stands at the top of this installation. Raises WrongState while two are in use.
    """
    live = list(queries.own_keys().select_for_update(of=("self",)))

    permissions.check_can_manage(reach, unit.path)
    if len(live) >= rules.MOST_KEYS:
        raise WrongState(
            "two_keys",
            _(
                "No key was made: two are in use. End the former one, once all partners have accepted its successor."
            ),
        )

    public, secret = keys.new_pair()
    made = OwnKey.objects.create(public=public, secret=secret, made_at=now, made_by=reach.user)
    _record_key("exchange.own_key_made", made, reach, unit, now)
    return made


@transaction.atomic
def end_key(*, reach: Reach, key_id: int, unit: Unit, now: datetime) -> OwnKey:
    """The former key signs nothing more, and its secret is gone. The last one cannot be ended."""
    live = list(queries.own_keys().select_for_update(of=("self",)))

    permissions.check_can_manage(reach, unit.path)
    found = next((one for one in live if one.pk == key_id), None)
    if found is None:
        raise _no_such()
    if len(live) < rules.MOST_KEYS:
        raise WrongState(
            "last_key",
            _("The key was not ended: it is the only one, and without it nothing could be sent. Make its successor first."),
        )  # fmt: skip

    found.ended_at, found.ended_by, found.secret = now, reach.user, ""
    found.save(update_fields=["ended_at", "ended_by", "secret"])
    _record_key("exchange.own_key_ended", found, reach, unit, now)
    return found


# ---------------------------------------------------------------------------------------------------------------


def check_address(address: str) -> None:
    """Raises Invalid where the operator does not let documents go."""
    if not is_listed(address, settings.EXCHANGE_TARGETS):
        raise _not_added(
            _("the operator of this installation does not list its address (EXCHANGE_TARGETS). Ask for it.")
        )


def _not_added(why: str) -> Invalid:
    sentence = _("Nothing was added: %(why)s") % {"why": why}
    return Invalid("not_added", sentence, fields={"handed_over": [sentence]})


def _locked(partner_id: int) -> Partner:
    partner = Partner.objects.select_for_update(of=("self",)).filter(pk=partner_id).first()
    if partner is None:
        raise _no_such()
    return partner


def _no_such() -> NotFound:
    return NotFound(
        "no_such_partner", _("Nothing was done: there is no such partner or key, or you may not see it.")
    )


def _does_not_apply() -> str:
    return _("Nothing was changed: that does not follow from where it stands. Reload the page.")


def _reason(text: str) -> str:
    if not text.strip():
        raise Invalid(
            "reason_missing",
            _("Nothing was changed: say why, in a few words."),
            fields={"reason": [_("Say why, in a few words.")]},
        )
    return text.strip()[:200]


def _record(kind: str, partner: Partner, reach: Reach, now: datetime, **content: Any) -> None:
    record(
        kind,
        subject=partner.key,
        unit=partner.unit,
        actor=reach.user,
        post=_title(reach, partner.unit_path),
        at=now,
        content={"partner": partner.name, **content},
    )


def _record_key(kind: str, own: OwnKey, reach: Reach, unit: Unit, now: datetime) -> None:
    content = {"fingerprint": own.fingerprint}
    record(
        kind,
        subject=own.key,
        unit=unit,
        actor=reach.user,
        post=_title(reach, unit.path),
        at=now,
        content=content,
    )


def _title(reach: Reach, path: str) -> str:
    return reach.title_for("exchange_partner.manage", path) or reach.title_for(
        "exchange_partner.confirm", path
    )
