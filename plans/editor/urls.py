from django.urls import path

from plans.editor import views

urlpatterns = [
    path("plans/<code:plan_id>/<int:number>/edit/", views.EditPage.as_view(), name="plan-edit"),
]
