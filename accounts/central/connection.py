"""Asking the provider: a few seconds and a few kilobytes, however it behaves; how many at once says `turns`."""

import time

import requests
from django.conf import settings

#: Seconds until it is connected, and between two pieces of its answer.
TIMEOUT = (3, 5)
#: Seconds for one whole answer.
LONGEST = 8
#: Bytes of one whole answer; key sets and configurations have a few thousand.
LARGEST = 512 * 1024


class Session(requests.Session):
    """As requests', with an end to everything."""

    def __init__(self):
        super().__init__()
        self.max_redirects = 3
        if settings.OIDC_CA_FILE:
            self.verify = settings.OIDC_CA_FILE

    def request(self, method, url, **more):
        began = time.monotonic()
        response = super().request(method, url, **{**more, "stream": True, "timeout": TIMEOUT})
        content = bytearray()
        for piece in response.iter_content(16 * 1024):
            content += piece
            if len(content) > LARGEST or time.monotonic() - began > LONGEST:
                response.close()
                raise requests.Timeout("the answer is too long or takes too long", response=response)
        response._content = bytes(content)
        return response
