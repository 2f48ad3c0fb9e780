"""What a person does with a webhook: make, stop, let go on, renew its secret, try it, have things sent again, end it.
Lock, check, change, record."""

import base64
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.people.actions import record_about
from accounts.permissions import check_can_manage
from accounts.scope import Reach
from common.errors import Invalid, NotFound
from common.states import check_move, move
from journal.numbering import head
from webhooks import queries, rules
from webhooks.choices import GROUPS, DeliveryState, in_order
from webhooks.models import Delivery, Webhook


@transaction.atomic
def make_webhook(
    *, reach: Reach, note: str, url: str, groups: Collection[str], unit: Unit | None, now: datetime
) -> Webhook:
    """Tell this address from now on. Its secret is in the row that is returned, to be shown once.

    Raises Invalid for an address that the operator does not list, for no group, and for whoever has ten.
    """
    User.objects.select_for_update(of=("self",)).get(pk=reach.user.pk)

    check_address(url)
    _check_groups(groups)
    if queries.live_of(reach.user).count() >= rules.MOST_OF_ONE:
        raise Invalid(
            "too_many_webhooks",
            _("No webhook was made: there are %(most)s already. End one that is not used any more.")
            % {"most": rules.MOST_OF_ONE},
        )

    webhook = Webhook.objects.create(
        person=reach.user, note=note, url=url, groups=" ".join(in_order(groups)), unit=unit, secret=_new_secret(),
        state=str(rules.WEBHOOKS.begin.to), made_at=now, cursor=head(),
    )  # fmt: skip

    _record(rules.WEBHOOKS.begin.entry, webhook, reach, now, host=webhook.host, groups=webhook.groups)
    return webhook


@transaction.atomic
def stop_webhook(*, reach: Reach, webhook_id: int, now: datetime) -> Webhook:
    """Send nothing until it goes on; what happens meanwhile waits."""
    webhook = _own(reach, webhook_id)
    done = move(
        webhook,
        rules.WEBHOOKS,
        rules.STOP,
        lambda: _("Nothing was stopped: this webhook is stopped already."),
    )
    webhook.stopped_because = "person"
    webhook.save(update_fields=["state", "stopped_because"])
    _record(done.entry, webhook, reach, now, because="person")
    return webhook


@transaction.atomic
def let_go_on(*, reach: Reach, webhook_id: int, now: datetime) -> Webhook:
    """Send again, beginning with what happened while it was stopped."""
    webhook = _own(reach, webhook_id)
    check_address(webhook.url)
    done = move(
        webhook, rules.WEBHOOKS, rules.GO_ON, lambda: _("Nothing was changed: this webhook is in use.")
    )
    webhook.stopped_because, webhook.silences, webhook.rests_until, webhook.failing_since = "", 0, None, None
    webhook.save(update_fields=["state", "stopped_because", "silences", "rests_until", "failing_since"])
    _record(done.entry, webhook, reach, now)
    return webhook


@transaction.atomic
def renew_secret(*, reach: Reach, webhook_id: int, now: datetime) -> Webhook:
    """A new secret, in the row that is returned. For a day the former one signs as well."""
    webhook = _own(reach, webhook_id)
    done = check_move(webhook, rules.WEBHOOKS, rules.RENEW, _is_over)
    webhook.former_secret, webhook.former_until = webhook.secret, now + rules.FORMER_SECRET_KEPT
    webhook.secret = _new_secret()
    webhook.save(update_fields=["former_secret", "former_until", "secret"])
    _record(done.entry, webhook, reach, now)
    return webhook


@transaction.atomic
def end_webhook(*, reach: Reach, webhook_id: int, now: datetime) -> Webhook:
    """For good: one's own, or as security administrator that of a person one manages. What waits is not sent."""
    webhook = Webhook.objects.select_for_update(of=("self",)).filter(pk=webhook_id).first()

    if webhook is None or (
        webhook.person_id != reach.user.pk and not queries.is_in_area(reach, webhook, now)
    ):
        raise _no_such()
    if webhook.person_id != reach.user.pk:
        check_can_manage(reach, webhook.person, now)
    done = move(webhook, rules.WEBHOOKS, rules.END, _is_over)

    webhook.ended_at, webhook.secret, webhook.former_secret = now, "", ""
    webhook.save(update_fields=["state", "ended_at", "secret", "former_secret"])
    webhook.deliveries.filter(state=DeliveryState.QUEUED).update(state=DeliveryState.DROPPED, ended_at=now)

    _record(done.entry, webhook, reach, now)
    return webhook


