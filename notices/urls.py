from django.urls import path

from notices.approved import views as approved
from notices.reading import views

urlpatterns = [
    path("notices/calls/", views.CallsPage.as_view(), name="notices-calls"),
    path("notices/calls/<int:pk>/", views.CallView.as_view(), name="notices-call"),
    path("notices/templates/", approved.TemplatesPage.as_view(), name="provider-templates"),
    path(
        "notices/templates/<slug:gateway>/<slug:channel>/<str:wording>/<slug:language>/",
        approved.TemplatePage.as_view(),
        name="provider-template",
    ),
    path("notices/", views.InboxPage.as_view(), name="notices"),
    path("notices/together/", views.AcknowledgeTogetherView.as_view(), name="notices-together"),
    path("notices/calls/<int:pk>/take/", views.TakeCallView.as_view(), name="notices-call-take"),
    path("notices/seen/", views.SeenView.as_view(), name="notices-seen"),
    path("notices/<int:pk>/acknowledge/", views.AcknowledgeView.as_view(), name="notice-acknowledge"),
]
