"""The page of rights: who may what, for the auditor and the security administrator. Read from the table that decides."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.choices import PostKind
from accounts.verbs import SCREEN, VERBS
from common.dates.local_time import LOCAL, day_of
from common.documents.workbooks import Sheet, respond
from common.errors import NotAllowed
from dashboards.rights.words import BESIDE, SUBJECTS

#: In the order of the table's columns: whose rights there are.
HOLDERS = {**dict(PostKind.choices), SCREEN: gettext_lazy("Wall screen")}


class PermissionsPage(LoginRequiredMixin, View):
    """By act and by post; `format=xlsx`: the same as one table to be ticked off."""

    def get(self, request):
        if not (request.reach.has("journal.audit") or request.reach.has("people.manage")):
            raise NotAllowed(
                "not_your_board",
                _("This board was not opened: it belongs to another post. Go to your start page."),
            )
        if request.GET.get("format") == "xlsx":
            return respond(_sheet(request.now), name=f"{_('Rights')}-{day_of(request.now)}")
        context = {"subjects": by_act(), "holders": by_holder(), "beside": BESIDE, "now": request.now}
        return render(request, "dashboards/permissions.html", context)


def by_act() -> list[tuple]:
    """(title, (what it lets somebody do, verb, who carries it)) of each subject."""
    return [
        (subject.title, [(words, verb, _who(verb)) for verb, words in subject.acts.items()])
        for subject in SUBJECTS
    ]


def by_holder() -> list[tuple]:
    """(post, what it may) of each kind of post."""
    return [
        (
            label,
            [words for subject in SUBJECTS for verb, words in subject.acts.items() if kind in VERBS[verb]],
        )
        for kind, label in HOLDERS.items()
    ]


def _who(verb: str) -> list:
    return [label for kind, label in HOLDERS.items() if kind in VERBS[verb]]


def _sheet(now) -> Sheet:
    rows = [
        [subject.title, words, verb, *("●" if kind in VERBS[verb] else "" for kind in HOLDERS)]
        for subject in SUBJECTS
        for verb, words in subject.acts.items()
    ]
    made = _("As of %(at)s. Each post carries its rights over its unit and everything below it.")
    return Sheet(
        _("Rights"),
        [_("Subject"), _("Act"), _("Right"), *HOLDERS.values()],
        rows,
        [24, 44, 22],
        [made % {"at": f"{now.astimezone(LOCAL):%Y-%m-%d %H:%M}"}, *map(str, BESIDE)],
    )
