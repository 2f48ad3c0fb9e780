"""After a form: a redirect to go and look, and what our form script is told instead of one.

`fetch` follows a redirect by itself and shows its page to nobody, and messages shown once would be lost
with it. So such an answer becomes 204 with the address in `X-Location`, and the script goes there.
"""

from urllib.parse import urlsplit

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect


class FormRedirectMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.headers.get("X-Form") != "1" or response.status_code not in (301, 302, 303, 307, 308):
            return response
        told = HttpResponse(status=204, headers={"X-Location": response["Location"]})
        told.cookies = response.cookies
        return told


def see_other(*args, **kwargs):
    """303: after a POST, go and look."""
    response = redirect(*args, **kwargs)
    response.status_code = 303
    return response


def back_to(request, otherwise: str) -> HttpResponseRedirect:
    """303 to the page the form stood on: only its path counts, so nobody is sent to another site."""
    page = urlsplit(request.headers.get("Referer", ""))
    own = page.netloc == request.get_host() and page.path.startswith("/")
    response = HttpResponseRedirect(page.path if own else otherwise)
    response.status_code = 303
    return response
