"""Pages of the exchange: what came, what went, orders to the level below; partners and keys for the administrators."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.queries import units_for
from common.errors import Invalid, NotAllowed, is_allowed
from common.web.idempotency import once
from common.web.redirects import see_other
from exchange import documents, forms, inbox, outgoing, partners, permissions, queries
from exchange.choices import Kind

PAGE = 30


class InboxPage(LoginRequiredMixin, View):
    """What partners sent to units that this person answers for."""

    def get(self, request):
        _check_may_look(request)
        rows = queries.received(request.reach)
        form = forms.InboxForm(request.GET, rows)
        page = Paginator(form.narrowed(rows), PAGE).get_page(request.GET.get("page"))
        context = {
            "form": form,
            "page": page,
            "may_order": queries.subordinates(request.reach).exists(),
            "is_on": queries.is_on(),
        }
        return render(request, "exchange/inbox.html", context)


class DocumentPage(LoginRequiredMixin, View):
    """One document that came, and its acknowledgement."""

    def get(self, request, number):
        return self._page(request, number, forms.AcknowledgeForm())

    @once
    def post(self, request, number):
        form = forms.AcknowledgeForm(request.POST)
        if not form.is_valid():
            return self._page(request, number, form, status=422)
        inbox.acknowledge(reach=request.reach, number=number, note=form.cleaned_data["note"], now=request.now)
        messages.success(request, _("Acknowledged. It goes back to the sender with your name and post."))
        return see_other("exchange-document", number)

    def _page(self, request, number, form, status=200):
        document = queries.get_document(request.reach, number)
        may = is_allowed(permissions.check_can_answer, request.reach, document.unit_path)
        context = {
            "document": document,
            "form": form,
            "may_acknowledge": may and document.state == "new",
            "is_order": document.kind == Kind.LINKAGE_ORDER,
            # The right of the form that it fills.
            "may_record": request.reach.holds("incident.manage", document.unit_path),
            "acknowledgement": queries.acknowledgement_of(document),
        }
        return render(request, "exchange/document.html", context, status=status)


class SentPage(LoginRequiredMixin, View):
    """What went to partners, with both receipts."""

    def get(self, request):
        _check_may_look(request)
        rows = queries.sent(request.reach)
        form = forms.SentForm(request.GET, rows)
        page = Paginator(form.narrowed(rows), PAGE).get_page(request.GET.get("page"))
        context = {"form": form, "page": page, "may_order": queries.subordinates(request.reach).exists()}
        return render(request, "exchange/sent.html", context)


class SentDocumentPage(LoginRequiredMixin, View):
    """One document that went: how far it is, and what can be done where it does not get through."""

    def get(self, request, pk):
        return self._page(request, pk, forms.SettleForm())

    @once
    def post(self, request, pk):
        about = {"reach": request.reach, "pk": pk, "now": request.now}
        if request.POST.get("act") == "again":
            outgoing.send_again(**about)
            messages.success(request, _("It is sent again."))
            return see_other("exchange-sent-document", pk)
        form = forms.SettleForm(request.POST)
        if not form.is_valid() or not _is_taken(form, lambda: outgoing.settle(**about, **form.cleaned_data)):
            return self._page(request, pk, form, status=422)
        messages.success(request, _("Settled. Nothing more is tried."))
        return see_other("exchange-sent-document", pk)

    def _page(self, request, pk, form, status=200):
        row = queries.get_sent(request.reach, pk)
        may = is_allowed(permissions.check_can_answer, request.reach, row.unit_path)
        texts, due_at = documents.shown(row.body)
        context = {
            "row": row,
            "form": form,
            "texts": texts,
            "page": queries.page_of(row),
            "due_at": due_at,
            "may_settle": may and row.is_open,
        }
        return render(request, "exchange/sent_document.html", context, status=status)


class OrderPage(LoginRequiredMixin, View):
    """A new order to the level below."""

    def get(self, request):
        return self._page(request, self._form(request))

    @once
    def post(self, request):
        form = self._form(request, request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        given = {**form.cleaned_data}
        partner, made = given.pop("partner"), []

        def send():
            made.append(
                outgoing.send_order(reach=request.reach, partner_id=partner.pk, now=request.now, **given)
            )

        if not _is_taken(form, send):
            return self._page(request, form, status=422)
        messages.success(request, _("It is on its way. The receipts stand here as they come."))
        return see_other("exchange-sent-document", made[0].pk)

    def _form(self, request, data=None):
        return forms.OrderForm(data, partners=queries.subordinates(request.reach))

    def _page(self, request, form, status=200):
        if not request.reach.has("exchange.answer"):
            raise _not_yours()
        return render(request, "exchange/order.html", {"form": form}, status=status)


# --- partners and keys -----------------------------------------------------------------------------------------


class PartnersPage(LoginRequiredMixin, View):
    """Our keys, our partners, and a new one."""

    def get(self, request):
        return _partners(request, _partner_form(request))

    @once
    def post(self, request):
        form = _partner_form(request, request.POST)
        if not form.is_valid():
            return _partners(request, form, status=422)
        given = form.cleaned_data

        def propose():
            partners.propose_partner(
                reach=request.reach,
                said=documents.read_handed_over(given["handed_over"]),
                direction=given["direction"],
                unit=given["unit"],
                also_called=given["also_called"],
                now=request.now,
            )

        if not _is_taken(form, propose):
            return _partners(request, form, status=422)
        messages.success(
            request,
            _("Noted. It is used once a second person has compared the fingerprint and confirmed it."),
        )
        return see_other("exchange-partners")


def _partner_form(request, data=None):
    units = units_for(request.reach, "exchange_partner.manage")
    return forms.PartnerForm(data, request=request, units=units)


def _partners(request, form, status=200, returned=None):
    """`returned`: (key of a partner, the form that came back with what is not in order)."""
    _check_keeps_partners(request)
    unit = queries.top_unit(request.reach)
    own = list(queries.own_keys())
    rows = list(queries.partners(request.reach))
    for partner in rows:
        is_its = returned is not None and returned[0] == partner.pk
        partner.confirm_form = (
            returned[1] if is_its else forms.ConfirmForm(request=request, partner_id=partner.pk)
        )
        is_proposed = "proposed" in {partner.state, *(one.state for one in partner.keys.all())}
        partner.waits_for_second = is_proposed and partner.state in ("proposed", "active")
    text = documents.text_to_hand_over(
        uid=queries.own_uid(),
        name=unit.name if unit else "",
        address=settings.SITE_URL,
        publics=[one.public for one in own],
    )
    context = {
        "partners": rows,
        "own": own,
        "handed_over": text if own and settings.SITE_URL else "",
        "may_manage": request.reach.has("exchange_partner.manage"),
        "may_confirm": request.reach.has("exchange_partner.confirm"),
        "form": form,
        "targets": settings.EXCHANGE_TARGETS,
    }
    return render(request, "exchange/partners.html", context, status=status)


class PartnerAct(LoginRequiredMixin, View):
    """What is done with one partner by a button; a fingerprint that does not fit comes back on the page."""

    @once
    def post(self, request, pk, verb):
        partner = queries.get_partner(request.reach, pk)
        about = {"reach": request.reach, "partner_id": partner.pk, "now": request.now}
        if verb == "confirm":
            form = forms.ConfirmForm(request.POST, request=request, partner_id=partner.pk)

            def confirm():
                partners.confirm_partner(typed=form.cleaned_data["typed"], **about)

            if not form.is_valid() or not _is_taken(form, confirm):
                return _partners(request, _partner_form(request), status=422, returned=(partner.pk, form))
        elif verb == "propose-again":
            partners.propose_again(**about)
        elif verb in _WITH_REASON:
            _WITH_REASON[verb](reason=request.POST.get("reason", ""), **about)
        else:
            raise Http404
        messages.success(request, _DONE[verb])
        return see_other("exchange-partners")


_WITH_REASON = {"suspend": partners.suspend_partner, "end": partners.end_partner}
_DONE = {
    "confirm": gettext_lazy("Confirmed. It is in use."),
    "suspend": gettext_lazy("Suspended. Nothing goes there and nothing of it is taken."),
    "propose-again": gettext_lazy("A second person can confirm it now."),
    "end": gettext_lazy("The partner has ended."),
}


class KeyAct(LoginRequiredMixin, View):
    """A key of ours is made or ended, a partner's is withdrawn."""

    @once
    def post(self, request, verb):
        _check_keeps_partners(request)
        unit = queries.top_unit(request.reach)
        key_id = int(request.POST.get("key", "")) if request.POST.get("key", "").isdecimal() else 0
        if verb == "make":
            partners.make_key(reach=request.reach, unit=unit, now=request.now)
            messages.success(
                request,
                _("A key was made. Hand the text over to each partner, and have the fingerprint compared."),
            )
        elif verb == "end":
            partners.end_key(reach=request.reach, key_id=key_id, unit=unit, now=request.now)
            messages.success(request, _("The key has ended. It signs nothing more."))
        elif verb == "withdraw":
            partners.withdraw_key(reach=request.reach, key_id=key_id, now=request.now)
            messages.success(
                request, _("The partner’s key is withdrawn. What is signed with it is not taken any more.")
            )
        else:
            raise Http404
        return see_other("exchange-partners")


def _is_taken(form, act) -> bool:
    """Carry it out; what is not in order is put at the fields it is about."""
    try:
        act()
    except Invalid as invalid:
        fitting = {name: sentences for name, sentences in invalid.fields.items() if name in form.fields}
        for name, sentences in fitting.items():
            form.add_error(name, sentences)
        if not fitting:
            form.add_error(None, str(invalid))
        return False
    return True


def _check_may_look(request) -> None:
    if not request.reach.has("exchange.view"):
        raise _not_yours()


def _not_yours() -> NotAllowed:
    return NotAllowed(
        "not_allowed",
        _(
            "The exchange cannot be opened: it is looked after by the duty room and the leaders of a unit. Phone them."
        ),
    )


def _check_keeps_partners(request) -> None:
    if not (request.reach.has("exchange_partner.manage") or request.reach.has("exchange_partner.confirm")):
        raise NotAllowed(
            "not_allowed",
            _(
                "Partners cannot be opened: they are kept by the system and the security administrator. Ask there."
            ),
        )
