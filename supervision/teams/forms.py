"""Is this input well formed?"""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy
from rest_framework import serializers

from accounts.models import Unit
from accounts.naming import Names
from common.api.serializers import StrictSerializer
from supervision.teams.actions import Makeup
from supervision.teams.choices import TeamState
from supervision.teams.queries import TeamCard

MOST_PEOPLE = 50
MOST_AREAS = 600


class TeamForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the team"), max_length=60)
    leader = forms.ChoiceField(label=gettext_lazy("Team leader"))
    members = forms.MultipleChoiceField(
        label=gettext_lazy("Others of the team"), required=False, widget=forms.CheckboxSelectMultiple
    )
    areas = forms.MultipleChoiceField(
        label=gettext_lazy("Units it looks after"),
        help_text=gettext_lazy("Each with everything below it; hold Ctrl to choose several."),
        widget=forms.SelectMultiple(attrs={"size": 10}),
    )

    def __init__(self, *args, people, areas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["leader"].choices = [("", "–"), *people]
        self.fields["members"].choices = people
        self.fields["areas"].choices = areas


class BureauForm(forms.Form):
    """For which bureau a team is set up; asked only of who may do so for several."""

    unit = forms.ChoiceField(label=gettext_lazy("Bureau"))

    def __init__(self, *args, bureaus, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(unit.code, str(unit)) for unit in bureaus]


class TeamSearchForm(forms.Form):
    show = forms.ChoiceField(
        label=pgettext_lazy("supervision teams", "Show"),
        choices=[*TeamState.choices, ("all", gettext_lazy("All"))],
        required=False,
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False)


class TeamSerializer(StrictSerializer):
    """`leader` and `members` by username, `areas` by code of unit. Given whole: what is left out is not of the team."""

    name = serializers.CharField(max_length=60)
    leader = serializers.CharField(max_length=60)
    members = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=MOST_PEOPLE, required=False, default=list
    )
    areas = serializers.ListField(child=serializers.CharField(max_length=20), max_length=MOST_AREAS)


class NewTeamSerializer(TeamSerializer):
    """The same for the bureau `unit`."""

    unit = serializers.CharField(max_length=20)


def makeup_of(given: dict, bureau: Unit, now: datetime) -> Makeup:
    """Names and codes as people and units of the bureau (three queries). Raises Invalid naming those there are not."""
    there = Names.under(bureau)
    leader, *members = there.people([given["leader"], *given["members"]], "members", now)
    return Makeup(given["name"], leader, members, there.units(given["areas"], "areas"))


def detail(card: TeamCard) -> dict:
    team = card.team
    return {
        "id": team.pk,
        "name": team.name,
        "unit": team.unit.code,
        "state": team.state,
        "leader": card.leader.username if card.leader else None,
        "members": [one.username for one in card.others],
        "areas": [unit.code for unit in card.areas],
        "month": {
            "visits": card.month.visits,
            "least_visits": card.month.month.least_visits,
            "least_villages": card.month.month.least_villages,
            "due_at": card.month.month.due_at,
            "met_at": card.month.month.met_at,
        }
        if card.month
        else None,
        "set_up_at": team.set_up_at,
        "ended_at": team.ended_at,
        "may_change": card.may_change and team.ended_at is None,
        "rev": team.rev,
    }
