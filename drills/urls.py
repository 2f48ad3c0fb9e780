from django.urls import path

from drills import views

urlpatterns = [
    path("drills/", views.DrillList.as_view(), name="drills"),
    path("drills/new/", views.NewDrill.as_view(), name="drill-new"),
    path("drills/scenarios/<slug:slug>/", views.ScenarioPage.as_view(), name="drill-scenario"),
    path("drills/<code:number>/", views.DrillPage.as_view(), name="drill"),
    path("drills/<code:number>/plan/", views.ChangeDrill.as_view(), name="drill-change"),
    path("drills/<code:number>/report.<slug:kind>", views.ReportPaper.as_view(), name="drill-report"),
    path("drills/<code:number>/<slug:verb>/", views.DrillAct.as_view(), name="drill-act"),
]
