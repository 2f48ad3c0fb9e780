"""What comes from a partner: stored once, the same receipt for a repetition; acknowledged by a person, which goes back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.database.numbers import next_number
from common.errors import Invalid, NotAllowed, NotFound, Refused
from common.failpoints import crash_point
from common.states import check_move, move
from common.text.masking import masked
from common.text.personal_data import fit_to_keep
from exchange import alerts, documents, outgoing, permissions, queries, receipts, rules
from exchange.choices import Kind, PartnerState
from exchange.models import Incoming, Partner, Refusal
from journal.keys import key
from journal.record import record, stamp


class OtherContent(Refused):
    """A known id came with other bytes."""

    status = 409


def receive(*, partner_id: int, uid: str, body: bytes, now: datetime) -> Incoming:
    """Store a signed document; a repetition gives the first one again. A refusal is written down and goes on to the sender.

    Raises Invalid for what is no document that we read, OtherContent for another content under a known id, NotAllowed for
    what this partner may not send.
    """
    sha256 = documents.digest(body)
    try:
        return _receive(partner_id, uid, body, sha256, now)
    except Refused as refusal:
        _note_refusal(partner_id, uid, sha256, refusal.code, now)
        raise


@transaction.atomic
def _receive(partner_id: int, uid: str, body: bytes, sha256: str, now: datetime) -> Incoming:
    # Two that send the same at once come one after the other.
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner_id)

    _check_active(partner)
    found = Incoming.objects.filter(partner=partner, uid=uid).first()
    if found is not None:
        if found.sha256 != sha256:
            raise OtherContent(
                "other_content",
                _("The document was not taken: %(id)s is on record with another content. Send what has changed as a new one.")
                % {"id": uid},
            )  # fmt: skip
        return found
    said = documents.read(body)
    _check_addressed(partner, uid, said)

    document = _new(partner, uid, sha256, said, now)
    Partner.objects.filter(pk=partner.pk).update(last_heard_at=now)
    if said["kind"] == Kind.ACKNOWLEDGEMENT:
        receipts.take_acknowledgement(partner, said["about"], said["acknowledged"], now)
    else:
        content = {"number": document.number, "from": partner.name, "title": document.title,
                   "their_number": document.their_number}  # fmt: skip
        record(
            rules.INCOMING.begin.entry,
            subject=document.key,
            unit=document.unit,
            actor=None,
            at=now,
            content=content,
        )
        alerts.tell_received(document, now=now)
    crash_point("exchange.before_commit")
    return document


def _new(partner: Partner, uid: str, sha256: str, said: Mapping[str, Any], now: datetime) -> Incoming:
    """Masked as all that comes in: what people typed elsewhere went through a look there, and goes through one here."""
    signed = said["signed"] or {}
    is_note = said["kind"] == Kind.ACKNOWLEDGEMENT
    document = Incoming(
        partner=partner,
        uid=uid,
        sha256=sha256,
        kind=said["kind"],
        unit=partner.unit,
        unit_path=partner.unit_path,
        their_number=said["number"],
        # Of an acknowledgement nothing is kept but that it came: the rest stands at the document of ours.
        title="" if is_note else documents.fit_to_pass(said["title"])[:200],
        texts=[{"label": one["label"], "text": documents.fit_to_pass(one["text"])} for one in said["texts"]],
        signed_by=masked(signed.get("by", ""))[:120],
        signed_at=signed.get("at"),
        signed_sha256=signed.get("sha256", ""),
        due_at=said["due_at"],
        sent_at=said["sent_at"],
        received_at=now,
        state=str(rules.INCOMING[rules.NOTE if is_note else rules.TAKE_IN].to),
    )
    document.number = next_number(
        unit_code=partner.unit.code, now=now, prefix="XA-" if is_note else "XR-", drill=False
    )
    document.save(force_insert=True)
    return document


def _check_active(partner: Partner) -> None:
    if partner.state != PartnerState.ACTIVE:
        raise NotAllowed(
            "partner_not_in_use",
            _("The document was not taken: this partner is “%(state)s” here. It may be sent again once it is in use; tell it by telephone meanwhile.")
            % {"state": partner.get_state_display()},
        )  # fmt: skip


def _check_addressed(partner: Partner, uid: str, said: Mapping[str, Any]) -> None:
    if (said["id"], said["from"], said["to"]) != (uid, partner.uid, queries.own_uid()):
        raise Invalid(
            "other_address",
            _("The document was not taken: it says another sender, receiver or id than it came with. Send it as it was written."),
        )  # fmt: skip
    if said["kind"] not in rules.MAY_SEND[partner.direction]:
        raise NotAllowed(
            "other_direction",
            _("The document was not taken: a partner of the %(direction)s sends nothing of this kind. Have the direction looked at on both sides.")
            % {"direction": partner.get_direction_display()},
        )  # fmt: skip
    if (said["kind"] == Kind.ACKNOWLEDGEMENT) != bool(said["about"] and said["acknowledged"]):
        raise Invalid(
            "not_a_document",
            _("The document was not taken: only an acknowledgement says who has what, and it has to."),
        )


@transaction.atomic
def _note_refusal(partner_id: int, uid: str, sha256: str, code: str, now: datetime) -> None:
    """Once on record, however often it is tried; of a partner gone mad not without end."""
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner_id)
    if partner.refusals.count() >= rules.MOST_REFUSALS:
        return
    row, is_new = Refusal.objects.get_or_create(
        partner=partner, uid=uid, sha256=sha256, code=code, defaults={"first_at": now, "last_at": now}
    )
    if not is_new:
        Refusal.objects.filter(pk=row.pk).update(times=F("times") + 1, last_at=now)
        return
    content = {"from": partner.name, "document": uid, "code": code}
    record(
        "exchange.refused",
        subject=key("exchange_partner", partner.pk),
        unit=partner.unit,
        actor=None,
        at=now,
        content=content,
    )


@transaction.atomic
def acknowledge(*, reach: Reach, number: str, note: str, now: datetime) -> Incoming:
    """Somebody of the duty room has it; that goes back as the second receipt, with name and post."""
    document = queries.received(reach).select_for_update(of=("self",)).filter(number=number).first()

    if document is None:
        raise NotFound(
            "no_such_document", _("Nothing was done: there is no such document, or you may not see it.")
        )
    permissions.check_can_answer(reach, document.unit_path)
    done = check_move(document, rules.INCOMING, rules.ACKNOWLEDGE, lambda: _taken(document))
    said = fit_to_keep(note.strip())[:300]

    move(document, rules.INCOMING, rules.ACKNOWLEDGE)
    document.acknowledged_at, document.acknowledged_by, document.note = now, reach.user, said
    document.save(update_fields=["state", "acknowledged_at", "acknowledged_by", "note"])

    post = reach.title_for("exchange.answer", document.unit_path)
    record(
        done.entry, subject=document.key, unit=document.unit, actor=reach.user, post=post, at=now,
        content={"number": document.number, "from": document.partner.name, "note": said},
    )  # fmt: skip
    alerts.settle(document, now)
    outgoing.hand_over(
        partner=document.partner, kind=Kind.ACKNOWLEDGEMENT, unit=document.unit, number=document.number,
        title=document.their_number, by=reach.user, now=now, subject=document.key, thread=document.key, about=document.uid,
        acknowledged={"by": f"{post} {reach.user}".strip()[:120], "at": stamp(now), "note": said}, post=post,
    )  # fmt: skip
    return document


def _taken(document: Incoming) -> str:
    return _("Nothing was done: %(number)s has been acknowledged by %(who)s already.") % {
        "number": document.number,
        "who": document.acknowledged_by,
    }


def receipt_of(document: Incoming) -> dict[str, str]:
    """What is confirmed to the sender: the same however often it asks."""
    return documents.write_receipt(
        uid=document.uid, sha256=document.sha256, sender=queries.own_uid(), to=document.partner.uid,
        received_at=document.received_at.astimezone(UTC), number=document.number,
    )  # fmt: skip
