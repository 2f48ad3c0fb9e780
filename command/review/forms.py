"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from command.improvements.forms import detail as improvement_detail
from command.review.choices import Phase
from command.review.models import FollowUp, Review, ReviewAnswer
from command.review.queries import OfReview
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiDayField, day_field
from common.dates.local_time import day_of
from common.web.needed import needed


def _text(label, rows, hint=""):
    return forms.CharField(
        label=label,
        max_length=2000,
        required=False,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ReviewForm(forms.Form):
    """A draft may have gaps; handing in finds them."""

    use_required_attribute = False

    course = _text(_("What happened and why"), 4)
    good = _text(_("What went well"), 2)
    lessons = _text(
        _("What was learned"), 3, _("What the bureau itself will do better; nobody's name, no blame.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("course", "lessons"):
            self.fields[name].is_needed = True


class AnswerForm(forms.Form):
    answer = forms.CharField(label=pgettext_lazy("review", "Answer"), max_length=1000)


class ReasonForm(forms.Form):
    reason = needed(forms.CharField(label=_("Why"), max_length=300, required=False))


class FollowUpForm(forms.Form):
    what = forms.CharField(label=_("What is looked at again"), max_length=300)
    due_date = day_field(label=_("By when"))


class FollowUpActForm(forms.Form):
    """What any of the verbs may bring; the action says what is missing."""

    result = forms.CharField(label=_("What came of it"), max_length=500, required=False)
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)
    again_what = forms.CharField(label=_("What is looked at next"), max_length=300, required=False)
    due_date = day_field(label=_("By when"), required=False)


class ReviewActSerializer(StrictSerializer):
    """`course`, `good` and `lessons` when writing (one left out stays), `reason` when returned."""

    course = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    good = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    lessons = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ReviewAnswerSerializer(StrictSerializer):
    answer = serializers.CharField(max_length=1000)


class FollowUpSerializer(StrictSerializer):
    what = serializers.CharField(max_length=300)
    due_date = ApiDayField()


class FollowUpActSerializer(StrictSerializer):
    """`result` when done, with `again_what` and `due_date` for the next one; `reason` when dropped or moved."""

    result = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    again_what = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    due_date = ApiDayField(required=False, allow_null=True, default=None)


# --- what the API and the archive say ------------------------------------------------------------------------


def whole(found: OfReview) -> dict:
    return {
        "review": detail(found.review, found.answers) if found.review else None,
        "may": found.verbs,
        "times": [time_detail(one) for one in found.times],
        "improvements": [improvement_detail(card) for card in found.tasks],
        "follow_ups": [follow_up_detail(line.row) for line in found.follow_ups],
        "due": [{"title": one.title, "due_at": one.due_at, "cite": one.cite or None} for one in found.clocks],
    }


def detail(review: Review, answers: list[ReviewAnswer]) -> dict:
    return {
        "n": review.n,
        "state": review.state,
        "course": review.course,
        "good": review.good,
        "lessons": review.lessons,
        "answers": [answer_detail(one) for one in answers],
        "begun_at": review.begun_at,
        "handed_in_at": review.handed_in_at,
        "approved_at": review.approved_at,
        "approver": review.issuer_post or None,
        "reason": review.reason or None,
        "rev": review.rev,
    }


def answer_detail(row: ReviewAnswer) -> dict:
    return {
        "id": row.item,
        "phase": row.phase,
        "phase_title": Phase(row.phase).label,
        "question": {"zh": row.title_zh, "en": row.title_en or row.title_zh},
        "cite": row.cite or None,
        "answer": row.answer or None,
        "answered_at": row.answered_at,
    }


def time_detail(one) -> dict:
    return {
        "which": one.which,
        "title": one.which.label,
        "at": one.at,
        "minutes": one.minutes,
        "due_at": one.due_at,
        "kept": one.kept,
        "limit": one.title or None,
        "cite": one.cite or None,
    }


def follow_up_detail(row: FollowUp) -> dict:
    return {
        "id": row.pk,
        "state": row.state,
        "what": row.what,
        "due_date": day_of(row.due_at),
        "result": row.result or None,
        "ended_at": row.ended_at,
        "post": row.ended_post or None,
        "reason": row.reason or None,
        "rev": row.rev,
    }
