"""An official form, filled in and sent once; what was sent stays as it was."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.official_forms.choices import FOUND, FormKind, FormState, fields_of
from common.database.paths import PathField
from journal.keys import key
from zero_reports.filing.classes import class_label, in_order


class OfficialFormQuerySet(models.QuerySet):
    def visible_to(self, reach):
        return self.filter(reach.filter("report.view"), reach.open_rows(matter="matter_id"))


class OfficialForm(models.Model):
    number = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=2, choices=FormKind)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="official_forms")
    unit_path = PathField()
    matter = models.ForeignKey(
        "cases.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="forms"
    )
    #: The day it is about: the month's first day for F1, else the day it was begun or the visit took place.
    day = models.DateField()
    #: Field name → what was entered; which fields there are says `choices.fields_of`.
    fields = models.JSONField(default=dict)
    state = models.CharField(max_length=6, choices=FormState, default=FormState.DRAFT)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    post = models.CharField(max_length=120, blank=True, default="")

    objects = OfficialFormQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "kind"],
                condition=Q(matter__isnull=False),
                name="one_form_per_matter_and_kind",
            ),
            models.UniqueConstraint(
                fields=["unit", "day"], condition=Q(kind=FormKind.F1), name="one_statistics_form_per_month"
            ),
            models.CheckConstraint(
                condition=Q(state=FormState.SENT, sent_at__isnull=False, sent_by__isnull=False)
                | Q(state=FormState.DRAFT, sent_at__isnull=True, sent_by__isnull=True),
                name="a_sent_form_has_time_and_person",
            ),
        ]
        indexes = [models.Index(fields=["unit_path", "kind", "-day"])]

    def __str__(self):
        return self.number

    @property
    def key(self) -> str:
        return key("form", self.pk)

    @property
    def subject(self) -> str:
        """What the form's clock runs for: the matter it is about, else the form itself."""
        return self.matter.key if self.matter else self.key

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Label and what was entered, in the form's order and the reader's language."""
        return self._major + [
            (str(field.label), _in_words(field, self.fields.get(field.name, "")))
            for field in fields_of(self.kind, self.classes)
        ]

    @property
    def _major(self) -> list[tuple[str, str]]:
        """As which kinds of major situation its matter was taken (三 1)."""
        if self.kind not in (FormKind.F2, FormKind.F4) or not self.matter or not self.matter.major_kinds:
            return []
        language = get_language()
        words = [one.in_language(language) for one in self.matter.major_words]
        return [(_("Kind of major situation"), "；".join(words))]

    @property
    def classes(self) -> dict[str, str]:
        """The classes of which this form holds a number, with their words."""
        held = [name.removeprefix(FOUND) for name in self.fields if name.startswith(FOUND)]
        return {name: class_label(name) for name in in_order(held)}


def _in_words(field, value) -> str:
    if value in (None, "", []):
        return "–"
    if field.kind == "class":
        return class_label(value)
    if field.choices:
        words = dict(field.choices.choices)
        chosen = value if isinstance(value, list) else [value]
        return "; ".join(str(words.get(one, one)) for one in chosen)
    return str(value)
