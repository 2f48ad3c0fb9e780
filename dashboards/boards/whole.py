"""The whole of what a board cuts, in the board's order, page by page."""

from django.core.paginator import Paginator

from clocks.queries import due_soon
from command.orders import queries as order_queries
from dashboards.boards.views import CLOCK_KINDS, Board, with_numbers


class WholeList(Board):
    """Subclasses name their part; its context pages through the rows."""

    PAGE = 50

    def page_of(self, rows):
        return Paginator(rows, self.PAGE).get_page(self.request.GET.get("page"))


class OrdersPage(WholeList):
    """All orders under way that this person may see."""

    template_name = "dashboards/whole/orders.html"
    parts = {"orders": ("dashboards/whole/_orders.html", "page_context_of_orders")}

    def page_context_of_orders(self):
        page = self.page_of(order_queries.live_orders(self.request.reach))
        cards = order_queries.cards(self.request.reach, page.object_list)
        return {"page": page, "order_cards": cards, "total": page.paginator.count, "now": self.request.now}


class ClocksPage(WholeList):
    """All time limits that end within the hour or are over."""

    template_name = "dashboards/whole/clocks.html"
    parts = {"clocks": ("dashboards/whole/_clocks.html", "page_context_of_clocks")}
    shared = {"clocks": CLOCK_KINDS}

    def page_context_of_clocks(self):
        page = self.page_of(due_soon(self.request.reach, self.request.now))
        clocks = with_numbers(list(page.object_list))
        return {"page": page, "clocks": clocks, "total": page.paginator.count, "now": self.request.now}
