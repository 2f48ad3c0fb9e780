"""From the journal's key to the thing: what it is called, and where it is."""

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.doors import not_found
from common.references import key_of
from dashboards.journal.subjects import Subject, subjects_of
from dashboards.search.shapes import SubjectShape
from journal.keys import kind_of
from journal.models import Entry


class OneSubject(APIView):
    """The thing behind a key of the journal, or behind a number, for whoever may read an entry about it."""

    @extend_schema(responses=SubjectShape)
    def get(self, request, key):
        name = key_of(key)
        about = Entry.objects.filter(Q(subject=name) | Q(thread=name))
        if not about.filter(request.reach.entry_filter()).exists():
            raise not_found()
        found = subjects_of([name]).get(name, Subject("", ""))
        said = {"key": name, "kind": kind_of(name), "label": found.label, "page": found.url, "api": found.api}
        return Response(SubjectShape(said).data)
