from django.urls import path

from rosters import api as rosters
from rosters import api_writing as writing

urlpatterns = [
    path("rosters/on-duty/", rosters.OnDutyNow.as_view(), name="on-duty"),
    path("rosters/people/<code:username>.ics", rosters.OwnFeed.as_view(), name="roster-feed-own"),
    path("rosters/<code:unit>.ics", rosters.Feed.as_view(), name="roster-feed"),
    path("rosters/drafts/<int:pk>/", writing.OneRoster.as_view(), name="roster"),
    path("rosters/drafts/<int:pk>/publish/", writing.Publish.as_view(), name="roster-publish"),
    path("rosters/<code:unit>/drafts/", writing.Drafts.as_view(), name="roster-drafts"),
    path("rosters/<code:unit>/", rosters.Month.as_view(), name="roster-month"),
    path("shifts/<int:pk>/assign/", writing.Assign.as_view(), name="shift-assign"),
    path("shifts/<int:pk>/change/", writing.Change.as_view(), name="shift-change"),
    path("shifts/<int:pk>/swap/", writing.ProposeSwap.as_view(), name="shift-swap"),
    path("swaps/", writing.Swaps.as_view(), name="swaps"),
    path("swaps/<int:pk>/", writing.OneSwap.as_view(), name="swap"),
    path("swaps/<int:pk>/<str:verb>/", writing.MoveSwap.as_view(), name="swap-move"),
]
