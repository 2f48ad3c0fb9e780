from django.urls import path

from drills import api

urlpatterns = [
    path("drills/", api.Drills.as_view(), name="drills"),
    path("drills/scenarios/", api.Scenarios.as_view(), name="drill-scenarios"),
    path("drills/<code:number>/", api.OneDrill.as_view(), name="drill"),
    path("drills/<code:number>/start/", api.Start.as_view(), name="drill-start"),
    path("drills/<code:number>/pause/", api.Pause.as_view(), name="drill-pause"),
    path("drills/<code:number>/resume/", api.Resume.as_view(), name="drill-resume"),
    path("drills/<code:number>/inject/", api.InjectByHand.as_view(), name="drill-inject"),
    path("drills/<code:number>/finish/", api.Finish.as_view(), name="drill-finish"),
    path("drills/<code:number>/cancel/", api.Cancel.as_view(), name="drill-cancel"),
    path("drills/<code:number>/remarks/", api.WriteRemark.as_view(), name="drill-remark"),
    path("drills/<code:number>/ratings/", api.RateObjective.as_view(), name="drill-rating"),
    path("drills/<code:number>/review/", api.EndReview.as_view(), name="drill-review"),
    path("drills/<code:number>/improvements/", api.Improve.as_view(), name="drill-improvements"),
]
