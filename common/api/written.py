"""The description of the API as a file, written once in each language and form: it says the same to everybody."""

from functools import lru_cache

from django.http import HttpResponse
from django.utils.translation import get_language
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer


class DescriptionFile(SpectacularAPIView):
    """`/api/v1/schema/` as YAML or JSON. To write it takes half a second of a processor, so one text is kept of each."""

    def _get_schema_response(self, request) -> HttpResponse:
        renderer = request.accepted_renderer
        return HttpResponse(
            _written(type(renderer), get_language()),
            content_type=renderer.media_type + (f"; charset={renderer.charset}" if renderer.charset else ""),
            headers={
                "Content-Disposition": f'inline; filename="{self._get_filename(request, request.version)}"'
            },
        )


#: Two languages in four forms; whatever else is asked for as a language pushes out what is not asked for any more.
@lru_cache(maxsize=8)
def _written(form: type[BaseRenderer], language: str) -> bytes:
    generator = DescriptionFile.generator_class()
    return form().render(generator.get_schema(public=True), renderer_context={})
