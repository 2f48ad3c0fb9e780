"""Which form of an answer the caller takes."""

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation


class OneForm(DefaultContentNegotiation):
    """For an address with one answer, which is no JSON: whoever asks for just that is not refused; a refusal is JSON.

    A client made from the description asks for what stands there, and nothing else.
    """

    def select_renderer(self, request, renderers, format_suffix=None):
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            return renderers[0], renderers[0].media_type
