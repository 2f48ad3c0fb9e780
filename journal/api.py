"""The journal over HTTP: what the live socket replays, for whoever has no socket."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from journal.numbering import head
from journal.queries import entries_after
from journal.serializers import JournalPage, JournalQuery


class JournalView(APIView):
    @extend_schema(parameters=[JournalQuery], responses=JournalPage)
    def get(self, request):
        """Entries after a number that the caller may see, in order.

        `last` is where to go on: the answer is complete up to it. The head is read first, so whoever goes on
        from `last` misses nothing that was written meanwhile and gets nothing twice.
        """
        query = JournalQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        after, limit = query.validated_data["after"], query.validated_data["limit"]
        upto = head()
        found = entries_after(after, request.reach).filter(number__lte=upto).select_related("unit")
        entries = list(found[: limit + 1])
        more = len(entries) > limit
        entries = entries[:limit]
        last = entries[-1].number if more else upto
        page = {"entries": entries, "last": last, "more": more, "reload": after > upto}
        return Response(JournalPage(page).data, headers={"Cache-Control": "no-store"})
