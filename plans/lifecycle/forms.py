"""Is a text to be checked well formed? Its content is judged by the check, not here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.document.strict_yaml import MAX_BYTES


class CheckForm(forms.Form):
    """A plan pasted, or a file; the file wins."""

    file = forms.FileField(label=_("File"), required=False, allow_empty_file=True)
    text = forms.CharField(
        label=_("or paste the text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "mono", "wrap": "off"}),
    )

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("file") and not cleaned.get("text", "").strip():
            self.add_error("text", _("Choose a file or paste the text of a plan."))
        return cleaned

    def plan_text(self) -> bytes:
        """What was handed in: of a file no more than the check needs to refuse it as too large."""
        if file := self.cleaned_data.get("file"):
            return file.read(MAX_BYTES + 1)
        return self.cleaned_data["text"].encode()
