from django.urls import path

from plans.rehearsal import views

urlpatterns = [
    path("plans/<code:plan_id>/<int:number>/try/", views.TryPage.as_view(), name="plan-try"),
    path("plans/<code:plan_id>/<int:number>/replay/", views.ReplayPage.as_view(), name="plan-replay"),
    path("plans/replayed/<int:pk>/", views.ReplayedPage.as_view(), name="plan-replayed"),
]
