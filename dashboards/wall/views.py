"""The wall: the picture of a unit on a large screen, read from metres away. It reads; nothing is done there."""

from django.conf import settings
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import in_reader_language
from accounts.screens.cookies import dress
from accounts.screens.sessions import reach_of_screen, screen_of
from clocks.queries import SOON, due_until, running_by_thread
from common.database.cuts import cut
from common.errors import NotAllowed
from dashboards.boards.cards import incident_cards
from dashboards.boards.figures import reports_today, standings, tone_counts
from dashboards.boards.views import CARD_KINDS, CLOCK_KINDS, with_numbers
from dashboards.maps.layers import shown_layers
from dashboards.wall import queries
from dashboards.wall.map import wall_map
from dashboards.wall.schematic import schematic
from incidents.queries import board_of
from journal.live.live_pages import PartsView
from rosters.queries import on_duty

#: A wall turns its pages every 15 seconds: what comes later than five minutes is not on it.
MOST_CARDS = 40
MOST_CLOCKS = 24
#: As high as a tile of a few units becomes in its column.
TILE = 140

#: Where a time limit's number stands (`with_numbers`).
_NUMBERS = ("incident", "linkage", "reception", "demand", "leader_case", "matter")


class Wall(PartsView):
    """For a registered screen; and for whoever may look at it from a desk."""

    template_name = "dashboards/wall/wall.html"
    parts = {
        "figures": ("dashboards/wall/_figures.html", "figures_context"),
        "units": ("dashboards/wall/_units.html", "units_context"),
        "incidents": ("dashboards/wall/_incidents.html", "incidents_context"),
        "clocks": ("dashboards/wall/_clocks.html", "clocks_context"),
        "duty": ("dashboards/wall/_duty.html", "duty_context"),
        "reports": ("dashboards/wall/_reports.html", "reports_context"),
        "news": ("dashboards/wall/_news.html", "news_context"),
        "drill": ("dashboards/wall/_drill.html", "drill_context"),
    }
    shared = {
        "figures": "incident. warning.",
        "units": "incident. warning. unit. reform.",
        "incidents": CARD_KINDS,
        "clocks": CLOCK_KINDS,
        "duty": "duty. appointment. roster. swap. shift.",
        "reports": "zero_report. period.",
        "news": " ".join(queries.NEWS_KINDS),
        "drill": "drill. incident.",
    }

    def get(self, request, *args, **kwargs):
        self.screen = screen_of(request)
        if self.screen:
            request.reach = reach_of_screen(self.screen, request.now)
        elif not request.user.is_authenticated:
            return redirect("wall-connect")
        if self.screen and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != self.screen.language:
            return dress(redirect("wall"), self.screen)
        return super().get(request, *args, **kwargs)

    def check_may_open(self):
        if not self.request.reach.has("wall.view"):
            raise NotAllowed(
                "not_your_board",
                _("This board was not opened: it belongs to another post. Go to your start page."),
            )

    def page_context(self):
        screen = getattr(self, "screen", None)
        post = self.request.reach.posts[0]
        scale = screen.scale if screen else "m"
        return {
            "screen": screen,
            "scale": scale,
            # A map in half a column would be too small for letters of that size.
            "turns": scale == "xl" or (scale == "l" and bool(shown_layers())),
            "page_theme": screen.theme if screen else "dark",
            "bureau": in_reader_language(post.unit_name, post.unit_name_en),
            "drill": False,
        }

    def figures_context(self):
        return {"counts": tone_counts(standings(self.request.reach).values())}

    def units_context(self):
        reach = self.request.reach
        if found := wall_map(reach, self.request.now):
            return {"map": found.picture, **found._asdict()}
        return {"picture": schematic(reach, standings(reach), highest=TILE)}

    def incidents_context(self):
        board = board_of(self.request.reach, self.request.now, MOST_CARDS)
        clocks = running_by_thread([incident.key for incident in board.rows])
        return {
            "cards": incident_cards(board.rows, clocks),
            "board": board,
            "shows_text": settings.WALL_SHOWS_TEXT,
            "now": self.request.now,
        }

    def clocks_context(self):
        soon = cut(due_until, MOST_CLOCKS, self.request.reach, self.request.now + SOON)
        clocks = with_numbers(soon.rows)
        for clock in clocks:
            clock.shown_number = next(filter(None, (getattr(clock, name) for name in _NUMBERS)), "")
        return {"clocks": clocks, "soon": soon, "now": self.request.now}

    def duty_context(self):
        return {
            "on_duty": on_duty(queries.units_on_duty(self.request.reach), self.request.now),
            "now": self.request.now,
        }

    def reports_context(self):
        counts, lines = reports_today(self.request.reach, self.request.now)
        return {"counts": counts, "lines": lines, "now": self.request.now}

    def news_context(self):
        return {"news": queries.news(self.request.reach), "now": self.request.now}

    def drill_context(self):
        return {"is_drilling": queries.is_drilling(self.request.reach)}
