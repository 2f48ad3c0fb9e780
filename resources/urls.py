from django.urls import path

from resources.partners import views as partners

urlpatterns = [
    path("partners/", partners.PartnerList.as_view(), name="partners"),
    path("partners/new/", partners.NewPartner.as_view(), name="partner-new"),
    path("partners/<int:pk>/", partners.PartnerPage.as_view(), name="partner"),
    path("partners/<int:pk>/<slug:verb>/", partners.PartnerAct.as_view(), name="partner-act"),
]
