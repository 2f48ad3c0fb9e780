from django.urls import path

from cases.demands import api as demands

urlpatterns = [
    path("matters/<code:number>/demand/", demands.OneDemand.as_view(), name="demand"),
    path("matters/<code:number>/demand/steps/", demands.DemandSteps.as_view(), name="demand-steps"),
    path("matters/<code:number>/demand/reply/", demands.DemandReply.as_view(), name="demand-reply"),
    path("matters/<code:number>/demand/close/", demands.DemandClose.as_view(), name="demand-close"),
]
