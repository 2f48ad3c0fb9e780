from django.urls import path

from plans.versions import views

urlpatterns = [
    path("plans/<code:plan_id>/difference/", views.Difference.as_view(), name="plan-difference"),
    path("plans/<code:plan_id>/<int:number>/file/", views.FileIt.as_view(), name="plan-file"),
    path(
        "plans/<code:plan_id>/<int:number>/put-in-force/",
        views.PutInForce.as_view(),
        name="plan-put-in-force",
    ),
]
