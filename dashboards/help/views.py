"""The texts of help: all of them on one page, and each on its own, where a link leads without script."""

from datetime import datetime

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect, render
from django.views import View

from accounts.models import Unit
from accounts.queries import lineage
from accounts.scope import Reach
from common.documents import official_documents
from common.errors import WrongState
from dashboards.boards.boards import boards_of
from dashboards.help import cards, handbooks
from dashboards.help.first_visit import put_away
from dashboards.help.texts import get_subject, subjects
from plans.document.life_safety import LIFE_LINES
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import plan_in_force

#: Numbers on a card: the own duty room and those above.
MOST_NUMBERS = 5


class HelpIndex(LoginRequiredMixin, View):
    """What belongs to the reader's own menu comes first."""

    def get(self, request):
        own = [board.address for board in boards_of(request.reach)]
        mine = [one for one in subjects().values() if one.boards.intersection(own)]
        mine.sort(key=lambda one: min(own.index(address) for address in one.boards.intersection(own)))
        others = [one for one in subjects().values() if not one.boards.intersection(own)]
        own_cards = cards.cards_of(request.reach)
        other_cards = [card for card in cards.cards().values() if card not in own_cards]
        context = {
            "mine": mine,
            "others": others,
            "own_cards": own_cards,
            "other_cards": other_cards,
            "handbooks": [handbooks.get_handbook(card.slug) for card in (*own_cards, *other_cards)],
        }
        return render(request, "dashboards/help/all.html", context)


class HelpSubject(LoginRequiredMixin, View):
    def get(self, request, slug):
        return render(request, "dashboards/help/one.html", {"subject": get_subject(slug)})


class HelpCard(LoginRequiredMixin, View):
    """A role's card, filled in for the reader's own unit: whoever opens another role's card sees it as their unit has
    it."""

    def get(self, request, slug):
        card = cards.get_card(slug)
        unit = _unit_for(card, request.reach)
        version = _plan_of(unit, request.now)
        context = {
            "card": card,
            "unit": unit,
            "version": version,
            "rooms": [one for one in lineage(unit) if one.phone][:MOST_NUMBERS] if unit else [],
            "life_lines": LIFE_LINES,
            "alarm_lines": cards.alarm_lines(card),
            "never_lines": cards.never_lines(),
            "windows": cards.windows(card, version.document) if version else [],
            "signs": list(cards.signs(version.document)) if version else [],
        }
        return render(request, "dashboards/help/cards/one.html", context)


class HandbookPage(LoginRequiredMixin, View):
    def get(self, request, slug):
        handbook = handbooks.get_handbook(slug)
        context = {
            "handbook": handbook,
            "title": handbooks.paper_title(handbook),
            "text": handbook.text,
            "never_lines": cards.never_lines(),
        }
        return render(request, "dashboards/help/handbooks/one.html", context)


class HandbookPaper(LoginRequiredMixin, View):
    def get(self, request, slug):
        paper = handbooks.as_paper(handbooks.get_handbook(slug))
        return official_documents.respond(paper, official_documents.PDF, name=paper.title)


def _unit_for(card: cards.Card, reach: Reach) -> Unit | None:
    """Where the reader holds such a post, else where they hold any; None for somebody who holds none today."""
    posts = sorted(reach.posts, key=lambda post: post.kind not in card.posts)
    return Unit.objects.get(pk=posts[0].unit_id) if posts else None


def _plan_of(unit: Unit | None, now: datetime) -> PlanVersion | None:
    try:
        return plan_in_force(unit, now) if unit else None
    except WrongState:
        return None


class FirstStepsDone(LoginRequiredMixin, View):
    """The three first steps of a role are put away, and not shown to this person again."""

    def post(self, request, slug):
        put_away(request.user, cards.get_card(slug))
        return redirect("home")
