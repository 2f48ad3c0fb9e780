from django.urls import path

from plans.versions import api

urlpatterns = [
    path("plans/<code:plan_id>/versions/", api.Versions.as_view(), name="plan-versions"),
    path("plans/<code:plan_id>/difference/", api.DifferenceBetween.as_view(), name="plan-difference"),
    path("plans/<code:plan_id>/versions/<int:number>/file/", api.FileIt.as_view(), name="plan-file"),
    path(
        "plans/<code:plan_id>/versions/<int:number>/put-in-force/",
        api.PutInForce.as_view(),
        name="plan-put-in-force",
    ),
]
