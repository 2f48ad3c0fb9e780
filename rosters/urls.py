from django.urls import path

from rosters import change_views as moves
from rosters import draft_views as drafts
from rosters import views as rosters

urlpatterns = [
    path("rosters/", rosters.MonthPage.as_view(), name="rosters"),
    path("rosters/posts/<int:pk>/", drafts.RotationPage.as_view(), name="rotation"),
    path("rosters/draft/", drafts.NewDraft.as_view(), name="roster-draft"),
    path("rosters/sheet/", drafts.WorkbookDownload.as_view(), name="roster-sheet"),
    path("rosters/import/", drafts.WorkbookUpload.as_view(), name="roster-import"),
    path("rosters/feeds/", rosters.NewFeed.as_view(), name="feed-new"),
    path("rosters/feeds/<int:pk>/end/", rosters.EndFeed.as_view(), name="feed-end"),
    path("rosters/<int:pk>/", drafts.RosterPage.as_view(), name="roster"),
    path("rosters/<int:pk>/publish/", drafts.Publish.as_view(), name="roster-publish"),
    path("rosters/shifts/<int:pk>/assign/", drafts.Assign.as_view(), name="shift-assign"),
    path("rosters/shifts/<int:pk>/change/", moves.ChangeShift.as_view(), name="shift-change"),
    path("rosters/shifts/<int:pk>/swap/", moves.ProposeSwap.as_view(), name="shift-swap"),
    path("rosters/swaps/<int:pk>/<str:verb>/", moves.MoveSwap.as_view(), name="swap-move"),
]
