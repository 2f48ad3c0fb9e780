"""The editor's form: its fields are the plan's own values, and its answers become steps that change the plan."""

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.editor.additions import Together
from plans.editor.changes import Change, Put, found
from plans.editor.form_layout import sections_of


class EditorForm(forms.Form):
    """Every value of the plan that can be changed. What was not touched makes no step."""

    reason = forms.CharField(
        label=_("What is changed, and why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands beside the new version for good."),
    )

    def __init__(self, *args, document: dict, needs_reason: bool = True, **kwargs):
        self.document = document
        self.layout = sections_of(document)
        self.controls = [control for section in self.layout for control in section.controls()]
        initial = {control.name: control.initial for control in self.controls}
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        for control in self.controls:
            self.fields[control.name] = control.field
        self.fields["reason"].required = needs_reason

    @property
    def sections(self) -> list[dict]:
        """The sections for the template: each block with its bound fields."""
        return [
            {
                "id": section.id,
                "title": section.title,
                "has_errors": any(self.errors.get(control.name) for control in section.controls())
                if self.is_bound
                else False,
                "blocks": [
                    {"block": block, "fields": [self[control.name] for control in block.controls]}
                    for block in section.blocks
                ],
            }
            for section in self.layout
        ]

    def changes(self) -> list[Change]:
        """The steps from the plan as it is to the plan as it was answered. The form is valid."""
        steps: list[Change] = []
        for control in self.controls:
            if isinstance(control.read, Together):
                steps += control.read.together(self.cleaned_data)
                continue
            read = control.read(self.cleaned_data.get(control.name), self.document)
            steps += read
            if read and control.figure_of is not None:
                steps += self._no_longer_from_the_source(control.figure_of)
        return [step for index, step in enumerate(steps) if step not in steps[:index]]

    def _no_longer_from_the_source(self, path) -> list[Change]:
        """A figure the bureau has changed is the bureau's: pages say so beside it, the citation stays."""
        origin = found(self.document, (*path, "origin"), "source")
        return [Put((*path, "origin"), "proposal")] if origin == "source" else []
