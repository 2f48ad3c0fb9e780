"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.reform.standing import unit_that_bore
from common.dates.date_fields import moment_field
from common.errors import Invalid
from common.web.filling import TemplateField
from common.web.needed import needed
from incidents.choices import MarkOutcome
from incidents.closing.answers import Answer
from incidents.closing.queries import Question
from incidents.reporting.fact_fields import asked_fields, first_values
from incidents.reporting.fact_parsing import choices_of, headcount_bands, language, read_facts
from incidents.reporting.templates import choices


class FactsMixin:
    """Reads the fact fields of a form together; each fault goes to its field."""

    #: form field → fact
    fact_fields: dict[str, str] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, fact in self.fact_fields.items():
            if isinstance(self.fields[name], forms.MultipleChoiceField):
                self.fields[name].choices = choices_of(fact)

    def clean(self):
        cleaned = super().clean()
        raw = {fact: cleaned.get(field) for field, fact in self.fact_fields.items() if field in cleaned}
        self.gather(raw, cleaned)
        try:
            self.facts = read_facts({name: value for name, value in raw.items() if value not in ("", None)})
        except Invalid as invalid:
            fields = {fact: field for field, fact in self.fact_fields.items()}
            for fact, sentences in invalid.fields.items():
                for sentence in sentences:
                    self.add_error(fields.get(fact), sentence)
        return cleaned

    def gather(self, raw: dict, cleaned: dict) -> None:
        """A form whose fields are not one to one with facts fills the rest here."""


def _chips(label, **more):
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **more)


class WhereField(forms.ModelChoiceField):
    """Offers the units that exist, takes one that has ended too: the page may be older than its end."""

    def to_python(self, value):
        try:
            return super().to_python(value)
        except forms.ValidationError:
            if (unit := unit_that_bore(value)) and unit.valid_to:
                return unit
            raise


