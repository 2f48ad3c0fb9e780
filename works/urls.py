from django.urls import path

from works import views

urlpatterns = [
    path("works/", views.WorksPage.as_view(), name="works"),
    path("works/begin/<slug:kind>/", views.BeginWork.as_view(), name="work-begin"),
    path("works/<int:pk>/cancel/", views.CancelWork.as_view(), name="work-cancel"),
    path("works/<int:pk>/file", views.WorkFile.as_view(), name="work-file"),
]
