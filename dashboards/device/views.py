"""The product on a device: manifest, service worker, the page without network, and what the device can do.

See docs/adr/0216-without-network-a-page-that-says-so.md.
"""

import json
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from accounts.push.queries import is_on
from common.templatetags.page import bureau_name
from dashboards.context import page
from dashboards.device import queries
from dashboards.device.capabilities import CAPABILITIES

HERE = Path(__file__).resolve().parent
WORKER = (HERE / "worker.js").read_text()
#: What takes its place where SERVICE_WORKER is 0: leaves the device and takes with it what was kept.
LEAVING = (HERE / "leaving_worker.js").read_text()
ICONS = (
    ("img/icon-192.png", "192x192", "any"),
    ("img/icon-512.png", "512x512", "any"),
    ("img/icon-maskable-512.png", "512x512", "maskable"),
)
#: The blue of the head (static/css/app.css, --head) and the white of the ground while the first page loads.
THEME_COLOUR, BACKGROUND_COLOUR = "#0b4a8f", "#ffffff"


@require_safe
def manifest(request):
    """What the device writes below the icon. The name is the one in the head of the page, whoever reads."""
    context = page(request)
    name = bureau_name(context["site_name"], context.get("bureau"))
    shown = {
        "name": f"{name} · {_('Incident command')}",
        "short_name": _("Incident command"),
        "lang": "zh-Hans" if get_language() == "zh-hans" else get_language(),
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME_COLOUR,
        "background_color": BACKGROUND_COLOUR,
        "icons": [
            {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for path, sizes, purpose in ICONS
        ],
    }
    answer = JsonResponse(shown, content_type="application/manifest+json")
    answer["Cache-Control"] = "private, no-cache"
    return answer


@require_safe
def worker(request):
    """The service worker, or where it is switched off the one that removes itself."""
    script = f"const KEPT = {json.dumps(kept())};\n{WORKER}" if settings.SERVICE_WORKER else LEAVING
    answer = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    # Asked for at each visit: a device is not left with a worker that was switched off yesterday.
    answer["Cache-Control"] = "no-cache"
    return answer


def kept() -> dict:
    """What a worker fetches when it is installed; whatever of it changes gives the store another name."""
    files = [static(path) for path in ("css/app.css", "js/offline.js", "img/icon.svg")]
    parts = [WORKER, render_to_string("dashboards/device/offline.html"), *files]
    release = str(getattr(staticfiles_storage, "manifest_hash", ""))
    version = sha256("\n".join([*parts, release]).encode()).hexdigest()[:12]
    return {
        "store": f"kept-{version}",
        "page": reverse("offline"),
        "files": files,
        "static": settings.STATIC_URL,
    }


@require_safe
def offline(request):
    """The one page a device keeps; the same for everybody and in both languages, since it holds nothing of anybody."""
    return render(request, "dashboards/device/offline.html")


class Check(LoginRequiredMixin, TemplateView):
    """Test what this device can do, and say whom to ask for what it lacks."""

    template_name = "dashboards/device/check.html"

    def get_context_data(self, **kwargs):
        reach, now = self.request.reach, self.request.now
        return {
            **super().get_context_data(**kwargs),
            "capabilities": CAPABILITIES,
            "administrators": queries.administrators(reach, now),
            "duty_room": queries.duty_room(reach, now),
            "switched_off": _switched_off(),
        }


def _switched_off() -> set[str]:
    """The capabilities that this installation does without."""
    worker = set() if settings.SERVICE_WORKER else {"worker"}
    return worker | (set() if settings.SERVICE_WORKER and is_on() else {"push"})
