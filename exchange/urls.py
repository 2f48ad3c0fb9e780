from django.urls import path

from exchange import views

urlpatterns = [
    path("exchange/", views.InboxPage.as_view(), name="exchange"),
    path("exchange/in/<code:number>/", views.DocumentPage.as_view(), name="exchange-document"),
    path("exchange/sent/", views.SentPage.as_view(), name="exchange-sent"),
    path("exchange/sent/<int:pk>/", views.SentDocumentPage.as_view(), name="exchange-sent-document"),
    path("exchange/orders/new/", views.OrderPage.as_view(), name="exchange-order"),
    path("exchange/partners/", views.PartnersPage.as_view(), name="exchange-partners"),
    path("exchange/partners/<int:pk>/<slug:verb>/", views.PartnerAct.as_view(), name="exchange-partner-act"),
    path("exchange/keys/<slug:verb>/", views.KeyAct.as_view(), name="exchange-key-act"),
]
