from django.urls import path

from notices import views

urlpatterns = [
    path("notices/<int:pk>/acknowledge/", views.AcknowledgeView.as_view(), name="notice-acknowledge"),
]
