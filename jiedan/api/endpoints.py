"""The JSON API: reads and actions, the same shape for every kind of subject (interface.md).

Input of an action is checked by the dispatcher, after the right to act and the stage, so that the answer to a wrong
request is the same here and on the page.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from ninja.throttling import AuthRateThrottle
from pydantic import BaseModel

from jiedan.acquisition import events
from jiedan.api import bulk, contract, contract_templates, evaluation, papers, resources, shapes, terms
from jiedan.api.bodies import object_of
from jiedan.api.idempotency import Answer, once
from jiedan.api.problems import Problem, answer, as_response, problem_of
from jiedan.api.pushes import Described
from jiedan.core import clock
from jiedan.kernel import attempts
from jiedan.kernel.action import REGISTRY, Action
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import StepRefused
from jiedan.kernel.kinds import all_kinds
from jiedan.kernel.models import Deadline, Record
from jiedan.kernel.offers import offers
from jiedan.orders import access
from jiedan.orders.models import Order, OrderLine
from jiedan.people import tokens
from jiedan.people.actor import Actor, actor_for
from jiedan.people.models import ApiToken
from jiedan.people.subject import Subject
from jiedan.portal.shown import link_rows
from jiedan.resources.models import Item

PAGE, LARGEST_PAGE = 50, 200


class Bearer(HttpBearer):
    """A token made in the person's settings."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token in force behind the text."""
        found = tokens.holder(token, clock.now())
        if found is not None:
            staff = found.staff
            request.actor = actor_for(staff.pk, staff.number, staff.name, staff.department_id, clock.now())  # type: ignore[attr-defined]
        return found


api = Described(
    title="Jiedan 接单 API",
    version="1",
    auth=Bearer(),
    urls_namespace="api",
    throttle=[AuthRateThrottle(settings.API_RATE)],
    docs_url="/docs",
    docs_decorator=login_required,
    openapi_extra={"webhooks": events.openapi()},
)
api.add_exception_handler(Exception, answer)


def _unauthorised(_request: HttpRequest, _error: Any) -> HttpResponse:
    return as_response(Problem(401, "unauthenticated", _("A valid bearer token is needed: make one in your settings.")))


def _too_many(_request: HttpRequest, _error: Any) -> HttpResponse:
    response = as_response(Problem(429, "too_many_requests", _("Too many requests; wait a moment.")))
    response["Retry-After"] = "10"
    return response


def install_handlers() -> None:
    """Give ninja's own errors our shape."""
    from ninja.errors import AuthenticationError, Throttled, ValidationError  # noqa: PLC0415 - names used once

    api.add_exception_handler(AuthenticationError, _unauthorised)
    api.add_exception_handler(Throttled, _too_many)
    api.add_exception_handler(ValidationError, _malformed)


def _malformed(_request: HttpRequest, error: Any) -> HttpResponse:
    fields = {".".join(str(part) for part in item["loc"][1:]): [item["msg"]] for item in error.errors}
    return as_response(Problem(400, "bad_parameter", _("A parameter is wrong."), errors=fields))


def _scoped(request: HttpRequest, scope: str) -> Actor:
    token: ApiToken = request.auth  # type: ignore[attr-defined] # set by ninja
    if scope not in token.scopes.split():
        raise Problem(403, "missing_scope", _("This token lacks the scope “%s”.") % scope)
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by Bearer
    return actor


def _json(content: Any, status: int = 200, etag: str = "") -> HttpResponse:
    return _text(Answer(status, json.dumps(content, ensure_ascii=False), etag))


def _text(found: Answer) -> HttpResponse:
    kind = "application/problem+json" if found.status >= 400 else "application/json"
    response = HttpResponse(found.body, status=found.status, content_type=kind)
    response["Cache-Control"] = "no-store"
    if found.etag:
        response["ETag"] = found.etag
    return response


def etag_of(subject: Subject) -> str:
    """The subject's version as an entity tag."""
    return f'"{subject.version}"'


