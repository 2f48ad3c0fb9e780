from django.urls import path

from early_warnings import api

urlpatterns = [
    path("early-warnings/", api.Warnings.as_view(), name="early-warnings"),
    path("early-warnings/<str:number>/", api.OneWarning.as_view(), name="early-warning"),
    path("early-warnings/<str:number>/sign/", api.Sign.as_view(), name="early-warning-sign"),
    path("early-warnings/<str:number>/return/", api.Return.as_view(), name="early-warning-return"),
    path("early-warnings/<str:number>/revise/", api.Revise.as_view(), name="early-warning-revise"),
    path("early-warnings/<str:number>/propose/", api.Propose.as_view(), name="early-warning-propose"),
    path("early-warnings/<str:number>/withdraw/", api.Withdraw.as_view(), name="early-warning-withdraw"),
    path("early-warnings/<str:number>/adjust/", api.Adjust.as_view(), name="early-warning-adjust"),
    path("early-warnings/<str:number>/lift/", api.Lift.as_view(), name="early-warning-lift"),
    path("early-warnings/<str:number>/cap/", api.Cap.as_view(), name="early-warning-cap"),
]
