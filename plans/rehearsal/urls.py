from django.urls import path

from plans.rehearsal import views

urlpatterns = [
    path("plans/<str:plan_id>/<int:number>/try/", views.TryPage.as_view(), name="plan-try"),
]
