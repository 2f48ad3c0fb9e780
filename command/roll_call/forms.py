"""Is this input well formed, and what goes back?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from command.roll_call.choices import RollCallAnswer
from common.api.serializers import StrictSerializer

MOST_MINUTES = 24 * 60


class StartForm(forms.Form):
    every = forms.IntegerField(
        label=_("Ask again every (minutes)"),
        min_value=5,
        max_value=MOST_MINUTES,
        required=False,
        help_text=_("For as long as the scene is dangerous. Empty: once."),
    )


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=RollCallAnswer)
    note = forms.CharField(max_length=200, required=False)


class StartSerializer(StrictSerializer):
    every_minutes = serializers.IntegerField(
        min_value=5, max_value=MOST_MINUTES, required=False, allow_null=True, default=None
    )


class RollCallAnswerSerializer(StrictSerializer):
    answer = serializers.ChoiceField(choices=RollCallAnswer.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


def detail(shown) -> dict:
    call = shown.roll_call
    return {
        "state": call.state,
        "round": call.round,
        "asked_at": call.asked_at,
        "due_at": call.due_at,
        "every_minutes": call.every_minutes,
        "next_at": call.next_at,
        "drill": call.drill,
        "lines": [
            {
                "id": line.pk,
                "person": line.person.username,
                "post": line.post,
                "answer": line.answer or None,
                "answered_at": line.answered_at,
                "answered_by": line.answered_by.username if line.answered_by else None,
                "by_link": line.by_link,
                "note": line.note,
            }
            for line in shown.lines
        ],
    }
