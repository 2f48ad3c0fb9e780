"""The act that calls those after all who were stood down."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.utils.translation import gettext as _
from django.views import View

from command.enough import actions
from command.enough.models import Quorum
from common.errors import not_found
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.queries import get_incident


class CallRest(LoginRequiredMixin, View):
    """Those who were stood down are called after all: POST, then back to the incident."""

    @once
    def post(self, request, number, pk):
        incident = get_incident(request.reach, number)
        if not Quorum.objects.filter(pk=pk, incident=incident).exists():
            raise not_found()
        made = actions.call_rest(quorum_id=pk, reach=request.reach, now=request.now)
        messages.success(request, _("Issued: %(orders)s orders.") % {"orders": len(made)})
        return see_other("incident", incident.number)