@transaction.atomic
def send_trial(*, reach: Reach, webhook_id: int, now: datetime) -> Delivery:
    """A message "webhook.trial" without content, signed and repeated as all others."""
    webhook = _own(reach, webhook_id)
    _check_is_in_use(webhook)
    return Delivery.objects.create(webhook=webhook, queued_at=now, next_at=now)


@transaction.atomic
def send_failed_again(*, reach: Reach, webhook_id: int, now: datetime) -> int:
    """Messages that were given up are tried anew, under their ids. Returns how many."""
    webhook = _own(reach, webhook_id)
    _check_is_in_use(webhook)
    failed = webhook.deliveries.filter(state=DeliveryState.FAILED)
    count = failed.update(state=DeliveryState.QUEUED, tries=0, next_at=now, ended_at=None)
    if not count:
        raise Invalid("none_failed", _("Nothing was sent again: no message has been given up."))
    _record(rules.DELIVERIES[rules.AGAIN].entry, webhook, reach, now, count=count)
    return count


@transaction.atomic
def send_from(*, reach: Reach, webhook_id: int, number: int, now: datetime) -> Webhook:
    """Everything of its groups from this number of the journal on is sent again, under the same ids.

    Raises Invalid for a number that is not there yet or lies more than `rules.MOST_AGAIN` entries back.
    """
    webhook = _own(reach, webhook_id)
    _check_is_in_use(webhook)
    last = head()
    if not last - rules.MOST_AGAIN < number <= last:
        sentence = _("Nothing was sent again: take a number from %(first)d to %(last)d.") % {
            "first": max(last - rules.MOST_AGAIN + 1, 1),
            "last": last,
        }
        raise Invalid("bad_number", sentence, fields={"number": [sentence]})

    again = webhook.deliveries.filter(number__gte=number).exclude(state=DeliveryState.QUEUED)
    again.update(state=DeliveryState.QUEUED, tries=0, next_at=now, ended_at=None)
    webhook.cursor = min(webhook.cursor, number - 1)
    webhook.save(update_fields=["cursor"])

    _record(rules.DELIVERIES[rules.AGAIN].entry, webhook, reach, now, number=number)
    return webhook


def check_address(url: str) -> None:
    """Raises Invalid where the operator does not let messages go."""
    if not rules.is_listed(url, settings.WEBHOOK_TARGETS):
        sentence = _(
            "Nothing is sent there: the operator of this installation does not list this address (WEBHOOK_TARGETS). Ask for it, "
            "or take one of the list."
        )
        raise Invalid("not_listed", sentence, fields={"url": [sentence]})


def _own(reach: Reach, webhook_id: int) -> Webhook:
    """Locked. Raises NotFound for another's, or one that has ended."""
    rows = queries.live_of(reach.user).select_for_update(of=("self",))
    webhook = rows.filter(pk=webhook_id).first()
    if webhook is None:
        raise _no_such()
    return webhook


def _no_such() -> NotFound:
    return NotFound("no_such_webhook", _("Nothing was done: this webhook has ended, or is not yours."))


def _is_over() -> str:
    return _("Nothing was done: this webhook has ended.")


def _check_is_in_use(webhook: Webhook) -> None:
    # What cannot be stopped is stopped, and would send nothing.
    check_move(
        webhook,
        rules.WEBHOOKS,
        rules.STOP,
        lambda: _("Nothing was sent: this webhook is stopped. Let it go on first."),
    )


def _check_groups(groups: Collection[str]) -> None:
    if not groups or set(groups) - GROUPS.keys():
        sentence = _("No webhook was made: it would tell nothing. Tick what the program needs, and no more.")
        raise Invalid("no_groups", sentence, fields={"groups": [sentence]})


def _new_secret() -> str:
    """As Standard Webhooks writes it: 24 to 64 random bytes."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _record(kind: str, webhook: Webhook, reach: Reach, now: datetime, **content: Any) -> None:
    content = {"webhook": webhook.pk, "note": webhook.note, **content}
    record_about(kind, webhook.person, actor=reach.user, now=now, content=content)
