from django.urls import include, path

from plans.lifecycle import views

urlpatterns = [
    path("", include("plans.versions.urls")),
    path("", include("plans.editor.urls")),
    path("", include("plans.rehearsal.urls")),
    path("plans/", views.PlanList.as_view(), name="plans"),
    path("plans/check/", views.PlanCheck.as_view(), name="plan-check"),
    path("plans/<code:plan_id>/", views.PlanPage.as_view(), name="plan"),
    path("plans/<code:plan_id>/<int:number>/", views.PlanPage.as_view(), name="plan-version"),
    path("plans/<code:plan_id>/<int:number>/source/", views.PlanSource.as_view(), name="plan-source"),
]
