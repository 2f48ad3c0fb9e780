"""Is this input well formed? A new token."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy

from accounts.sign_in.credentials import ConfirmedForm
from accounts.tokens.scopes import READ, SUBJECTS, WRITE, every_scope, offered
from common.dates.date_fields import day_field
from common.dates.local_time import day_of

#: Offered first; a year at most.
USUAL_DAYS = 90


class TokenForm(ConfirmedForm):
    """Asks for the credential however fresh the sign-in is: what is made here is used without anybody being there."""

    is_always_asked = True

    note = forms.CharField(
        label=gettext_lazy("Which program uses it"),
        max_length=80,
        help_text=gettext_lazy("As somebody recognises it who has to decide whether to revoke it."),
    )
    until = day_field(
        label=gettext_lazy("Good until"), help_text=gettext_lazy("At most a year. The whole day counts.")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it opens"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Never more than you may yourself at that moment. A signature asks for your password or code beside it."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(scope, scope) for scope in every_scope()]
        self.fields["until"].initial = day_of(self.request.now) + timedelta(days=USUAL_DAYS)

    def rows(self) -> list[dict]:
        """For the table of the page: a subject, and a checkbox for reading and for writing where there is one."""
        boxes = {str(box.data["value"]): box for box in self["scopes"].subwidgets}
        return [
            {
                "label": SUBJECTS[subject].label,
                "name": subject,
                "boxes": [boxes.get(f"{subject}:{act}") for act in (READ, WRITE)],
            }
            for subject in offered()
        ]
