"""The page behind a link, without signing in."""

from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.sign_in import throttles
from accounts.sign_in.devices import address_of
from common.errors import NotFound, Refused

#: Secrets that were never given out, per address within five minutes; genuine ones are not counted.
FORGED_PER_ADDRESS = 20


class TooManyTries(Refused):
    status = 429


# The secret is the right to act, and nobody else's page can know it: a token against forged forms, which needs a cookie,
# would only keep out browsers inside messengers.
@method_decorator(csrf_exempt, name="dispatch")
class LinkPage(View):
    """GET shows what may be done and changes nothing: messengers open links by themselves. POST does it.

    Subclasses say how a link is read, what its page is, and in `get` and `post`, which are handed the link, what it
    opens; whatever these refuse is said on the page.
    """

    http_method_names = ["get", "head", "post"]
    #: What stays undone where too many wrong links come from, and what to do.
    too_many: str

    def read(self, token: str, now):
        """The link. Raises NotFound for a secret that was never given out."""
        raise NotImplementedError

    def page(self, request, *, link=None, refused=None):
        raise NotImplementedError

    def dispatch(self, request, token):
        link = None
        try:
            link = self._read(request, token)
            response = super().dispatch(request, link)
        except Refused as refused:
            response = self.page(request, link=link, refused=refused)
            response.status_code = refused.status
        # Nobody keeps the page, and the address goes to no other site.
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    def _read(self, request, token):
        try:
            return self.read(token, request.now)
        except NotFound:
            # Looking changes nothing, not even a count: a secret cannot be guessed, and only a POST could act.
            if request.method == "POST":
                self._count_forged(request)
            raise

    def _count_forged(self, request):
        limit = throttles.Limit(f"link:{address_of(request)}", FORGED_PER_ADDRESS)
        try:
            throttles.begin([limit], now=request.now).wrong()
        except throttles.TooMany:
            raise TooManyTries("too_many", str(self.too_many)) from None
