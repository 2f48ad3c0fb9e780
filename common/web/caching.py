"""What the product says is kept by no cache and no browser, unless an answer says otherwise of itself: the next person
at a shared PC must not find it with the back button after somebody signed out."""


class KeptNowhereMiddleware:
    """Below whoever serves static files: these have a name for each content and are kept for a year."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
