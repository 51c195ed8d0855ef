"""Every route of the system and the policy that is declared for it; one without a policy fails the build (S-58)."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLPattern

KIND_OF = {
    "orders": "order", "listings": "listing", "staff": "staff", "people": "staff", "calendar": "calendar",
    "procedure": "procedure", "reconciliation": "reconciliation",
    "connections": "connection", "quarantine": "message", "imports": "import",
    "catalogue": "item", "resources": "item", "equipment": "equipment",
}  # fmt: skip
_API_FOLDER = "api/v1/(?P<folder>orders|listings|staff|calendar|procedure|reconciliation|connections|quarantine|imports|catalogue|equipment)"
_STEP = r"actions/(?P<code>[a-z]+\.[a-z_]+)"

POLICIES: dict[str, str] = {
    # A program's ways in: a token, then roles.
    _API_FOLDER: "api list",
    rf"{_API_FOLDER}/<ref>(/offers|/records|/deadlines|/attempts)?": "api subject",
    r"api/v1/orders/<ref>/links": "api links",
    r"orders/<str:ref>/links/<int:pk>/": "page link",
    rf"{_API_FOLDER}/<ref>/{_STEP}": "api step",
    rf"{_API_FOLDER}/{_STEP}": "api birth",
    r"api/v1/orders/bulk": "api orders",
    r"api/v1/contract-templates(/<kind>/<int:number>)?": "api templates",
    r"api/v1/contract-templates/<kind>/try": "api template tried",
    r"api/v1/capacity": "api capacity",
    r"api/v1/orders/<ref>/documents": "api papers",
    r"api/v1/orders/<ref>/(evaluation|terms|contract)": "api paper written",
    r"api/v1/orders/<ref>/documents/<(int:)?document>": "api paper",
    # Another system's way in: every request brings its own signature.
    r"connect/(yanxuan|webhook)/<slug:code>": "signed push",
    # Said to everybody: nothing of the company's stands there.
    r"api/v1/(openapi\.json|docs|<path:rest>)?": "public",
    r"verify/(ca\.pem|<str:code>/)?": "public",
    # The customer's pages: the token is the right.
    r"p/<str:token>/(files/<str:sha256>/)?": "public",
    r"healthz|readyz|metrics|theme/|language/|welcome/<str:ref>/<str:token>/": "public",
    r"accounts/(login|logout|inactive|signup|confirm-email|password/reset|password/reset/done)/": "public",
    r"accounts/(password/reset/key/done|login/code/confirm|2fa/authenticate|2fa/webauthn/login)/": "public",
    r"accounts/\^(confirm-email|password/reset/key)/.*": "public",
    r"accounts/(3rdparty/(login/cancelled|login/error|signup)|social/.*)/": "public",
    r"accounts/(dingtalk|feishu|oidc)/.*": "public",
    # One's own account.
    r"accounts/(reauthenticate|email|password/change|password/set|2fa|sessions|3rdparty)/": "account",
    r"accounts/2fa/(reauthenticate/|totp/.*|recovery-codes/.*|webauthn/|webauthn/(add|reauthenticate|keys/.*)/)": "account",
    # Whoever is logged in; what stands there follows the roles.
    r"|notices/|bell/|palette/|settings/": "own",
    r"(orders|listings)/views/|notices/read/|settings/tokens/": "own post",
    r"orders/views/<int:pk>/drop/": "own row view",
    r"settings/tokens/<int:pk>/revoke/": "own row token",
    # By role.
    r"orders/|listings/|people/|calendar/|procedure/|reconciliation/": "list",
    r"procedure/values/|procedure/routing/(try/)?|orders/unrouted/": "list",
    r"decisions/|procedure/decisions/|procedure/scopes/": "list",
    r"orders/<str:ref>/(evaluation|terms|contract)/": "paper read",
    r"orders/<str:ref>/(evaluation/<slug:step>|terms/sheet|contract/draft)/": "paper written",
    r"procedure/routing/compare/": "rules compared",
    r"procedure/contracts/(<slug:kind>/)?": "templates read",
    r"procedure/contracts/<slug:kind>/draft/": "template drafted",
    r"procedure/contracts/<slug:kind>/try/": "template tried",
    r"procedure/routing/(draft/|draft/<int:number>/|replay/)": "rules drafted",
    r"connections/|connections/outgoing/|quarantine/": "list",
    r"connections/outgoing/<int:pk>/again/|connections/outgoing/again/": "administrator's outgoing",
    r"imports/": "list",
    r"resources/(stock/|capacity/)?|equipment/": "list",
    r"resources/table/": "catalogue table",
    r"resources/catalogue.xlsx": "catalogue file",
    r"imports/template/": "template",
    r"imports/<str:ref>/(progress|result)/": "import's parts",
    r"quarantine/many/": "many messages",
    r"orders/many/": "many orders",
    r"listings/many/": "many listings",
    r"connections/<int:pk>/pull/": "administrator's row",
    r"(orders|listings)/<str:ref>/read/": "page reading",
    r"orders/<str:ref>/documents/": "page papers",
    r"orders/<str:ref>/documents/<int:pk>/": "page paper",
    r"<str:folder>/new/<str:code>/": "page birth",
    r"<str:folder>/<str:ref>/(attempts/)?": "page subject",
    r"<str:folder>/<str:ref>/do/<str:code>/": "page step",
    r"<str:folder>/<str:ref>/deadlines/<int:pk>/": "page deadline",
}


def routes(patterns: Iterable[Any], prefix: str = "") -> Iterator[str]:
    """Every route below these patterns, as Django writes it."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)
        else:
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))


def declared(route: str) -> list[str]:
    """The policies declared for a route."""
    return [policy for pattern, policy in POLICIES.items() if re.fullmatch(pattern, route)]


def parts(route: str) -> dict[str, str]:
    """The kind of subject and the step that a route of the API is about."""
    for pattern in POLICIES:
        found = re.fullmatch(pattern, route)
        if found:
            return {name: value for name, value in found.groupdict().items() if value}
    return {}
