from django.urls import path

from early_warnings import api

urlpatterns = [
    path("early-warnings/", api.Warnings.as_view(), name="early-warnings"),
    path("early-warnings/<code:number>/", api.OneWarning.as_view(), name="early-warning"),
    path("early-warnings/<code:number>/sign/", api.Sign.as_view(), name="early-warning-sign"),
    path("early-warnings/<code:number>/return/", api.Return.as_view(), name="early-warning-return"),
    path("early-warnings/<code:number>/revise/", api.Revise.as_view(), name="early-warning-revise"),
    path("early-warnings/<code:number>/propose/", api.Propose.as_view(), name="early-warning-propose"),
    path("early-warnings/<code:number>/withdraw/", api.Withdraw.as_view(), name="early-warning-withdraw"),
    path("early-warnings/<code:number>/adjust/", api.Adjust.as_view(), name="early-warning-adjust"),
    path("early-warnings/<code:number>/lift/", api.Lift.as_view(), name="early-warning-lift"),
    path("early-warnings/<code:number>/cap/", api.Cap.as_view(), name="early-warning-cap"),
]
