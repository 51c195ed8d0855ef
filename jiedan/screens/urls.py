"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from jiedan.screens.views import (
    documents,
    health,
    listings,
    order_list,
    own,
    people,
    routing,
    routing_draft,
    rulebook,
    subjects,
    triage,
    verify,
    workbench,
)

app_name = "screens"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", workbench.workbench, name="workbench"),
    path("orders/", order_list.order_list, name="orders"),
    path("orders/unrouted/", triage.unrouted, name="unrouted"),
    path("orders/views/", order_list.save_view, name="save_view"),
    path("orders/views/<int:pk>/drop/", order_list.drop_view, name="drop_view"),
    path("orders/<str:ref>/read/", subjects.read_subject, name="read"),
    path("orders/<str:ref>/documents/", documents.attach, name="attach"),
    path("orders/<str:ref>/documents/<int:pk>/", documents.download, name="document"),
    path("verify/", verify.verify, name="verify"),
    path("verify/ca.pem", verify.authority, name="authority"),
    path("verify/<str:code>/", verify.verify, name="verify_code"),
    path("listings/", listings.listing_list, name="listings"),
    path("procedure/", rulebook.procedure_page, name="procedure"),
    path("procedure/values/", rulebook.set_values, name="set_values"),
    path("procedure/routing/", routing.routing_page, name="routing"),
    path("procedure/routing/compare/", routing.compare_page, name="routing_compare"),
    path("procedure/routing/try/", routing.try_page, name="routing_try"),
    path("procedure/routing/draft/", routing_draft.draft_page, name="routing_draft"),
    path("procedure/routing/draft/<int:number>/", routing_draft.rule_page, name="routing_rule"),
    path("procedure/routing/replay/", routing_draft.replay_page, name="routing_replay"),
    path("calendar/", rulebook.calendar_page, name="calendar"),
    path("people/", people.people_page, name="people"),
    path("notices/", own.notices, name="notices"),
    path("notices/read/", own.notices_read, name="notices_read"),
    path("bell/", own.bell, name="bell"),
    path("palette/", own.palette, name="palette"),
    path("settings/", own.settings_page, name="settings"),
    path("settings/tokens/", own.make_token, name="make_token"),
    path("settings/tokens/<int:pk>/revoke/", own.revoke_token, name="revoke_token"),
    path("theme/", own.theme, name="theme"),
    path("language/", set_language, name="language"),
    path("welcome/<str:ref>/<str:token>/", own.welcome, name="welcome"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("<str:folder>/new/<str:code>/", subjects.birth_page, name="birth"),
    path("<str:folder>/<str:ref>/", subjects.subject_page, name="subject"),
    path("<str:folder>/<str:ref>/do/<str:code>/", subjects.step_page, name="step"),
    path("<str:folder>/<str:ref>/deadlines/<int:pk>/", subjects.deadline_page, name="deadline"),
]
