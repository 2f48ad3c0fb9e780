"""Is this question well formed?"""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.queries import units_for
from accounts.scope import Reach
from common.dates.date_fields import moment_field
from duty.callout_preview.choices import LIFE_RISK
from plans.engine.evaluation import levels_of


class AskForm(forms.Form):
    """Place, level, moment. The levels are those of the plan that holds at the place."""

    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(), to_field_name="code", label=_("Where"), empty_label=None
    )
    level = forms.ChoiceField(label=_("Level"))
    at = moment_field(label=_("Moment"))

    def __init__(self, *args, reach: Reach, document, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_for(reach, "readiness.view").filter(valid_to__isnull=True)
        language = get_language()
        self.fields["level"].choices = [
            *((level.id, level.words.in_language(language)) for level in levels_of(document)),
            (LIFE_RISK, _("An alarm with a life at risk, before any level")),
        ]
