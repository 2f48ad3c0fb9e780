from django.urls import path

from rosters.months import draft_views, views
from rosters.overrides import change_views

urlpatterns = [
    path("rosters/", views.MonthPage.as_view(), name="rosters"),
    path("rosters/posts/<int:pk>/", draft_views.RotationPage.as_view(), name="rotation"),
    path("rosters/draft/", draft_views.NewDraft.as_view(), name="roster-draft"),
    path("rosters/sheet/", draft_views.WorkbookDownload.as_view(), name="roster-sheet"),
    path("rosters/import/", draft_views.WorkbookUpload.as_view(), name="roster-import"),
    path("rosters/feeds/", views.NewFeed.as_view(), name="feed-new"),
    path("rosters/feeds/<int:pk>/end/", views.EndFeed.as_view(), name="feed-end"),
    path("rosters/<int:pk>/", draft_views.RosterPage.as_view(), name="roster"),
    path("rosters/<int:pk>/publish/", draft_views.Publish.as_view(), name="roster-publish"),
    path("rosters/shifts/<int:pk>/assign/", draft_views.Assign.as_view(), name="shift-assign"),
    path("rosters/shifts/<int:pk>/change/", change_views.ChangeShift.as_view(), name="shift-change"),
    path("rosters/shifts/<int:pk>/swap/", change_views.ProposeSwap.as_view(), name="shift-swap"),
    path("rosters/swaps/<int:pk>/<str:verb>/", change_views.MoveSwap.as_view(), name="swap-move"),
]
