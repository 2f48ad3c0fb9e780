from django.urls import path

from notices.reading import api

urlpatterns = [
    path("notices/", api.Notices.as_view(), name="notices"),
    path("notices/<int:pk>/acknowledge/", api.Acknowledge.as_view(), name="notice-acknowledge"),
    path("gateway-events/", api.GatewayEvents.as_view(), name="gateway-events"),
    path(
        "gateway-events/<slug:provider>/<slug:token>/", api.ProviderPushes.as_view(), name="provider-pushes"
    ),
]
