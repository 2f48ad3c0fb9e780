"""How a reader wants the screen: theme, letter size, language. Cookies, so that the first byte is right."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

YEAR = 365 * 24 * 3600
#: Form name → (cookie, allowed values). An empty value means: as the device has it.
CHOICES = {
    "theme": ("theme", {"", "light", "dark"}),
    "size": ("size", {"", "large"}),
    "language": (settings.LANGUAGE_COOKIE_NAME, {code for code, _name in settings.LANGUAGES}),
}


@require_POST
def choose(request):
    """Keep what was chosen and go back to where the reader was."""
    back = request.POST.get("next") or request.META.get("HTTP_REFERER") or "/"
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back, status=303)
    for name, (cookie, allowed) in CHOICES.items():
        value = request.POST.get(name)
        if value not in allowed:
            continue
        if value:
            response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
        else:
            response.delete_cookie(cookie, samesite="Lax")
    return response
