from django.urls import path

from works import api

urlpatterns = [
    path("works/", api.Works.as_view(), name="works"),
    path("works/<int:pk>/", api.OneWork.as_view(), name="work"),
    path("works/<int:pk>/cancel/", api.CancelWork.as_view(), name="work-cancel"),
    path("works/<int:pk>/file/", api.WorkFile.as_view(), name="work-file"),
]
