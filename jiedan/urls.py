"""Every address of the system; the pages come last because theirs end in patterns for any kind of subject."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("jiedan.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("connect/", include("jiedan.connectors.ways_in")),
    path("p/", include("jiedan.portal.urls")),
    path("connections/outgoing/", include("jiedan.connectors.outgoing.urls")),
    path("connections/", include("jiedan.connectors.urls")),
    path("quarantine/", include("jiedan.connectors.quarantine_urls")),
    path("imports/", include("jiedan.connectors.spreadsheet.urls")),
    path("reconciliation/", include("jiedan.connectors.reconciliation.urls")),
    path("", include("jiedan.screens.urls")),
]