def _expected_version(request: HttpRequest) -> int | None:
    text = request.headers.get("If-Match")
    if text is None or text.strip() == "*":
        return None
    digits = text.strip().removeprefix("W/").strip('"')
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        raise Problem(400, "bad_if_match", _('If-Match has to be the ETag of the subject, e.g. "3".'))
    return int(digits)


def folder_of(model: type[Subject]) -> str:
    """The folder of the API that subjects of this kind are in."""
    return model.API_FOLDER or model.FOLDER


def _register_reads(kind: str, model: type[Subject]) -> None:
    folder = folder_of(model)

    def list_subjects(request: HttpRequest, stage: str = "", after: str = "", limit: int = PAGE) -> HttpResponse:
        actor = _scoped(request, ApiToken.READ)
        rows = access.visible(actor, model).select_related(*shapes.JOINED.get(kind, ())).order_by("-pk")
        rows = rows.prefetch_related(*shapes.BESIDE.get(kind, ()))
        if stage:
            rows = rows.filter(stage=stage)
        if after:
            rows = rows.filter(pk__lt=_cursor(after))
        size = max(1, min(limit, LARGEST_PAGE))
        found = list(rows[: size + 1])
        following = str(found[size - 1].pk) if len(found) > size else None
        return _json({"items": shapes.many(found[:size]), "next": following})

    def one_subject(request: HttpRequest, ref: str) -> HttpResponse:
        found = access.get(_scoped(request, ApiToken.READ), model, ref)
        content = shapes.subject(found)
        if isinstance(found, Order):
            content["change"] = shapes.change(found)
            content["lines"] = [shapes.line(row) for row in OrderLine.objects.filter(order=found.pk).order_by("number")]
        if isinstance(found, Item):
            content["stock"] = resources.stock(found)
        return _json(content, etag=etag_of(found))

    def subject_offers(request: HttpRequest, ref: str) -> HttpResponse:
        actor = _scoped(request, ApiToken.READ)
        found = access.get(actor, model, ref)
        return _json([shapes.offer(offer) for offer in offers(found, actor, clock.now())], etag=etag_of(found))

    def subject_records(request: HttpRequest, ref: str) -> HttpResponse:
        found = access.get(_scoped(request, ApiToken.READ), model, ref)
        rows = Record.objects.filter(subject_type=kind, subject_id=found.pk).order_by("seq").select_related("seal")
        return _json([shapes.record(row, row.seal.chain if hasattr(row, "seal") else None) for row in rows])

    def subject_deadlines(request: HttpRequest, ref: str) -> HttpResponse:
        found = access.get(_scoped(request, ApiToken.READ), model, ref)
        rows = Deadline.objects.filter(subject_type=kind, subject_id=found.pk).order_by("pk")
        return _json([shapes.deadline(row) for row in rows])

    def subject_attempts(request: HttpRequest, ref: str) -> HttpResponse:
        found = access.get(_scoped(request, ApiToken.READ), model, ref)
        return _json([shapes.attempt(row) for row in attempts.newest(found)])

    reads: tuple[tuple[str, Callable[..., HttpResponse], str], ...] = (
        (f"/{folder}", list_subjects, "list"),
        (f"/{folder}/{{ref}}", one_subject, "get"),
        (f"/{folder}/{{ref}}/offers", subject_offers, "offers"),
        (f"/{folder}/{{ref}}/records", subject_records, "records"),
        (f"/{folder}/{{ref}}/deadlines", subject_deadlines, "deadlines"),
        (f"/{folder}/{{ref}}/attempts", subject_attempts, "attempts"),
    )
    for path, view, name in reads:
        api.get(path, operation_id=f"{kind}_{name}", tags=[kind], summary=f"{kind}: {name}")(view)


