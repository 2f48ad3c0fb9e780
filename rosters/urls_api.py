from django.urls import path

from rosters.months import api, api_writing

urlpatterns = [
    path("rosters/on-duty/", api.OnDutyNow.as_view(), name="on-duty"),
    path("rosters/people/<code:username>.ics", api.OwnFeed.as_view(), name="roster-feed-own"),
    path("rosters/<code:unit>.ics", api.Feed.as_view(), name="roster-feed"),
    path("rosters/drafts/<int:pk>/", api_writing.OneRoster.as_view(), name="roster"),
    path("rosters/drafts/<int:pk>/publish/", api_writing.Publish.as_view(), name="roster-publish"),
    path("rosters/<code:unit>/drafts/", api_writing.Drafts.as_view(), name="roster-drafts"),
    path("rosters/<code:unit>/", api.Month.as_view(), name="roster-month"),
    path("shifts/<int:pk>/assign/", api_writing.Assign.as_view(), name="shift-assign"),
    path("shifts/<int:pk>/change/", api_writing.Change.as_view(), name="shift-change"),
    path("shifts/<int:pk>/swap/", api_writing.ProposeSwap.as_view(), name="shift-swap"),
    path("swaps/", api_writing.Swaps.as_view(), name="swaps"),
    path("swaps/<int:pk>/", api_writing.OneSwap.as_view(), name="swap"),
    path("swaps/<int:pk>/<str:verb>/", api_writing.MoveSwap.as_view(), name="swap-move"),
]
