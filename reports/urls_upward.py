"""Addresses of what goes upward: roll-ups, matters, official forms, pictures."""

from django.urls import path

from reports.pictures import views as pictures
from reports.rollup import views as rollup

urlpatterns = [
    path("reports/roll-up/", rollup.RollUpStart.as_view(), name="roll-up-start"),
    path("reports/roll-up/<code:unit>/<code:period>/", rollup.RollUpPage.as_view(), name="roll-up"),
    path(
        "reports/roll-up/<code:unit>/<code:period>/return/",
        rollup.ReturnDown.as_view(),
        name="roll-up-return",
    ),
    path(
        "reports/roll-up/<code:unit>/<code:period>/paper.<slug:kind>",
        rollup.RollUpPaper.as_view(),
        name="roll-up-paper",
    ),
    path("reports/volume/<code:unit>/<int:year>/", rollup.Volume.as_view(), name="volume"),
    path(
        "reports/volume/<code:unit>/<int:year>/volume.<slug:kind>",
        rollup.Volume.as_view(),
        name="volume-paper",
    ),
    path("reports/zeros/", pictures.CredibilityPage.as_view(), name="reports-credibility"),
]
