"""The texts of help: all of them on one page, and each on its own, where a link leads without script."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.views import View

from dashboards.boards import boards_of
from dashboards.help.texts import get_subject, subjects


class HelpIndex(LoginRequiredMixin, View):
    """What belongs to the reader's own menu comes first."""

    def get(self, request):
        own = [board.address for board in boards_of(request.reach)]
        mine = [one for one in subjects().values() if one.boards.intersection(own)]
        mine.sort(key=lambda one: min(own.index(address) for address in one.boards.intersection(own)))
        others = [one for one in subjects().values() if not one.boards.intersection(own)]
        return render(request, "dashboards/help/all.html", {"mine": mine, "others": others})


class HelpSubject(LoginRequiredMixin, View):
    def get(self, request, slug):
        return render(request, "dashboards/help/one.html", {"subject": get_subject(slug)})
