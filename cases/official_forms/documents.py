"""An official form as a paper."""

from django.utils.translation import gettext as _

from cases.official_forms.models import OfficialForm
from common.dates.local_time import day_of
from common.documents.official_documents import Fields, Paper


def form_paper(form: OfficialForm) -> Paper:
    """The form as filled in; a draft says that it is one."""
    notes = [] if form.sent_at else [_("Draft: not sent.")]
    if form.matter:
        notes.append(
            _("About matter %(number)s of %(unit)s.")
            % {"number": form.matter.number, "unit": form.matter.unit}
        )
    return Paper(
        issuer=str(form.unit),
        number=form.number,
        title=str(form.get_kind_display()),
        body=(Fields(((_("Day"), str(form.day)), *form.rows)),),
        signed=str(form.unit),
        dated=day_of(form.sent_at) if form.sent_at else None,
        notes=tuple(notes),
    )
