"""Is this input well formed? Appointments, delegations and accounts."""

import re
from datetime import timedelta

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import HeldAs, PostKind
from accounts.models import Unit
from accounts.queries import colleagues, units_for
from accounts.sign_in.credentials import ConfirmedForm
from common.dates.date_fields import moment_field
from common.text import codes
from common.text.codes import CodeInput

PHONE = RegexValidator(
    r"^[0-9+][0-9 ()-]{4,28}( *(转|ext\.?) *\d{1,5})?$",
    gettext_lazy("This is no telephone number. Digits, spaces and hyphens, e.g. 0500-8100000."),
)
#: One person at WeCom, DingTalk or Feishu. Never "@all", nor several with "|" between them.
CHAT_ID = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\Z",
    gettext_lazy("This is no user id. Letters, digits and . _ @ - only, e.g. zhangsan; of one person."),
)
#: More units than this are not listed below the field; the code is typed.
MOST_SUGGESTIONS = 300


class DelegateForm(ConfirmedForm):
    person = forms.ModelChoiceField(label=gettext_lazy("Who stands in"), queryset=None)
    valid_from = moment_field(label=gettext_lazy("Starts at"))
    valid_to = moment_field(label=gettext_lazy("Ends at"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args, request, post, **kwargs):
        super().__init__(*args, request=request, **kwargs)
        self.fields["person"].queryset = colleagues(post, request.now).exclude(pk=request.user.pk)
        self.fields["person"].label_from_instance = lambda person: f"{person} ({person.username})"
        start = localtime(request.now).replace(second=0, microsecond=0)
        self.fields["valid_from"].initial = start
        self.fields["valid_to"].initial = start + timedelta(days=1)

    def clean_valid_to(self):
        return _after_start(self, "valid_to")

    def terms(self) -> dict:
        names = ("person", "valid_from", "valid_to", "reason")
        return {name: self.cleaned_data[name] for name in names}


class AppointForm(ConfirmedForm):
    """Which post, held how, from when to when. A post that is not there yet is made.

    `may_be_empty`: with no unit given, nothing is asked for at all but who is sitting there.
    """

    unit = forms.CharField(label=gettext_lazy("Unit code"), max_length=40)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of post"), choices=[("", "—"), *PostKind.choices])
    squad = CodeInput(
        "squad", label=gettext_lazy("Squad"), required=False, max_length=40,
        help_text=gettext_lazy("For squad posts: the squad's name in the response plan, e.g. dialogue."),
    )  # fmt: skip
    title = forms.CharField(
        label=gettext_lazy("Title of the post"), required=False, max_length=60,
        help_text=gettext_lazy("Only if the unit has several posts of this kind, or none yet."),
    )  # fmt: skip
    held_as = forms.ChoiceField(
        label=gettext_lazy("Holds it as"), choices=HeldAs, initial=HeldAs.HOLDER, widget=forms.RadioSelect
    )
    valid_from = moment_field(
        label=gettext_lazy("Starts at"), required=False, help_text=gettext_lazy("Empty: from now on.")
    )
    valid_to = moment_field(
        label=gettext_lazy("Ends at"), required=False,
        help_text=gettext_lazy("Empty: until ended. A delegation needs an end."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(self, *args, request, may_be_empty=False, **kwargs):
        super().__init__(*args, request=request, **kwargs)
        self.fields["unit"].widget.attrs |= {"list": "units", "autocomplete": "off"}
        self.is_empty = may_be_empty and self.is_bound and not self.data.get("unit", "").strip()
        if may_be_empty:
            self.fields["unit"].required = False
        if self.is_empty:
            self.fields["kind"].required = self.fields["held_as"].required = False

    def suggestions(self):
        """Units to offer below the field, where they are few enough to look through."""
        units = list(units_for(self.request.reach, "people.manage")[: MOST_SUGGESTIONS + 1])
        return units if len(units) <= MOST_SUGGESTIONS else []

    def clean_unit(self):
        if self.is_empty:
            return None
        unit = Unit.objects.filter(
            self.request.reach.filter("people.manage", field="path"),
            code=self.cleaned_data["unit"], valid_to__isnull=True,
        ).first()  # fmt: skip
        if unit is None:
            raise forms.ValidationError(_("There is no such unit among yours. Check the code."))
        return unit

    def clean_valid_to(self):
        return _after_start(self, "valid_to")

    def clean(self):
        if not self.is_empty:
            self._check_terms(self.cleaned_data)
        return super().clean()

    def _check_terms(self, cleaned):
        if cleaned.get("held_as") == HeldAs.DELEGATE:
            for name in ("valid_to", "reason"):
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, _("A delegation needs an end and a reason."))
        if cleaned.get("kind") == PostKind.SQUAD and not cleaned.get("squad") and "squad" not in self.errors:
            self.add_error("squad", _("Name the squad this post belongs to."))
        if cleaned.get("kind") != PostKind.SQUAD and cleaned.get("squad"):
            self.add_error("squad", _("Only squad posts name a squad. Leave it empty."))

    def post_terms(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("unit", "kind", "squad", "title")}

    def terms(self) -> dict:
        names = ("held_as", "valid_from", "valid_to", "reason")
        return {name: self.cleaned_data[name] for name in names}


def _after_start(form, name):
    """Refuse an end that is not after the start (of the form, or now)."""
    end = form.cleaned_data[name]
    start = form.cleaned_data.get("valid_from") or form.request.now
    if end and end <= max(start, form.request.now):
        raise forms.ValidationError(_("The end must lie after the start and in the future."))
    return end


class DetailsForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Full name"), max_length=40)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=30, required=False, validators=[PHONE],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("For notices by e-mail, where a plan uses them."),
    )  # fmt: skip
    chat_id = forms.CharField(
        label=gettext_lazy("User id for chat messages"), max_length=64, required=False, validators=[CHAT_ID],
        help_text=gettext_lazy("As the administrator of WeCom, DingTalk or Feishu reads it on the person there."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not settings.NOTICE_CHAT_PROVIDER:
            del self.fields["chat_id"]


class ProfileForm(DetailsForm):
    """The details of somebody who has an account, with what they are by profession."""

    skills = forms.CharField(
        label=gettext_lazy("Skills"), max_length=200, required=False,
        help_text=gettext_lazy("As response plans name them for their squads, e.g. lawyer, notary; spaces between."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    def clean_skills(self) -> list[str]:
        found = [
            codes.squad(word) for word in re.split(r"[\s,，、;；]+", self.cleaned_data["skills"]) if word
        ]
        if wrong := [word for word in found if not codes.fits("squad", word) or len(word) > 40]:
            raise forms.ValidationError(
                _("“%(word)s” is no skill as plans name them: letters a–z, digits and . - _ only.")
                % {"word": wrong[0]}
            )
        return list(dict.fromkeys(found))


class OpenForm(DetailsForm):
    username = CodeInput(
        "username", label=gettext_lazy("Username"), max_length=60,
        help_text=gettext_lazy("Letters, digits and . - _ ; one per person, never shared."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    field_order = ["username", "name", "phone", "email", "chat_id"]


class ReasonForm(ConfirmedForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False,
        choices=[("", gettext_lazy("All")), ("active", gettext_lazy("account in use")), ("disabled", gettext_lazy("account disabled"))],
    )  # fmt: skip
