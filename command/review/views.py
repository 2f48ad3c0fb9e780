"""The page of a review: key times, questions, what was learned, tasks, follow-ups; its paper; and the acts."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.utils.translation import gettext as _
from django.views import View

from command.improvements.forms import ImprovementForm
from command.improvements.permissions import check_can_set
from command.improvements.queries import owners_offered
from command.linkage.views import in_order
from command.review import actions, forms, queries, rules
from command.review.acts import act_on
from command.review.choices import ReviewVerb
from command.review.paper import respond_with
from common.errors import is_allowed
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.queries import get_incident
from journal.live.live_pages import PartsView


class ReviewPage(LoginRequiredMixin, PartsView):
    """Several write at once, each an answer: what one has written the others see without loading the page again."""

    template_name = "command/review/review.html"
    parts = {"review": ("command/review/_review.html", "review_context")}

    def prepare(self):
        self.incident = get_incident(self.request.reach, self.kwargs["number"])

    def page_context(self):
        return {"incident": self.incident, "drill": self.incident.drill}

    def review_context(self):
        incident, reach, now = self.incident, self.request.reach, self.request.now
        found = queries.of_incident(reach, incident, now)
        may_set = found.is_over and is_allowed(check_can_set, reach, incident.unit)
        return {
            "incident": incident,
            "of": found,
            "review": found.review,
            "write_form": self._form(found.review) if ReviewVerb.WRITE in found.verbs else None,
            "reason_form": forms.ReasonForm(auto_id="review-return-%s"),
            "task_form": ImprovementForm(owners=owners_offered(incident.unit, now), auto_id="task-%s")
            if may_set
            else None,
            "follow_up_form": forms.FollowUpForm(auto_id="follow-up-%s")
            if found.is_over and found.may_manage
            else None,
            "now": now,
        }

    def _form(self, review):
        initial = {"course": review.course, "good": review.good, "lessons": review.lessons}
        return forms.ReviewForm(initial=initial, auto_id="review-%s")


class _Act(LoginRequiredMixin, View):
    """One act: POST, then back to the page of the review."""

    @once
    def post(self, request, number, **about):
        incident = get_incident(request.reach, number)
        self.act(request, incident, **about)
        messages.success(request, _("Recorded"))
        return see_other("review", incident.number)


class Begin(_Act):
    def act(self, request, incident):
        actions.begin_review(incident_id=incident.pk, reach=request.reach, now=request.now)


class Answer(_Act):
    def act(self, request, incident, item):
        review = queries.get_review(request.reach, incident.number)
        given = in_order(forms.AnswerForm(request.POST))
        actions.answer_question(review_id=review.pk, reach=request.reach, item=item, now=request.now, **given)


class Act(_Act):
    def act(self, request, incident, verb):
        if verb not in rules.ON_A_REVIEW:
            raise Http404
        review = queries.get_review(request.reach, incident.number)
        form = forms.ReviewForm if verb == ReviewVerb.WRITE else forms.ReasonForm
        given = in_order(form(request.POST))
        rev = read_number(request.POST.get("rev", ""))
        act_on(review, verb, reach=request.reach, now=request.now, rev=rev, **given)


class Paper(LoginRequiredMixin, View):
    def get(self, request, number, n, kind):
        return respond_with(queries.get_review(request.reach, number, n), kind)


class PlanFollowUp(_Act):
    def act(self, request, incident):
        given = in_order(forms.FollowUpForm(request.POST))
        actions.plan_follow_up(incident_id=incident.pk, reach=request.reach, now=request.now, **given)


class FollowUpAct(LoginRequiredMixin, View):
    @once
    def post(self, request, pk, verb):
        if verb not in rules.ON_A_FOLLOW_UP:
            raise Http404
        row = queries.get_follow_up(request.reach, pk)
        given = in_order(forms.FollowUpActForm(request.POST))
        rev = read_number(request.POST.get("rev", ""))
        actions.move_follow_up(
            follow_up_id=row.pk, reach=request.reach, verb=verb, now=request.now, rev=rev, **given
        )
        messages.success(request, _("Recorded"))
        return see_other("review", row.incident.number)
