from django.urls import path

from webhooks import views

urlpatterns = [
    path("account/webhooks/", views.own_webhooks, name="webhooks"),
    path("account/webhooks/area/", views.area_webhooks, name="webhooks-area"),
    path("account/webhooks/<int:webhook_id>/<slug:verb>/", views.act, name="webhook-act"),
]
