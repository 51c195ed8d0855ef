"""Address of the reconciliation's page; a comparison of its own stands among the subjects."""

from django.urls import URLPattern, URLResolver, path

from jiedan.connectors.reconciliation import views

app_name = "reconciliation"
urlpatterns: list[URLPattern | URLResolver] = [path("", views.days, name="days")]
