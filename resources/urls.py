from django.urls import path

from resources.experts import views as experts
from resources.materials import views as materials
from resources.partners import views as partners
from resources.trainings import views as trainings

urlpatterns = [
    path("partners/", partners.PartnerList.as_view(), name="partners"),
    path("partners/new/", partners.NewPartner.as_view(), name="partner-new"),
    path("partners/<int:pk>/", partners.PartnerPage.as_view(), name="partner"),
    path("partners/<int:pk>/<slug:verb>/", partners.PartnerAct.as_view(), name="partner-act"),
    path("experts/", experts.ExpertList.as_view(), name="experts"),
    path("experts/new/", experts.NewExpert.as_view(), name="expert-new"),
    path("experts/<int:pk>/", experts.ExpertPage.as_view(), name="expert"),
    path("experts/<int:pk>/<slug:verb>/", experts.ExpertAct.as_view(), name="expert-act"),
    path("incidents/<code:number>/experts/", experts.IncidentExperts.as_view(), name="incident-experts"),
    path("incidents/<code:number>/experts/<int:pk>/", experts.MoveCall.as_view(), name="incident-expert"),
    path("materials/", materials.MaterialList.as_view(), name="materials"),
    path("materials/new/", materials.NewMaterial.as_view(), name="material-new"),
    path("materials/<int:pk>/", materials.MaterialPage.as_view(), name="material"),
    path("materials/<int:pk>/move/", materials.MoveMaterial.as_view(), name="material-move"),
    path("materials/<int:pk>/end/", materials.EndMaterial.as_view(), name="material-end"),
    path("materials/kits/<code:unit>/", materials.Kits.as_view(), name="kits"),
    path("materials/kits/<code:unit>/<code:kit>/", materials.OneKit.as_view(), name="kit"),
    path("trainings/", trainings.TrainingList.as_view(), name="trainings"),
    path("trainings/<int:pk>/", trainings.TrainingPage.as_view(), name="training"),
    path("trainings/at/<code:unit>/new/", trainings.NewTraining.as_view(), name="training-new"),
    path("trainings/at/<code:unit>/due/", trainings.WhoIsDue.as_view(), name="training-due"),
]
