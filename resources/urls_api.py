from django.urls import path

from resources.partners import api as partners

urlpatterns = [
    path("partners/", partners.Partners.as_view(), name="partners"),
    path("partners/<int:pk>/", partners.OnePartner.as_view(), name="partner"),
]
