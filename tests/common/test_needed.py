"""A field that may come empty in the form and not in the act does not call itself optional."""

import pytest
from django import forms
from django.utils.translation import override

from command.destruction.forms import AssessmentForm
from command.review.forms import ReasonForm
from common.templatetags.fields import field
from incidents.reporting.forms import CloseForm


@pytest.mark.parametrize(
    ("form", "needed"),
    [
        (CloseForm, {"summary"}),
        (ReasonForm, {"reason"}),
        (AssessmentForm, {"legal_basis", "reason", "safeguards"}),
    ],
)
def test_what_the_act_asks_for_is_not_called_optional(form, needed):
    with override("en"):
        drawn = {
            bound.name: str(field(bound)) for bound in form() if isinstance(bound.field, forms.CharField)
        }

    assert {name for name, text in drawn.items() if "(optional)" not in text} == needed
