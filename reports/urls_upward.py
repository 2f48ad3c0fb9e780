"""Addresses of what goes upward: roll-ups, matters, official forms, pictures."""

from django.urls import path

from reports.demands.views import DemandAct
from reports.matters import views as matters
from reports.official import views as official
from reports.pictures import views as pictures
from reports.rollup import views as rollup

urlpatterns = [
    path("reports/roll-up/", rollup.RollUpStart.as_view(), name="roll-up-start"),
    path("reports/roll-up/<code:unit>/<code:period>/", rollup.RollUpPage.as_view(), name="roll-up"),
    path(
        "reports/roll-up/<code:unit>/<code:period>/return/",
        rollup.ReturnDown.as_view(),
        name="roll-up-return",
    ),
    path(
        "reports/roll-up/<code:unit>/<code:period>/paper.<slug:kind>",
        rollup.RollUpPaper.as_view(),
        name="roll-up-paper",
    ),
    path("reports/volume/<code:unit>/<int:year>/", rollup.Volume.as_view(), name="volume"),
    path(
        "reports/volume/<code:unit>/<int:year>/volume.<slug:kind>",
        rollup.Volume.as_view(),
        name="volume-paper",
    ),
    path("reports/matters/", matters.MatterList.as_view(), name="matters"),
    path("reports/matters/register/", matters.Register.as_view(), name="matter-register"),
    path("reports/matters/<code:number>/", matters.MatterPage.as_view(), name="matter"),
    path("reports/matters/<code:number>/demand/<slug:verb>/", DemandAct.as_view(), name="demand-act"),
    path("reports/matters/<code:number>/<slug:verb>/", matters.Act.as_view(), name="matter-act"),
    path("reports/forms/", official.FormList.as_view(), name="official-forms"),
    path("reports/forms/begin/", official.Begin.as_view(), name="official-form-begin"),
    path("reports/forms/<code:number>/", official.FormPage.as_view(), name="official-form"),
    path(
        "reports/forms/<code:number>/paper.<slug:kind>",
        official.FormPaper.as_view(),
        name="official-form-paper",
    ),
    path("reports/zeros/", pictures.CredibilityPage.as_view(), name="reports-credibility"),
    path("reports/agreement/", pictures.AgreementPage.as_view(), name="reports-agreement"),
]
