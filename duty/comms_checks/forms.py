"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates.date_fields import moment_field
from duty.comms_checks.choices import Whom
from notices.actions import usable_channels
from notices.choices import Channel


class TestForm(forms.Form):
    due_at = moment_field(label=_("When"))
    whom = forms.ChoiceField(label=_("Whom"), choices=Whom)
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=[(channel.value, channel.label) for channel in (Channel.APP, Channel.SMS, Channel.VOICE)],
        widget=forms.CheckboxSelectMultiple,
    )
    window_minutes = forms.IntegerField(label=_("Minutes to answer"), min_value=1, max_value=240)
    repeat_days = forms.IntegerField(
        label=_("Again every so many days"), min_value=0, max_value=366, help_text=_("0 = once.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        beside = [Channel(channel) for channel in usable_channels([Channel.CHAT])]
        self.fields["channels"].choices += [(channel.value, channel.label) for channel in beside]


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the text message"),
        max_length=6,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