class AlarmForm(FactsMixin, forms.Form):
    """The one-tap alarm: everything may stay empty; the button alone is an alarm."""

    unit = WhereField(queryset=Unit.objects.none(), to_field_name="code", label=_("Where"), empty_label=None)
    place = forms.CharField(label=_("Exact place"), max_length=120, required=False)
    headcount = forms.ChoiceField(label=_("How many people"), required=False, widget=forms.RadioSelect)
    acts = _chips(_("What is happening"))
    life_risk = _chips(_("Is a life at risk"))
    what = forms.CharField(
        label=_("In a sentence"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    fact_fields = {"headcount": "headcount", "acts": "acts", "life_risk": "life_risk"}

    def __init__(self, *args, units, document, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        if bands := headcount_bands(document):
            self.fields["headcount"].choices = bands
        else:
            # A plan without bands of headcount: a number or a range, as people type it.
            self.fields["headcount"] = forms.CharField(
                label=_("How many people"), max_length=24, required=False,
                help_text=_("A number or a range, such as 8 or 6-20."),
            )  # fmt: skip

    def add_prefix(self, field_name):
        """The names under which a device with JavaScript sends the facts: the page is the same without."""
        return f"facts.{field_name}" if field_name in self.fact_fields else field_name


class DeskForm(FactsMixin, forms.Form):
    """The duty room's entry: six fields, by keyboard."""

    unit = WhereField(queryset=Unit.objects.none(), to_field_name="code", label=_("Unit"))
    template = TemplateField(label=_("Kind of incident"))
    place = forms.CharField(label=_("Exact place"), max_length=120)
    what = forms.CharField(label=_("What is happening"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
                           help_text=_("The event, not the persons: no names, identity numbers or telephones."))  # fmt: skip
    headcount = forms.CharField(
        label=_("How many people"),
        max_length=24,
        required=False,
        help_text=_("A number or a range, such as 8 or 6-20."),
    )
    signs = _chips(_("Signs"))
    known_at = moment_field(label=_("Known at"))

    fact_fields = {"headcount": "headcount"}
    #: Facts whose choices are offered together, the gravest first.
    SIGNS = ("life_risk", "acts")

    def __init__(self, *args, units, templates=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["template"].choices = choices(templates)
        self.fields["signs"].choices = [choice for fact in self.SIGNS for choice in choices_of(fact)]

    def gather(self, raw, cleaned):
        for fact in self.SIGNS:
            raw[fact] = [sign for sign in cleaned.get("signs", []) if sign in dict(choices_of(fact))]


class ObservationForm(FactsMixin, forms.Form):
    """The present picture, to be changed where it has changed.

    Only what this person changed is stated: two people at once would otherwise undo each other's facts with
    what their pages happened to show.
    """

    what = forms.CharField(
        label=_("What do you see"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    headcount = forms.CharField(label=_("How many people now"), max_length=24, required=False)
    acts = _chips(_("What is happening"))
    life_risk = _chips(_("Is a life at risk"))
    injured = forms.IntegerField(label=_("Injured"), min_value=0, max_value=99999, required=False)
    dead = forms.IntegerField(label=_("Dead"), min_value=0, max_value=99999, required=False)
    online_views = forms.IntegerField(
        label=_("Online views, as reported"), min_value=0, max_value=9_999_999_999, required=False
    )

    fact_fields = {
        "headcount": "headcount",
        "acts": "acts",
        "life_risk": "life_risk",
        "online_views": "online_views_reported",
    }
    #: Fields that begin with the present picture.
    PICTURE = (*fact_fields, "injured", "dead")

    def __init__(self, *args, document=None, **kwargs):
        super().__init__(*args, **kwargs)
        own = {*self.fact_fields.values(), "casualties"}
        asked = asked_fields(document, besides=own) if document else {}
        self.fields.update(asked)
        self.fact_fields = {**self.fact_fields, **{name: name for name in asked}}
        self._asked = list(asked)
        for name in (*self.PICTURE, *asked):
            self.fields[name].show_hidden_initial = True

    @property
    def asked_by_plan(self):
        """The fields that stand here because the incident's plan asks for these facts."""
        return [self[name] for name in self._asked]

    def gather(self, raw, cleaned):
        for name, fact in self.fact_fields.items():
            if name not in self.changed_data:
                raw.pop(fact, None)
        if {"injured", "dead"}.isdisjoint(self.changed_data):
            return
        if cleaned.get("injured") is not None or cleaned.get("dead") is not None:
            raw["casualties"] = {"injured": cleaned.get("injured"), "dead": cleaned.get("dead")}

    @staticmethod
    def picture(facts: dict) -> dict:
        """The form's first values: the present picture."""
        headcount, casualties = facts.get("headcount"), facts.get("casualties") or {}
        text = ""
        if headcount:
            low, high = headcount["low"], headcount["high"]
            text = str(low) if low == high else f"{low}-{high}"
        return {
            **first_values(facts),
            "headcount": text,
            "injured": casualties.get("injured"),
            "dead": casualties.get("dead"),
            "online_views": facts.get("online_views_reported"),
        }


class CheckForm(forms.Form):
    item = forms.CharField(max_length=20)
    outcome = forms.ChoiceField(choices=MarkOutcome.choices)
    note = forms.CharField(max_length=200, required=False)


class MergeForm(forms.Form):
    into = forms.CharField(label=_("The other incident's number"), max_length=60)


class ShareForm(forms.Form):
    unit = forms.CharField(label=_("Code of the unit"), max_length=40, required=False)
    person = forms.CharField(label=_("or username of a liaison"), max_length=150, required=False)
    reason = forms.CharField(label=_("Why"), max_length=200)

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("unit")) == bool(cleaned.get("person")):
            self.add_error("unit", _("Give either a unit or a person."))
        return cleaned


class CloseForm(forms.Form):
    """How it ended, and what became of each thing left open; one reason says why some were not needed."""

    summary = needed(
        forms.CharField(
            label=_("How did it end"),
            max_length=4000,
            required=False,
            show_hidden_initial=True,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
    )
    why = forms.CharField(label=_("Why the others were not needed"), max_length=200, required=False)

    def __init__(self, *args, questions=(), **kwargs):
        super().__init__(*args, **kwargs)
        self._questions = list(questions)
        for one in self._questions:
            # Answered before it closes; a form without it says which.
            self.fields[_answer_to(one)] = needed(
                forms.ChoiceField(
                    label=one.words.in_language(language()),
                    choices=MarkOutcome.choices,
                    widget=forms.RadioSelect,
                    required=False,
                )
            )

    def clean_summary(self):
        """The page begins with what is on record; how it ended is what somebody adds to that."""
        said = self.cleaned_data["summary"]
        if said.strip() and "summary" not in self.changed_data:
            raise forms.ValidationError(_("This is only what is on record so far: add how it ended."))
        return said

    @property
    def asked(self):
        """The fields that ask what became of something left open."""
        return [self[_answer_to(one)] for one in self._questions]

    @property
    def answers(self) -> dict[str, Answer]:
        given = {one.id: self.cleaned_data.get(_answer_to(one), "") for one in self._questions}
        why = self.cleaned_data["why"]
        return {
            name: Answer(outcome, why if outcome == MarkOutcome.NOT_NEEDED else "")
            for name, outcome in given.items()
            if outcome
        }


def _answer_to(question: Question) -> str:
    return f"answer-{question.id}"


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=200)
