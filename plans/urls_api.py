from django.urls import include, path

from plans.lifecycle import api

urlpatterns = [
    path("", include("plans.versions.urls_api")),
    path("plans/", api.Plans.as_view(), name="plans"),
    path("plans/<code:plan_id>/", api.OnePlan.as_view(), name="plan"),
    path("plans/<code:plan_id>/evaluate/", api.Evaluate.as_view(), name="plan-evaluate"),
]
