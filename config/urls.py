"""Every address of the product. Rooms bring their own lists; pages in `urls`, the API in `urls_api`."""

from django.urls import include, path

import accounts.access.schema  # noqa: F401  (registers itself with the description)
from common.api.written import DescriptionFile

api = [
    path("schema/", DescriptionFile.as_view(), name="schema"),
    path("", include("accounts.urls_api")),
    path("", include("journal.urls_api")),
    path("", include("works.urls_api")),
    path("", include("clocks.urls_api")),
    path("", include("notices.urls_api")),
    path("", include("plans.urls_api")),
    path("", include("incidents.urls_api")),
    path("", include("exchange.urls_api")),
    path("", include("early_warnings.urls_api")),
    path("", include("resources.urls_api")),
    path("", include("command.urls_api")),
    path("", include("duty.urls_api")),
    path("", include("rosters.urls_api")),
    path("", include("zero_reports.urls_api")),
    path("", include("cases.urls_api")),
    path("", include("supervision.urls_api")),
    path("", include("written_reports.urls_api")),
    path("", include("drills.urls_api")),
    path("", include("dashboards.urls_api")),
]

urlpatterns = [
    path("api/v1/", include((api, "api"))),
    path("", include("engine.urls")),
    path("account/", include("accounts.urls")),
    path("", include("works.urls")),
    path("", include("webhooks.urls")),
    path("", include("notices.urls")),
    path("", include("rosters.urls")),
    path("", include("plans.urls")),
    path("", include("incidents.urls")),
    path("", include("exchange.urls")),
    path("", include("early_warnings.urls")),
    path("", include("resources.urls")),
    path("", include("command.urls")),
    path("", include("duty.urls")),
    path("", include("drills.urls")),
    path("", include("written_reports.urls")),
    path("", include("supervision.urls")),
    path("", include("cases.urls")),
    path("", include("zero_reports.urls")),
    path("", include("dashboards.urls")),
    path("", include("dashboards.statistics.urls")),
    path("", include("dashboards.ledgers.urls")),
    path("", include("dashboards.device.urls")),
    path("", include("common.web.urls")),
]

handler500 = "common.web.views.server_error"
