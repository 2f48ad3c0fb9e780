"""What every page shows around its content."""

from functools import partial

from django.conf import settings

from accounts.models import in_reader_language
from dashboards.boards.boards import menu_of
from dashboards.boards.figures import clerk_glance
from dashboards.help.first_visit import first_steps
from dashboards.help.texts import subject_by_page


def page(request):
    context = {
        "site_name": settings.SITE_NAME,
        "network_notice": settings.NETWORK_NOTICE,
        "demo": settings.DEMO,
    }
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and hasattr(request, "reach"):
        post = next(iter(request.reach.posts), None)
        menu = menu_of(request.reach, request.path)
        context["navigation"] = menu.main
        context["more"] = menu.more
        context["bar"] = menu.bar
        context["person_post"] = in_reader_language(post.title, post.title_en) if post else ""
        context["bureau"] = in_reader_language(post.unit_name, post.unit_name_en) if post else ""
        # Nothing is read for it: what is opened came with the posts.
        context["emergencies"] = request.reach.opened
        context["help_subject"] = _help_of(request)
        # Asked by the one page that shows it, which stands below this room.
        context["clerk_glance"] = partial(clerk_glance, request.reach, getattr(request, "now", None))
        context["first_visit"] = first_steps(request.reach, request.path)
    return context


def _help_of(request):
    """The subject of this page; None where no address was found."""
    found = getattr(request, "resolver_match", None)
    return subject_by_page().get(found.view_name) if found else None
