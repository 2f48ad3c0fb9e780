"""The map: open incidents where they are, over what the operator brought in, and the list that holds all of them."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.functional import cached_property
from django.utils.translation import pgettext_lazy
from django.views import View

from accounts.screens.sessions import reach_of_screen, screen_of
from common.errors import not_found
from dashboards.boards.boards import check_has_board
from dashboards.boards.figures import standings
from dashboards.maps import layers, queries
from dashboards.maps.picture import picture_of
from dashboards.maps.projection import Frame
from dashboards.maps.systems import warning_between
from dashboards.maps.tiles import tile_of
from dashboards.wall.schematic import schematic
from journal.live.live_pages import PartsView

#: The buttons: word, icon, and what they do to the frame.
STEPS = (
    (pgettext_lazy("map", "Closer"), "zoom-in", {"closer": 1}),
    (pgettext_lazy("map", "Farther"), "zoom-out", {"closer": -1}),
    (pgettext_lazy("map", "West"), "arrow-left", {"right": -0.5}),
    (pgettext_lazy("map", "East"), "arrow-right", {"right": 0.5}),
    (pgettext_lazy("map", "North"), "arrow-up", {"down": -0.5}),
    (pgettext_lazy("map", "South"), "arrow-down", {"down": 0.5}),
)


class MapPage(LoginRequiredMixin, PartsView):
    """Without a file of the operator the units are a picture, as on the wall; the list is the same."""

    template_name = "dashboards/map/map.html"
    parts = {
        "picture": ("dashboards/map/_picture.html", "picture_context"),
        "list": ("dashboards/map/_list.html", "list_context"),
    }

    def check_may_open(self):
        check_has_board(self.request.reach, "wall.view")

    @cached_property
    def is_drill(self) -> bool:
        return self.request.GET.get("show") == "drill"

    @cached_property
    def shown(self):
        return layers.shown_layers()

    @cached_property
    def on_map(self):
        return queries.open_on_map(self.request.reach, self.request.now, drill=self.is_drill)

    def page_context(self):
        reach = self.request.reach
        return {
            "drill": self.is_drill,
            "has_drills": self.is_drill or queries.has_drills(reach),
        }

    def picture_context(self):
        reach = self.request.reach
        found = {} if self.is_drill else standings(reach)
        picture = picture_of(
            shown=self.shown,
            incidents=self.on_map.incidents,
            asked=Frame.asked(self.request.GET),
            standings=found,
            paths_by_name=queries.paths_by_name(reach, self.shown),
        )
        show = "&show=drill" if self.is_drill else ""
        return {
            "map": picture,
            "steps": [
                (word, icon, f"?{picture.frame.moved(**by).address}{show}")
                for word, icon, by in (STEPS if picture else ())
            ],
            "whole": f"?{show[1:]}",
            "picture": None if picture else schematic(reach, found),
        }

    def list_context(self):
        system = self.shown[0].crs if self.shown else None
        rows = [
            (one, warning_between(one.crs, system) if one.crs and system is not None else "")
            for one in self.on_map.incidents
        ]
        return {
            "rows": rows,
            "rest": self.on_map.rest,
            "unplaced": self.on_map.unplaced,
            "now": self.request.now,
        }


class ForReadersAndWalls(LoginRequiredMixin, View):
    """Somebody who has the map; or a screen on a wall, which is nobody: of the map it reads the pictures alone."""

    def dispatch(self, request, *args, **kwargs):
        if screen := screen_of(request):
            request.reach = reach_of_screen(screen, request.now)
            return View.dispatch(self, request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)


class Outline(ForReadersAndWalls):
    """The boundaries of one file as an image. Its address changes with the file: a browser may keep it."""

    def get(self, request, key):
        check_has_board(request.reach, "wall.view")
        layer = layers.layer_of(key)
        if layer is None or layer.outline is None:
            raise not_found()
        return kept_answer(request, key, lambda: (layer.outline.svg, "image/svg+xml"))


class TileImage(ForReadersAndWalls):
    """One tile of the operator's file."""

    def get(self, request, key, zoom, x, y):
        check_has_board(request.reach, "wall.view")
        layer = layers.layer_of(key)
        if layer is None or layer.tiles is None or not (tile := tile_of(layer.tiles, zoom, x, y)):
            raise not_found()
        return kept_answer(request, f"{key}-{zoom}-{x}-{y}", lambda: (tile.content, tile.kind))


def kept_answer(request, tag, read):
    """With an ETag, for the reader's own browser alone; `read` → (bytes, type), not called for what it has already."""
    etag = f'"{tag}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        content, kind = read()
        response = HttpResponse(content, content_type=kind)
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=86400"
    return response
