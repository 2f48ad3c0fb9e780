"""What happens to links of orders, and what is done through them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.links.secrets import hash_of
from accounts.scope import Reach, reach_of
from command.links.models import OrderLink
from command.links.tokens import SECRETS, shown_rev
from command.orders import permissions, rules
from command.orders.actions import move_order
from command.orders.choices import OrderVerb
from command.orders.models import Order
from command.place_codes.actions import confirm_by_code
from command.place_codes.permissions import check_can_type
from command.roll_call import actions as roll_call
from command.roll_call.choices import RollCallAnswer
from command.roll_call.models import RollCallLine
from command.roll_call.queries import lines_for
from common.dates.time_format import written
from common.errors import NotFound, WrongState, is_allowed
from journal.keys import pks_of
from journal.record import record
from notices.models import Notice

LASTS = timedelta(hours=24)
#: What a link opens: the recipient's own acts on its order, and nothing else.
VERBS = tuple(verb for verb in OrderVerb if rules.TRANSITIONS[verb].by == rules.RECIPIENT)
#: The other side of an arrival: the code that is shown at the place.
CODE = "code"
_WORDS = {"zh": "点此答复：{link}", "en": "Answer: {link}"}


def links_for(notices: Sequence[Notice], now: datetime) -> dict[int, str]:
    """Notice → the words with its recipient's link. None where the address of the bureau is not known, and none to an
    order that is over."""
    orders = Order.objects.live().in_bulk(pks_of([notice.subject for notice in notices], "order"))
    by_key = {order.key: order for order in orders.values()}
    return links_to({notice: by_key[notice.subject] for notice in notices if notice.subject in by_key}, now)


def links_to(orders: Mapping[Notice, Order], now: datetime) -> dict[int, str]:
    """The same where it is known which order each notice's recipient answers."""
    if not (settings.REMINDER_LINKS and settings.SITE_URL):
        return {}
    found = {}
    for notice, order in orders.items():
        token = SECRETS.of_seed(notice.key.hex)
        OrderLink.objects.get_or_create(
            token_hash=hash_of(token),
            defaults={
                "order": order,
                "person_id": notice.recipient_id,
                "issued_at": now,
                "expires_at": now + LASTS,
            },
        )
        language = "en" if notice.recipient.language.startswith("en") else "zh"
        found[notice.pk] = _WORDS[language].format(link=address_of(token))
    return found


def address_of(token: str) -> str:
    return settings.SITE_URL.rstrip("/") + reverse("order-link", args=[token])


def read_link(token: str) -> OrderLink:
    """The link, whatever has become of it. Raises NotFound for a token this product never gave out."""
    links = OrderLink.objects.select_related("person", "order__incident__plan", "order__unit")
    link = links.filter(token_hash=hash_of(token)).first() if SECRETS.is_ours(token) else None
    if link is None:
        raise NotFound(
            "no_such_link",
            _(
                "Nothing was answered: this link is not genuine or is incomplete. Copy the whole link again, or telephone the duty room."
            ),
        )
    return link


def check_usable(link: OrderLink, now: datetime) -> Reach:
    """Who acts by it. Raises WrongState with what became of the link and what to do instead."""
    if link.revoked_at:
        code, why = (
            "link_revoked",
            _("Nothing was answered: this link was revoked. Telephone the duty room, or sign in."),
        )
    elif now > link.expires_at:
        code, why = (
            "link_expired",
            _("Nothing was answered: this link expired at %(at)s. Telephone the duty room, or sign in.")
            % {"at": written(link.expires_at, "%m-%d %H:%M")},
        )
    else:
        reach = reach_of(link.person, now)
        if link.person.is_active and permissions.is_recipient(reach, link.order):
            return reach
        code, why = (
            "not_your_order",
            _("Nothing was answered: this order is not addressed to you any more. Telephone the duty room."),
        )
    raise WrongState(code, why)


def answer_by_link(*, token: str, verb: str, page: str, note: str, now: datetime, code: str = "") -> Order:
    """One act of the recipient on the link's own order, once for each page that was shown. Verb “code”: they typed the
    code of the place."""
    link = read_link(token)
    reach = check_usable(link, now)
    rev = shown_rev(page, link.pk)
    if rev is None or verb not in (*VERBS, CODE, *RollCallAnswer.values):
        raise _page_is_old()
    if verb in RollCallAnswer.values:
        line = roll_call_line(link)
        if line is None:
            raise _page_is_old()
        roll_call.answer_roll_call(
            line_id=line.pk, reach=reach, answer=verb, note=note, now=now, by_link=True
        )
        return link.order
    if verb == CODE:
        return confirm_by_code(order_id=link.order_id, reach=reach, code=code, now=now, rev=rev, by_link=True)
    return move_order(
        order_id=link.order_id, reach=reach, verb=verb, now=now, note=note, rev=rev, by_link=True
    )


def _page_is_old() -> WrongState:
    return WrongState(
        "page_is_old",
        _("Nothing was answered: this page has grown old. Look at what it says now, then tap again."),
    )


def roll_call_line(link: OrderLink) -> RollCallLine | None:
    """Where the link's recipient is asked now whether they are all right."""
    return lines_for(link.person_id, [link.order_id]).get(link.order_id)


def may_type_now(link: OrderLink, now: datetime) -> bool:
    """Whether the page asks for the code of the place."""
    order = link.order
    return order.state in rules.CODE_AT and is_allowed(check_can_type, reach_of(link.person, now), order)


@transaction.atomic
def revoke_links(*, order_id: int, reach: Reach, now: datetime) -> int:
    """Make every open link of the order useless. Returns how many there were."""
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("incident__plan", "unit")
        .get(pk=order_id)
    )

    permissions.check_directs(reach, order)
    open_links = OrderLink.objects.filter(order=order, revoked_at=None, expires_at__gte=now)
    many = open_links.update(revoked_at=now, revoked_by=reach.user)
    if many:
        record(
            "order.links_revoked",
            subject=order.key,
            thread=order.incident.key,
            unit=order.unit,
            actor=reach.user,
            post=reach.title_for("order.issue", order.unit_path),
            at=now,
            drill=order.drill,
            content={"number": order.number, "links": many},
        )
    return many
