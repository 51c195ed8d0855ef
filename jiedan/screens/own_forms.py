"""Steps whose form is made by hand (rung three): the template, and what it needs besides."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from jiedan.acquisition import scopes
from jiedan.acquisition.entry import DecidedChange, EnteredLine, EnteredOrder, WonOrder
from jiedan.acquisition.models import Listing
from jiedan.acquisition.scope_input import as_typed
from jiedan.administration.values import latest
from jiedan.contract import editions
from jiedan.contract import papers as contract
from jiedan.contract import wording as contract_wording
from jiedan.contract.actions.countersign_contract import CountersignContract
from jiedan.contract.guards import HANDED_OVER
from jiedan.contract.template_input import as_text as template_text
from jiedan.core import clock
from jiedan.core.contract_template import Kind
from jiedan.core.fit import Scope
from jiedan.core.procedure import VALUES
from jiedan.documents.actions.withdraw_document import WithdrawDocument
from jiedan.documents.places import EXTENSIONS, LARGEST, PLACES, title
from jiedan.evaluation import bodies, screening
from jiedan.evaluation.rules_input import as_text, entries_as_text
from jiedan.orders.models import Order
from jiedan.people.subject import Subject
from jiedan.resources.entry import as_typed as item_as_typed
from jiedan.resources.models import Item
from jiedan.screens import routing_form
from jiedan.screens.fields import FINGERPRINT, FieldView, form_of, is_row_number
from jiedan.screens.views.links import mail_form
from jiedan.screens.views.rulebook import value_row
from jiedan.terms import papers as terms

Extra = Callable[[Mapping[str, str], Mapping[str, list[str]]], dict[str, Any]]


def _entered_order(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    return _order_form(EnteredOrder, values, errors)


def _won_order(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    return _order_form(WonOrder, values, errors)


def of_listing(listing: Subject, _given: Mapping[str, str]) -> dict[str, str]:
    """What a listing says of the order that it becomes, as it would be typed (clause 2.1.1)."""
    if not isinstance(listing, Listing):
        raise TypeError(f"{listing!r} is no listing")
    known = {
        "requirements": listing.details,
        "promised_on": "" if listing.needed_on is None else listing.needed_on.isoformat(),
        "lines.0.name": listing.summary,
        "lines.0.category": listing.category,
        "lines.0.kind": "service" if listing.category.startswith("服务") else "product",
        "lines.0.quantity": "1",
        "lines.0.unit_price": "" if listing.budget is None else f"{listing.budget}",
    }
    return {name: value for name, value in known.items() if value}


def _seen_terms(order: Subject, _given: Mapping[str, str]) -> dict[str, str]:
    sheet = terms.offered(_order(order))
    return {FINGERPRINT: sheet.content_hash} if sheet else {}


def _seen_contract(order: Subject, _given: Mapping[str, str]) -> dict[str, str]:
    row = contract.in_state(_order(order), *HANDED_OVER)
    return {FINGERPRINT: row.content_hash} if row else {}


def _scope(_book: Subject, given: Mapping[str, str]) -> dict[str, str]:
    chosen = given.get("department", "")
    version = scopes.newest([int(chosen)]).get(int(chosen)) if is_row_number(chosen) else None
    if version is None:
        return {"based_on": "0"}
    return as_typed(Scope.read(version.scope)) | {"based_on": str(version.number)}


def _order(subject: Subject) -> Order:
    if not isinstance(subject, Order):
        raise TypeError(f"{subject!r} is no order")
    return subject


def _item(subject: Subject, _given: Mapping[str, str]) -> dict[str, str]:
    if not isinstance(subject, Item):
        raise TypeError(f"{subject!r} is no item of the catalogue")
    return item_as_typed(subject)


PREFILLED: dict[str, Callable[[Subject, Mapping[str, str]], dict[str, str]]] = {
    "acquisition.set_scope": _scope,
    "acquisition.turn_into_order": of_listing,
    "terms.record_confirmation": _seen_terms,
    "contract.review_contract": _seen_contract,
    "contract.send_contract": _seen_contract,
    "contract.countersign_contract": _seen_contract,
    "resources.change_item": _item,
}
"""What the form of a step on a subject holds before anybody types, by the subject and what its address gives."""


def _order_form(model: type[BaseModel], values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    parts = (name.split(".") for name in values if name.startswith("lines."))
    numbers = sorted({int(part[1]) for part in parts if len(part) == 3 and is_row_number(part[1])})
    return {
        "fields": form_of(model, values, errors, without={"lines"}),
        "rows": [_line(number, values, errors) for number in (numbers or [0])],
        "line_errors": errors.get("lines", []),
    }


def _line(number: int, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> list[FieldView]:
    prefix = f"lines.{number}."
    own = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
    wrong = {name.removeprefix(prefix): reasons for name, reasons in errors.items() if name.startswith(prefix)}
    fields = form_of(EnteredLine, own, wrong)
    for view in fields:
        view.name = prefix + view.name
    return fields


def _company_values(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    numbers = latest()
    rows = [
        {
            **value_row(key, numbers[key]),
            "clause": VALUES[key].clause,
            "typed": values.get(f"values.{key}"),
            "errors": errors.get(f"values.{key}", []),
        }
        for key in VALUES
    ]
    return {
        "rows": rows, "reason": values.get("reason", ""), "reason_errors": errors.get("reason", []),
        "start": values.get("effective_from", ""), "start_errors": errors.get("effective_from", []),
        "above": errors.get("values", []),
    }  # fmt: skip


def _decided_change(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    return {
        "fields": form_of(DecidedChange, values, errors, without={"content_hash"}),
        "above": errors.get("content_hash", []),
    }


def _routing_as_text(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    number, text = routing_form.text_in_force()
    return {
        "text": values.get("rules", text), "based_on": values.get("based_on", str(number)),
        "text_errors": routing_form.spoken({name: why for name, why in errors.items() if name != "reason"}),
        "reason": values.get("reason", ""), "reason_errors": errors.get("reason", []),
    }  # fmt: skip


def attach_form(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    """The kinds of papers that may be uploaded, and what was wrong with the file."""
    return {
        "paper_kinds": [(kind, title(kind)) for kind in PLACES],
        "paper_kind": values.get("kind", ""),
        "paper_accept": ",".join(f".{extension}" for extension in EXTENSIONS),
        "paper_largest": LARGEST,
        "file_errors": [reason for reasons in errors.values() for reason in reasons],
    }


def _withdrawn_document(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    return {
        "fields": form_of(WithdrawDocument, values, errors, without={"document"}),
        "chosen": values.get("document", ""),
        "document_errors": errors.get("document", []),
    }


def _decided(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    return {"typed": values, "wrong": errors, "above": errors.get("content_hash", [])}


def _decision_rules(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    text = values.get("rules") or as_text(bodies.newest_at(clock.now()).rules)
    return _as_lines("rules", text, values, errors)


def _screening(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    text = values.get("entries") or entries_as_text(screening.newest().entries)
    return _as_lines("entries", text, values, errors)


def _as_lines(name: str, text: str, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    return {
        "name": name, "text": text, "reason": values.get("reason", ""), "reason_errors": errors.get("reason", []),
        "text_errors": [f"{_line_of(place)}{why}" for place, found in errors.items() if place != "reason" for why in found],
    }  # fmt: skip


def _line_of(place: str) -> str:
    _head, _dot, rest = place.partition(".")
    number = rest.partition(".")[0]
    return f"{int(number) + 1}: " if is_row_number(number) else ""


def _contract_template(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    kind = Kind(chosen) if (chosen := values.get("kind", "")) in set(Kind) else Kind.GOODS
    newest = editions.newest(kind)
    return {
        "chosen": kind.value, "kinds": [(one.value, contract_wording.kind(one)) for one in Kind],
        "text": values.get("clauses") or template_text(newest.clauses),
        "based_on": values.get("based_on", str(newest.number)),
        "text_errors": [why for name, found in errors.items() if name not in ("reason", "kind") for why in found],
        "reason": values.get("reason", ""), "reason_errors": errors.get("reason", []),
    }  # fmt: skip


def _countersigned(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    return {"fields": form_of(CountersignContract, values, errors, without={"drawn"}), "drawn": values.get("drawn", "")}


OWN_FORMS: dict[str, tuple[str, Extra]] = {
    "acquisition.enter_order": ("screens/enter_order.html", _entered_order),
    "acquisition.turn_into_order": ("screens/enter_order.html", _won_order),
    "acquisition.reject_change": ("screens/decide_change.html", _decided_change),
    "acquisition.take_over_change": ("screens/decide_change.html", _decided_change),
    "acquisition.set_routing": ("screens/routing_text.html", _routing_as_text),
    "contract.countersign_contract": ("contract/countersign.html", _countersigned),
    "contract.set_contract_template": ("contract/template_text.html", _contract_template),
    "documents.attach_document": ("screens/attach_document.html", attach_form),
    "documents.withdraw_document": ("screens/withdraw_document.html", _withdrawn_document),
    "evaluation.approve_evaluation": ("evaluation/decide.html", _decided),
    "evaluation.decline_order": ("evaluation/decide.html", _decided),
    "evaluation.return_evaluation": ("evaluation/decide.html", _decided),
    "evaluation.set_decision_rules": ("evaluation/set_rules.html", _decision_rules),
    "evaluation.set_screening": ("evaluation/set_rules.html", _screening),
    "portal.send_link": ("portal/send_again.html", mail_form),
    "administration.set_values": ("screens/set_values.html", _company_values),
}
"""Rooms above this one add theirs."""
