"""What OpenAPI says of the messages that other systems push, signed as Standard Webhooks (clauses 2.1.1, 2.1.2).

They come in past this API, on the connection's own address; docs/webhooks.md tells how they are signed.
"""

from typing import Any

from ninja import NinjaAPI

from jiedan.acquisition.events import header
from jiedan.acquisition.schema import message_schemas

PATH = "/connect/webhook/{code}"
_ORDER = "#/paths/~1api~1v1~1orders~1bulk/post/requestBody/content/application~1json/schema/properties/orders/items"


class Described(NinjaAPI):
    """The API, whose document tells of pushed messages besides."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        """The document of the API with the way in for messages."""
        schema = super().get_openapi_schema(*args, **kwargs)
        schema["paths"][PATH] = {"post": _operation()}
        return schema


def _operation() -> dict[str, Any]:
    text = {"type": "string"}
    answer = {"type": "object", "required": ["outcome"], "properties": {"outcome": text, "number": text}}
    return {
        "operationId": "push_message",
        "tags": ["push"],
        "summary": "push: a signed message about an order or a listing",
        "description": "Answered after its commit. The same `webhook-id` again is answered like the first time.",
        "security": [],
        "parameters": [
            {"name": "code", "in": "path", "required": True, "description": "The connection's code.", "schema": text},
            header(
                "webhook-id", "The message's number, at most 128 characters; another text under it is refused (409)."
            ),
            header("webhook-timestamp", "Seconds since 1970 (UTC), at most five minutes off."),
            header("webhook-signature", "v1, and base64 of HMAC-SHA256 over id.timestamp.body."),
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"oneOf": _messages()}}}},
        "responses": {
            "200": {"description": "Taken.", "content": {"application/json": {"schema": answer}}},
            "4XX": {
                "description": "The message is wrong (problem+json with `code` and `errors`); don't send it again."
            },
            "503": {"description": "Not stored: send the same message again after `Retry-After`."},
        },
    }


def _messages() -> list[dict[str, Any]]:
    order = {"type": {"type": "string", "pattern": r"^order\."}, "data": {"$ref": _ORDER}}
    said = "An order as it is now; docs/webhooks.md names the types."
    return [
        {"type": "object", "description": said, "required": ["type", "data"], "properties": order},
        *message_schemas().values(),
    ]
