"""Every address of the customers' own host (JIEDAN_PORTAL_URL): their pages and checking papers, nothing of the staff's."""

from django.urls import URLPattern, URLResolver, include, path

from jiedan.screens.views import verify

handler404 = "jiedan.portal.views.nowhere"

urlpatterns: list[URLPattern | URLResolver] = [
    path("p/", include("jiedan.portal.urls")),
    path("verify/", verify.verify),
    path("verify/ca.pem", verify.authority),
    path("verify/<str:code>/", verify.verify),
]
