"""Is this input well formed? A package: for each line of the plan whether it goes out, to whom, what, by when."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from command.orders.recipients import Recipient
from command.packages.queries import Ready, ReadyOrder, in_words
from command.packages.rules import SentLine
from plans.document.packages import PreparedChecklist

#: Orders that can be added to those of the plan.
ADDED = 2


class OrderRow(NamedTuple):
    """The fields of one order; `ready` is None where it is not of the plan."""

    ready: ReadyOrder | None
    keep: forms.BoundField | None
    to: forms.BoundField
    task: forms.BoundField
    minutes: forms.BoundField
    reason: forms.BoundField | None
    #: To whom it would go as the plan has it.
    recipient: Recipient | None = None

    @property
    def summary(self) -> str:
        """What goes out, by when, in a line."""
        task, minutes = self.task.value() or "", self.minutes.value()
        return (
            _("%(task)s (within %(minutes)s minutes)") % {"task": task, "minutes": minutes}
            if minutes
            else task
        )

    @property
    def is_open(self) -> bool:
        """Whether the fields are to be seen at once: something is not in order, or stands in the way."""
        fields = (self.to, self.task, self.minutes, self.reason)
        return any(field.errors for field in fields if field) or bool(self.ready and self.ready.obstacle)


class ChecklistRow(NamedTuple):
    checklist: PreparedChecklist
    keep: forms.BoundField
    reason: forms.BoundField


class PackageForm(forms.Form):
    """Fields by line: `keep-ID`, `to-ID`, `task-ID`, `minutes-ID`, `reason-ID`; the ids of added orders are numbers."""

    def __init__(self, *args, ready: Ready, recipients: Sequence[Recipient], now: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.ready, self._now = ready, now
        self._recipients = {one.target: one for one in recipients}
        choices = [("", "–"), *((one.value, one.line) for one in recipients)]
        for one in ready.orders:
            self._add_order(one.line.id, choices, one)
        for number in range(1, ADDED + 1):
            self._add_order(str(number), choices)
        for checklist in ready.checklists:
            self._add_keep(checklist.id, "", is_kept=True)

    def _add_order(self, id_: str, choices: list, ready: ReadyOrder | None = None) -> None:
        if ready:
            self._add_keep(id_, ready.obstacle, is_kept=not ready.obstacle)
        minutes = (
            round((ready.arrive_by - self._now).total_seconds() / 60) if ready and ready.arrive_by else None
        )
        self.fields[f"to-{id_}"] = forms.ChoiceField(
            label=_("To whom"), choices=choices, required=False, initial=ready.to if ready else ""
        )
        # Asked for wherever the line goes out.
        self.fields[f"to-{id_}"].is_needed = ready is not None  # type: ignore[attr-defined]
        self.fields[f"task-{id_}"] = forms.CharField(
            label=_("Task"),
            max_length=300,
            required=False,
            initial=in_words(ready.line.words) if ready else "",
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.fields[f"task-{id_}"].is_needed = ready is not None  # type: ignore[attr-defined]
        self.fields[f"minutes-{id_}"] = forms.IntegerField(
            label=_("Be there within (minutes)"),
            min_value=1,
            max_value=24 * 60,
            required=False,
            initial=minutes,
        )

    def _add_keep(self, id_: str, reason: str, *, is_kept: bool) -> None:
        self.fields[f"keep-{id_}"] = forms.BooleanField(label=_("Goes out"), required=False, initial=is_kept)
        self.fields[f"reason-{id_}"] = forms.CharField(
            label=_("If not, why"), max_length=300, required=False, initial=reason
        )

    @property
    def order_rows(self) -> list[OrderRow]:
        return [
            OrderRow(one, self[f"keep-{id_}"], self[f"to-{id_}"], self[f"task-{id_}"], self[f"minutes-{id_}"],
                     self[f"reason-{id_}"], self._recipients.get(one.target))
            for one in self.ready.orders
            for id_ in [one.line.id]
        ]  # fmt: skip

    @property
    def added_rows(self) -> list[OrderRow]:
        return [
            OrderRow(None, None, self[f"to-{n}"], self[f"task-{n}"], self[f"minutes-{n}"], None)
            for n in range(1, ADDED + 1)
        ]

    @property
    def has_added_errors(self) -> bool:
        return any(field.errors for row in self.added_rows for field in (row.to, row.task, row.minutes))

    @property
    def checklist_rows(self) -> list[ChecklistRow]:
        return [
            ChecklistRow(one, self[f"keep-{one.id}"], self[f"reason-{one.id}"])
            for one in self.ready.checklists
        ]

    def clean(self):
        given = super().clean()
        for one in (*(ready.line for ready in self.ready.orders), *self.ready.checklists):
            if not given.get(f"keep-{one.id}") and not given.get(f"reason-{one.id}", "").strip():
                self.add_error(f"reason-{one.id}", _("Say why it is left out."))
        for id_ in self._sent_ids(given):
            for name in ("to", "task"):
                if f"{name}-{id_}" not in self.errors and not given.get(f"{name}-{id_}"):
                    self.add_error(f"{name}-{id_}", _("This is missing."))
        return given

    def _sent_ids(self, given: Mapping) -> list[str]:
        kept = [one.line.id for one in self.ready.orders if given.get(f"keep-{one.line.id}")]
        added = [str(n) for n in range(1, ADDED + 1) if given.get(f"to-{n}") or given.get(f"task-{n}")]
        return [*kept, *added]

    @property
    def lines(self) -> list[SentLine]:
        """What goes out."""
        given, planned = self.cleaned_data, {one.line.id for one in self.ready.orders}
        return [
            SentLine(
                to=given[f"to-{id_}"],
                task=given[f"task-{id_}"],
                arrive_by=self._now + timedelta(minutes=minutes) if minutes else None,
                id=id_ if id_ in planned else "",
            )
            for id_ in self._sent_ids(given)
            for minutes in [given.get(f"minutes-{id_}")]
        ]

    @property
    def left_out(self) -> dict[str, str]:
        """Line or checklist → why it stays behind."""
        given = self.cleaned_data
        ids = [*(one.line.id for one in self.ready.orders), *(one.id for one in self.ready.checklists)]
        return {id_: given[f"reason-{id_}"] for id_ in ids if not given.get(f"keep-{id_}")}
