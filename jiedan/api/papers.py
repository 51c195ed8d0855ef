"""An order's papers for programs: list, upload (multipart) and download (clauses 6.2.1, 6.2.3)."""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jiedan.api.idempotency import Answer, once
from jiedan.api.problems import Problem, problem_of
from jiedan.api.shapes import plain
from jiedan.core import clock
from jiedan.documents import filing, queries
from jiedan.documents.actions.attach_document import AttachDocument
from jiedan.documents.places import LARGEST, PLACES
from jiedan.documents.queries import Paper
from jiedan.documents.transfer import Brought, InMemory, as_download, too_long
from jiedan.documents.uploads import too_large
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import authorised, dispatch
from jiedan.kernel.errors import StepRefused
from jiedan.orders.models import Order
from jiedan.people.actor import Actor

ATTACH = "documents.attach_document"
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["kind", "file"],
                    "properties": {
                        "kind": {"type": "string", "enum": [*PLACES]},
                        "file": {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    }
}
"""The request of an upload, for OpenAPI."""


def listed(order: Order) -> list[dict[str, Any]]:
    """The order's documents, newest first."""
    return [_shape(paper) for paper in queries.papers(order)]


def uploaded(request: HttpRequest, actor: Actor, order: Order) -> Answer:
    """File what the request brings, once for each Idempotency-Key. Raises Problem or StepRefused."""
    authorised(REGISTRY[ATTACH], order, actor)
    if too_long(request):
        raise Problem(413, "too_large", too_large(LARGEST))
    request.upload_handlers = [InMemory(request)]
    brought, kind = request.FILES.get("file"), str(request.POST.get("kind", ""))
    if not isinstance(brought, Brought):
        raise Problem(400, "no_file", _("The request has to be multipart/form-data with the fields “kind” and “file”."))
    if (brought.size or 0) > LARGEST:
        raise Problem(413, "too_large", too_large(LARGEST))

    def run() -> Answer:
        try:
            given = AttachDocument.brought(kind, brought.name or "", brought.content)
            done = dispatch(ATTACH, actor, given, subject=order, channel="api")
        except StepRefused as refused:
            problem = problem_of(refused)
            return Answer(problem.status, json.dumps(problem.content, ensure_ascii=False))
        number = json.loads(done.record.body)["facts"]["document"]
        found = next(paper for paper in queries.papers(order) if paper.row.pk == number)
        return Answer(201, json.dumps(_shape(found), ensure_ascii=False), f'"{done.subject.version}"')

    same = f"{kind}\0{brought.name}\0{hashlib.sha256(brought.content).hexdigest()}".encode()
    key = request.headers.get("Idempotency-Key")
    return once(actor.staff_id or 0, f"documents {order.ref}", key, same, clock.now(), run)


def downloaded(actor: Actor, order: Order, pk: int) -> HttpResponse:
    """A copy of one document; that this person's program took one is put down. Raises NoSuchSubject or Problem."""
    document = queries.document_of(order, pk)
    try:
        return as_download(document, filing.fetch(document, actor.staff_id or 0, "api", clock.now()))
    except filing.Unavailable as gone:
        raise Problem(409, "document_unavailable", str(gone)) from gone


def _shape(paper: Paper) -> dict[str, Any]:
    row = paper.row
    return plain(
        {
            "document": row.pk,
            "kind": row.kind,
            "kind_title": paper.title,
            "name": paper.name,
            "media_type": row.media_type,
            "size": row.size,
            "sha256": row.sha256,
            "made_here": row.made_here,
            "filed_by": row.filed_by.name if row.filed_by else None,
            "filed_at": row.filed_at,
            "signature": row.signature,
            "withdrawn_at": row.withdrawn_at,
            "withdrawn_because": row.withdrawn_because,
            "fetched": paper.fetched,
        }
    )
