from django.urls import path

from cases.demands.views import DemandAct
from cases.matters import views as matters
from cases.official_forms import views as official_forms
from cases.reconciliation import views as reconciliation

urlpatterns = [
    path("reports/matters/", matters.MatterList.as_view(), name="matters"),
    path("reports/matters/register/", matters.Register.as_view(), name="matter-register"),
    path("reports/matters/<code:number>/", matters.MatterPage.as_view(), name="matter"),
    path("reports/matters/<code:number>/demand/<slug:verb>/", DemandAct.as_view(), name="demand-act"),
    path("reports/matters/<code:number>/<slug:verb>/", matters.Act.as_view(), name="matter-act"),
    path("reports/forms/", official_forms.FormList.as_view(), name="official-forms"),
    path("reports/forms/begin/", official_forms.Begin.as_view(), name="official-form-begin"),
    path("reports/forms/<code:number>/", official_forms.FormPage.as_view(), name="official-form"),
    path(
        "reports/forms/<code:number>/paper.<slug:kind>",
        official_forms.FormPaper.as_view(),
        name="official-form-paper",
    ),
    path("reports/agreement/", reconciliation.AgreementPage.as_view(), name="reports-agreement"),
]
