"""What the desktop says of a page that nobody looks at: that something asks of its reader, and nothing that was typed.

Level, number, kind and unit alone: a locked screen is read by whoever passes. static/js/desktop.js shows it; where no
page is open, a push to the browser says the same (notices.push).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import JsonResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.scope import Reach
from common.drills import marked
from common.templatetags.levels import look_of
from early_warnings.models import EarlyWarning
from incidents.models import Incident
from journal.keys import pks_of
from notices.models import Notice
from notices.push.contents import DesktopNotice
from notices.push.rules import FRESH
from notices.reading.queries import inbox
from notices.relevance.kept_from import open_to

MOST = 10
#: Beginnings of purposes → what is asked. Everything else of an inbox can wait until somebody looks.
KINDS: dict[str, Promise] = {
    "incident.reported": gettext_lazy("New alarm"),
    "incident.graver": gettext_lazy("Graver than reported"),
    "incident.life_safety": gettext_lazy("Danger to life"),
    "warning.to_sign": gettext_lazy("A warning waits for your signature"),
    "response.to_sign": gettext_lazy("A decision on a response waits for you"),
    "upward_report.to_sign": gettext_lazy("A report upward waits for your signature"),
}
#: Tones whose notice stays until somebody answers it.
STAYING = frozenset({"red", "orange"})


def desktop_notices(reach: Reach, now: datetime) -> list[DesktopNotice]:
    """The newest first, without what this person did themselves. Three queries."""
    rows = inbox(reach.user).filter(open_to(reach), queued_at__gt=now - FRESH).order_by("-queued_at", "-pk")
    return desktop_notices_of(reach, [one for one in rows if kind_of(one)][:MOST])


def desktop_notices_of(reach: Reach, told: Sequence[Notice]) -> list[DesktopNotice]:
    """What a device says of these notices, in their order. Two queries. The caller has asked what `reach` may read."""
    incidents = _by_key(
        Incident.objects.filter(pk__in=pks_of((one.thread for one in told), "incident")).select_related(
            "unit", "plan"
        )
    )
    warnings = _by_key(
        EarlyWarning.objects.filter(pk__in=pks_of((one.subject for one in told), "warning")).select_related(
            "unit", "plan"
        )
    )
    things = [(one, warnings.get(one.subject) or incidents.get(one.thread)) for one in told]
    return [_shown(one, thing) for one, thing in things if thing and not _is_own(thing, reach)]


def kind_of(notice: Notice) -> Promise | None:
    return next((said for prefix, said in KINDS.items() if notice.purpose.startswith(prefix)), None)


def _by_key(rows: Iterable[Incident | EarlyWarning]) -> dict[str, Incident | EarlyWarning]:
    return {row.key: row for row in rows}


def _is_own(thing: Incident | EarlyWarning, reach: Reach) -> bool:
    by = thing.reported_by_id if isinstance(thing, Incident) else thing.drafted_by_id
    return by == reach.user.pk


def _shown(notice: Notice, thing: Incident | EarlyWarning) -> DesktopNotice:
    if isinstance(thing, Incident):
        level, is_proposed, page = thing.shown_level, not thing.level, "incident"
    else:
        level, is_proposed, page = thing.level, True, "warning"
    look = look_of(level, thing.plan.document)
    word = look.word if look else _("No level")
    word = _("%(level)s, proposed") % {"level": word} if look and is_proposed else word
    return DesktopNotice(
        notice.pk,
        notice.thread or notice.subject,
        marked(f"{word} {thing.number}", notice.drill),
        f"{kind_of(notice)} · {thing.unit}",
        reverse(page, args=[thing.number]),
        look is not None and look.tone in STAYING,
        notice.drill,
    )


class DesktopNotices(LoginRequiredMixin, View):
    """For static/js/desktop.js, which remembers what it has shown."""

    def get(self, request):
        found = [one._asdict() for one in desktop_notices(request.reach, request.now)]
        response = JsonResponse({"notices": found})
        response["Cache-Control"] = "no-store"
        return response
