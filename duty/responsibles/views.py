"""The grid of units and what each must have; naming who answers for one; a workbook of them."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from accounts.queries import open_unit
from common.documents.workbooks import Sheet, all_of, respond
from common.errors import Refused, not_found
from common.web.idempotency import once
from common.web.redirects import see_other
from duty.responsibles import actions, forms, permissions, queries, workbook
from duty.responsibles.choices import Lack, Part, Show


class UnitGrid(LoginRequiredMixin, View):
    """`as=xlsx`: the rows of the filter; `as=pattern`: who is named, as the workbook that is handed in."""

    PAGE = 50

    def get(self, request):
        permissions.check_can_look(request.reach)
        search = forms.GridForm(request.GET)
        asked = search.cleaned_data if search.is_valid() else {}
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        units = queries.units_seen(request.reach, unit, asked.get("tier", ""))
        if asked.get("unit") and unit is None:
            units = []
        rows = queries.grid(request.reach, units, request.now, asked.get("show") or Show.ALL)
        if request.GET.get("as") == "xlsx":
            return respond(_sheet(all_of(rows)), name=_("Readiness of units"))
        if request.GET.get("as") == "pattern":
            return respond(_pattern(rows[: workbook.MOST_LINES]), name=_("Responsibles"))
        context = {
            "search": search,
            "page": Paginator(rows, self.PAGE).get_page(request.GET.get("page")),
            "headings": _headings(),
            "total": len(rows),
            "with_gaps": sum(bool(row.gaps) for row in rows),
            "may_name": request.reach.has("responsible.name"),
        }
        return render(request, "duty/responsibles/grid.html", context)


def _headings() -> list[str]:
    return [
        *(str(part.label) for part in Part),
        _("Roster today"),
        _("Telephones verified"),
        _("Plan in force"),
    ]


def _words(cell) -> str:
    if cell.lack == Lack.NONE:
        return cell.text
    return f"{cell.lack.label} {cell.text}".strip()


def _sheet(rows) -> Sheet:
    return Sheet(
        title=_("Readiness of units"),
        headings=[_("Code"), _("Unit"), *_headings(), _("Gaps")],
        rows=[
            [row.unit.code, str(row.unit), *(_words(cell) for cell in row.cells.values()), row.gaps] for row in rows
        ],
        widths=[12, 28, *[18] * 8, 8],
    )  # fmt: skip


def _pattern(rows) -> Sheet:
    named = queries.usernames([row.unit for row in rows])
    return Sheet(
        title=_("Responsibles"),
        headings=[column.label for column in workbook.COLUMNS],
        rows=[[row.unit.code, *(named.get((row.unit.pk, part), "") for part in Part.values)] for row in rows],
        widths=[14, *[22] * 5],
    )


class Naming(LoginRequiredMixin, View):
    """Who answers for one unit."""

    def get(self, request, code):
        unit = self._unit(request, code)
        named = {part: row.person.username for part, row in queries.current(unit).items()}
        return self._page(request, unit, self._form(request, unit, initial=named))

    @once
    def post(self, request, code):
        unit = self._unit(request, code)
        form = self._form(request, unit, data=request.POST)
        if not form.is_valid():
            return self._page(request, unit, form, status=422)
        try:
            named = forms.named_of(form.cleaned_data, unit, request.now)
            actions.name_responsibles(reach=request.reach, unit=unit, named=named, now=request.now)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self._page(request, unit, form, status=refused.status)
        messages.success(request, _("Named."))
        return see_other("unit-readiness")

    def _unit(self, request, code):
        unit = open_unit(code)
        if unit is None:
            raise not_found()
        permissions.check_can_view(request.reach, unit)
        permissions.check_can_name(request.reach, unit)
        return unit

    def _form(self, request, unit, **given):
        people = dict(queries.people_choices(unit, request.now))
        for row in queries.current(unit).values():
            people.setdefault(row.person.username, str(row.person))
        return forms.NamingForm(people=list(people.items()), **given)

    def _page(self, request, unit, form, status=200):
        (row,) = queries.grid(request.reach, [unit], request.now)
        return render(
            request, "duty/responsibles/naming.html", {"unit": unit, "form": form, "row": row}, status=status
        )


class ResponsiblesFile(LoginRequiredMixin, View):
    """A workbook of units and who answers for each: all of its lines or none."""

    def get(self, request):
        self._check(request)
        return self._page(request, forms.ResponsiblesFileForm())

    @once
    def post(self, request):
        self._check(request)
        form = forms.ResponsiblesFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, status=422)
        try:
            lines = workbook.read(form.cleaned_data["file"])
            changed = actions.take_in(reach=request.reach, lines=lines, now=request.now)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self._page(request, form, status=refused.status)
        messages.success(
            request,
            ngettext("%(n)s unit was changed.", "%(n)s units were changed.", changed) % {"n": changed},
        )
        return see_other("unit-readiness")

    def _check(self, request):
        permissions.check_can_look(request.reach)
        if not request.reach.has("responsible.name"):
            raise not_found()

    def _page(self, request, form, status=200):
        return render(request, "duty/responsibles/file.html", {"form": form}, status=status)
