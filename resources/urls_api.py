from django.urls import path

from resources.experts import api as experts
from resources.materials import api as materials
from resources.partners import api as partners
from resources.trainings import api as trainings

urlpatterns = [
    path("partners/", partners.Partners.as_view(), name="partners"),
    path("partners/<int:pk>/", partners.OnePartner.as_view(), name="partner"),
    path("experts/", experts.Experts.as_view(), name="experts"),
    path("incidents/<code:number>/experts/", experts.ExpertCalls.as_view(), name="expert-calls"),
    path("incidents/<code:number>/experts/<int:pk>/", experts.OneExpertCall.as_view(), name="expert-call"),
    path("materials/", materials.Materials.as_view(), name="materials"),
    path("materials/<int:pk>/", materials.OneMaterial.as_view(), name="material"),
    path("materials/<int:pk>/movements/", materials.Movements.as_view(), name="material-movements"),
    path("kits/<code:unit>/", materials.UnitKits.as_view(), name="kits"),
    path("trainings/", trainings.Trainings.as_view(), name="trainings"),
    path("trainings/<int:pk>/", trainings.OneTraining.as_view(), name="training"),
]
