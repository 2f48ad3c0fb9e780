"""The sheet of keys: a page of its own, and what `?` opens on a desk. static/js/keys.js does them."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

#: Key → what it does; those of static/js/keys.js, and what every browser does.
KEYS = (
    ("/", _("Search")),
    ("n", _("To the next card of the list")),
    ("p", _("To the card before")),
    ("Enter", _("Open the card in focus")),
    ("a", _("Raise an alarm")),
    ("h", _("To the start page")),
    ("Esc", _("Close what is open")),
    ("i", _("Help for this page")),
    ("?", _("This sheet")),
)


class Shortcuts(LoginRequiredMixin, TemplateView):
    template_name = "dashboards/shortcuts.html"
    extra_context = {"keys": KEYS}
