from django.urls import path

from resources.experts import api as experts
from resources.partners import api as partners

urlpatterns = [
    path("partners/", partners.Partners.as_view(), name="partners"),
    path("partners/<int:pk>/", partners.OnePartner.as_view(), name="partner"),
    path("experts/", experts.Experts.as_view(), name="experts"),
    path("incidents/<code:number>/experts/", experts.ExpertCalls.as_view(), name="expert-calls"),
    path("incidents/<code:number>/experts/<int:pk>/", experts.OneExpertCall.as_view(), name="expert-call"),
]