def _cursor(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Problem(400, "bad_cursor", _("“after” has to be the “next” of an earlier answer."))
    return int(text)


def _register_action(action: Action) -> None:
    folder = folder_of(action.on)
    path = f"/{folder}/actions/{action.code}" if action.births else f"/{folder}/{{ref}}/actions/{action.code}"
    body = {"requestBody": {"required": True, "content": {"application/json": {"schema": _schema(action.input)}}}}

    def take(request: HttpRequest, ref: str) -> HttpResponse:
        return _take(request, action, ref)

    def bring(request: HttpRequest) -> HttpResponse:
        return _take(request, action, None)

    api.post(
        path,
        operation_id=action.code.replace(".", "_"),
        tags=[action.on.KIND],
        summary=action.code,
        description=f"{action.help}\n\nClause {action.clause}.",
        openapi_extra=body,
    )(bring if action.births else take)


def _register_bulk() -> None:
    def orders_bulk(request: HttpRequest) -> HttpResponse:
        return _text(bulk.taken_in(request, _scoped(request, ApiToken.ACT)))

    api.post(
        "/orders/bulk",
        operation_id="orders_bulk",
        tags=["order"],
        summary="order: many at once",
        description=" ".join((bulk.__doc__ or "").split()),
        openapi_extra=bulk.description(_inlined),
    )(orders_bulk)


def _register_links() -> None:
    def list_links(request: HttpRequest, ref: str) -> HttpResponse:
        actor = _scoped(request, ApiToken.READ)
        order = access.get(actor, Order, ref)
        return _json([shapes.link(row) for row in link_rows(order, actor, clock.now())], etag=etag_of(order))

    api.get(
        "/orders/{ref}/links",
        operation_id="order_links",
        tags=["order"],
        summary="order: the customer's links",
        description="Newest first. `address` is empty for whoever may not send it, and once the link has ended.",
    )(list_links)


def _register_papers() -> None:
    def list_documents(request: HttpRequest, ref: str) -> HttpResponse:
        order = access.get(_scoped(request, ApiToken.READ), Order, ref)
        return _json(papers.listed(order), etag=etag_of(order))

    def upload_document(request: HttpRequest, ref: str) -> HttpResponse:
        actor = _scoped(request, ApiToken.ACT)
        return _text(papers.uploaded(request, actor, access.get(actor, Order, ref)))

    def download_document(request: HttpRequest, ref: str, document: int) -> HttpResponse:
        actor = _scoped(request, ApiToken.READ)
        return papers.downloaded(actor, access.get(actor, Order, ref), document)

    path, tags = "/orders/{ref}/documents", ["order"]
    api.get(path, operation_id="order_documents", tags=tags, summary="order: documents")(list_documents)
    api.get(f"{path}/{{document}}", operation_id="order_document", tags=tags, summary="order: one document's file")(
        download_document
    )
    api.post(
        path, operation_id="order_attach", tags=tags, summary="order: attach a document", openapi_extra=papers.BODY
    )(upload_document)


def _register_capacity() -> None:
    def capacity(request: HttpRequest) -> HttpResponse:
        return _json(resources.capacity(_scoped(request, ApiToken.READ), clock.now()))

    api.get(
        "/capacity",
        operation_id="capacity",
        tags=["item"],
        summary="capacity: free hours and equipment",
        description=" ".join((resources.capacity.__doc__ or "").split()),
    )(capacity)


class _Sheet(Protocol):
    """A paper of an order that programs read and write."""

    def shape(self, order: Order) -> dict[str, Any]: ...
    def written(self, order: Order, actor: Actor, body: bytes) -> dict[str, Any]: ...


SHEETS: Mapping[str, _Sheet] = {"evaluation": evaluation, "terms": terms, "contract": contract}
"""The papers of an order by their place in its folder."""


def _register_sheet(name: str, sheet: _Sheet) -> None:
    def read(request: HttpRequest, ref: str) -> HttpResponse:
        order = access.get(_scoped(request, ApiToken.READ), Order, ref)
        return _json(sheet.shape(order), etag=etag_of(order))

    def write(request: HttpRequest, ref: str) -> HttpResponse:
        actor = _scoped(request, ApiToken.ACT)
        return _json(sheet.written(access.get(actor, Order, ref), actor, request.body))

    path, tags = f"/orders/{{ref}}/{name}", ["order"]
    part = {"type": "object", "description": "Parts of the sheet, and `version`: the one that was seen."}
    body = {"requestBody": {"required": True, "content": {"application/json": {"schema": part}}}}
    api.get(path, operation_id=f"order_{name}", tags=tags, summary=f"order: its {name}")(read)
    api.patch(
        path, operation_id=f"order_{name}_write", tags=tags, summary=f"order: write its {name}", openapi_extra=body
    )(write)


def _register_templates() -> None:
    def list_templates(request: HttpRequest) -> HttpResponse:
        return _json(contract_templates.listed(_scoped(request, ApiToken.READ)))

    def one_template(request: HttpRequest, kind: str, number: int) -> HttpResponse:
        return _json(contract_templates.one(_scoped(request, ApiToken.READ), kind, number))

    def try_template(request: HttpRequest, kind: str) -> HttpResponse:
        return _json(contract_templates.tried(_scoped(request, ApiToken.READ), kind, request.body))

    path, tags = "/contract-templates", ["procedure"]
    body = {"requestBody": {"content": {"application/json": {"schema": _schema(contract_templates.Trial)}}}}
    api.get(path, operation_id="templates_list", tags=tags, summary="contract templates: in force, with versions")(
        list_templates
    )
    api.get(
        f"{path}/{{kind}}/{{int:number}}", operation_id="templates_get", tags=tags, summary="contract template: one"
    )(one_template)
    api.post(
        f"{path}/{{kind}}/try", operation_id="templates_try", tags=tags, summary="contract template: try on an order",
        description="The contract that the clauses would make of an order; nothing is kept.", openapi_extra=body,
    )(try_template)  # fmt: skip


def _schema(model: type[BaseModel]) -> Any:
    # A reference inside OpenAPI counts from the top of the whole document, so the parts are put in their places.
    schema = model.model_json_schema()
    return _inlined(schema, schema.pop("$defs", {}))


def _inlined(node: Any, parts: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(item, parts) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        more = {key: value for key, value in node.items() if key != "$ref"}
        return _inlined({**parts[node["$ref"].removeprefix("#/$defs/")], **more}, parts)
    return {key: _inlined(value, parts) for key, value in node.items()}


def _take(request: HttpRequest, action: Action, ref: str | None) -> HttpResponse:
    actor = _scoped(request, ApiToken.ACT)
    data = object_of(request.body or b"{}")
    version = _expected_version(request)

    def run() -> Answer:
        # Looked up only now: a step may have moved its subject out of sight, and its repetition gets the same answer.
        subject = None if ref is None else access.get(actor, action.on, ref)
        try:
            done = dispatch(action.code, actor, data, subject=subject, version=version, channel="api")
        except StepRefused as refused:
            problem = problem_of(refused)
            return Answer(problem.status, json.dumps(problem.content, ensure_ascii=False))
        content = {
            "record": json.loads(done.record.body),
            "hash": done.record.hash,
            "ref": done.subject.ref,
            "version": done.subject.version,
            "stage": done.subject.stage,
        }
        # What is shown once (a secret that was made) isn't kept in the clear: a repetition doesn't show it again.
        kept = json.dumps(content, ensure_ascii=False)
        said = kept if done.reply is None else json.dumps(content | {"reply": done.reply}, ensure_ascii=False)
        return Answer(201 if action.births else 200, said, etag_of(done.subject), kept)

    # A quiet step changes nothing that could be done twice, and what it reveals must not be kept in the clear.
    key = None if action.quiet else request.headers.get("Idempotency-Key")
    route = f"{action.code} {ref or ''}"
    return _text(once(actor.staff_id or 0, route, key, request.body, clock.now(), run))


def build() -> Described:
    """Every read of every kind, every action of the registry."""
    install_handlers()
    _register_bulk()
    _register_papers()
    _register_links()
    _register_templates()
    _register_capacity()
    for name, sheet in SHEETS.items():
        _register_sheet(name, sheet)
    for kind, model in all_kinds().items():
        _register_reads(kind, model)
    for action in REGISTRY:
        if action.by_people:
            _register_action(action)
    return api
