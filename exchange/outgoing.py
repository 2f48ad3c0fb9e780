"""What goes to a partner: handed over with the act that it belongs to, sent again, settled another way; orders to the
level below. Nothing here waits for anybody: a row is written, and sent later."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.scope import Reach
from common.database.numbers import next_number
from common.documents.official_documents import Paper
from common.errors import Invalid, NotFound, WrongState
from common.states import Transition, move
from common.text.personal_data import unsigned_personal_data_in
from exchange import documents, permissions, queries, rules
from exchange.choices import Kind
from exchange.models import Outgoing, Partner
from exchange.paper_texts import texts_of
from exchange.rules import OUTGOING
from journal.record import record
from notices.relevance.ending import settle_threads

LONGEST_ORDER = 4000


def hand_over(
    *,
    partner: Partner,
    kind: Kind,
    unit: Unit,
    number: str,
    title: str,
    by: User,
    now: datetime,
    subject: str = "",
    thread: str = "",
    texts: Iterable[tuple[str, str]] = (),
    signed: Mapping[str, str] | None = None,
    due_at: datetime | None = None,
    about: str = "",
    acknowledged: Mapping[str, str] | None = None,
    post: str = "",
) -> Outgoing:
    """Write the row in the caller's transaction: a document that goes to this partner. The same thing goes there once."""
    if subject and (found := Outgoing.objects.filter(partner=partner, kind=kind, subject=subject).first()):
        return found
    title = documents.fit_to_pass(title)[:200]
    written = documents.write(
        kind=kind, sender=queries.own_uid(), to=partner.uid, number=number, title=title, at=now, texts=texts,
        signed=signed, due_at=due_at, about=about, acknowledged=acknowledged,
    )  # fmt: skip
    row = Outgoing.objects.create(
        partner=partner, uid=written.uid, kind=kind, subject=subject, thread=thread, unit=unit, unit_path=unit.path,
        number=number, title=title, body=written.body, sha256=written.sha256, queued_at=now, queued_by=by,
        next_at=now, state=str(OUTGOING.begin.to),
    )  # fmt: skip
    record_about(OUTGOING.begin, row, actor=by, post=post, now=now)
    return row


def send_up(
    *,
    kind: Kind,
    unit: Unit,
    paper: Callable[[], Paper],
    by: User,
    post: str,
    now: datetime,
    subject: str,
    thread: str,
) -> None:
    """What a unit lays before the level above, in Chinese as on paper: to each installation that stands there. In the
    caller's transaction."""
    for partner in queries.right_above(unit):
        with translation.override("zh-hans"):
            made = paper()
            texts = texts_of(made)
        hand_over(
            partner=partner, kind=kind, unit=unit, number=made.number[:60], title=made.title, by=by, now=now,
            subject=subject, thread=thread, texts=texts, post=post,
        )  # fmt: skip


@transaction.atomic
def send_order(
    *, reach: Reach, partner_id: int, title: str, text: str, due_at: datetime | None, now: datetime
) -> Outgoing:
    """An order to the level below: what is to be done, by whom it is given, by when."""
    partner = queries.subordinates(reach).select_for_update(of=("self",)).filter(pk=partner_id).first()

    if partner is None:
        raise NotFound(
            "no_such_partner", _("Nothing was sent: this partner is not in use, or is not yours to order.")
        )
    permissions.check_can_answer(reach, partner.unit_path)
    _check_on()
    _check_words({"title": title, "text": text})
    if due_at is not None and due_at <= now:
        sentence = _("This time is over already.")
        raise Invalid(
            "time_is_over",
            _("Nothing was sent: the limit is over already. Correct it."),
            fields={"due_at": [sentence]},
        )

    post = reach.title_for("exchange.answer", partner.unit_path)
    number = next_number(unit_code=partner.unit.code, now=now, prefix="XO-", drill=False)
    return hand_over(
        partner=partner, kind=Kind.LINKAGE_ORDER, unit=partner.unit, number=number, title=title.strip(), by=reach.user, now=now,
        texts=[("要求", text.strip()), ("下达", post or str(partner.unit))], due_at=due_at, post=post,
    )  # fmt: skip


@transaction.atomic
def send_again(*, reach: Reach, pk: int, now: datetime) -> Outgoing:
    """What was refused is tried once more, under its id, because something was put right there."""
    row = _locked(reach, pk)
    done = move(
        row, OUTGOING, rules.AGAIN, lambda: _("Nothing was sent again: it was not refused. Reload the page.")
    )

    row.next_at, row.tries = now, 0
    row.save(update_fields=["state", "next_at", "tries"])
    record_about(done, row, actor=reach.user, post=_post(reach, row), now=now)
    return row


@transaction.atomic
def settle(*, reach: Reach, pk: int, note: str, now: datetime) -> Outgoing:
    """It was told another way; nothing more is tried."""
    row = _locked(reach, pk)
    if not note.strip():
        sentence = _("Say how it was told instead: by telephone or fax, to whom.")
        raise Invalid(
            "note_missing", _("Nothing was settled: %(why)s") % {"why": sentence}, fields={"note": [sentence]}
        )
    _check_words({"note": note})
    done = move(
        row,
        OUTGOING,
        rules.DROP,
        lambda: _("Nothing was settled: it has been received there. Reload the page."),
    )

    row.settled_note = note.strip()[:200]
    row.let_text_go()
    row.save(update_fields=["state", "settled_note", "body"])
    settle_threads([row.key], now)
    record_about(done, row, actor=reach.user, post=_post(reach, row), now=now, note=row.settled_note)
    return row


def record_about(
    done: Transition, row: Outgoing, *, actor: User | None, now: datetime, post: str = "", at: datetime | None = None,
    **content: Any,
) -> None:  # fmt: skip
    """The entry of a step, in the thread of what the document is about."""
    record(
        done.entry,
        subject=row.subject or row.key,
        thread=row.thread,
        unit=row.unit,
        actor=actor,
        post=post,
        at=at or now,
        recorded_at=now,
        content={"number": row.number, "to": row.partner.name, "document": row.uid, **content},
    )


def _locked(reach: Reach, pk: int) -> Outgoing:
    row = queries.sent(reach).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotFound(
            "no_such_document", _("Nothing was done: there is no such document, or you may not see it.")
        )
    permissions.check_can_answer(reach, row.unit_path)
    return row


def _post(reach: Reach, row: Outgoing) -> str:
    return reach.title_for("exchange.answer", row.unit_path)


def _check_on() -> None:
    if not settings.EXCHANGE_TARGETS or not queries.own_uid():
        raise WrongState(
            "exchange_is_off",
            _("Nothing was sent: the exchange is not set up here. Ask the system administrator."),
        )


def _check_words(texts: Mapping[str, str]) -> None:
    """No number of a person: a document goes out of the house."""
    for name, text in texts.items():
        if not text.strip():
            raise Invalid(
                "text_missing",
                _("Nothing was sent: say it in a few words."),
                fields={name: [_("This is missing.")]},
            )
        if found := unsigned_personal_data_in(text):
            sentence = _("Take out what looks like an identity, phone or card number: %(text)s") % {
                "text": found[0].text
            }
            raise Invalid(
                "personal_data", _("Nothing was sent: %(why)s") % {"why": sentence}, fields={name: [sentence]}
            )
