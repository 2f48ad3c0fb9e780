"""A redirect that answers our form script, told instead of followed.

`fetch` follows a redirect by itself and shows its page to nobody, and messages shown once would be lost
with it. So such an answer becomes 204 with the address in `X-Location`, and the script goes there.
"""

from django.http import HttpResponse


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
