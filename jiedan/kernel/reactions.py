"""What follows from a step: the one table of reactions, and the outbox that makes sure each of them happens.

A reaction's row is written in the transaction of its record, so it exists exactly when the record does; the worker
carries it out afterwards, again and again with growing pauses until it succeeds. There are no signals.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from jiedan.core.roles import Role
from jiedan.kernel import bulk
from jiedan.kernel.models import Outbox, Record


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell the people who hold one of these roles for the record's department, or whom it names; never who did it."""

    name: str
    after: str
    roles: frozenset[Role] = frozenset()
    mail: bool = False
    named: str = ""
    """The fact that lists the people to tell by key, where no roles say it."""


@dataclass(frozen=True, slots=True)
class Run:
    """Call a function (dotted path: record, now) in the outbox's transaction; it has to bear being called twice."""

    name: str
    after: str
    function: str


TAKERS = frozenset({Role.ORDER_TAKER})
HEADS = frozenset({Role.DEPARTMENT_HEAD})
SYSTEM_ADMINS = frozenset({Role.SYSTEM_ADMIN})
SECURITY_ADMINS = frozenset({Role.SECURITY_ADMIN})

REACTIONS: tuple[Tell, ...] = (
    Tell("order_waiting", after="acquisition.receive_order", roles=TAKERS),
    Tell("order_waiting", after="acquisition.enter_order", roles=TAKERS),
    Tell("order_waiting", after="acquisition.route_order", roles=TAKERS),
    Tell("order_transferred", after="acquisition.transfer_order", roles=TAKERS | HEADS),
    Tell("cancel_requested", after="acquisition.request_cancel", roles=TAKERS | HEADS, mail=True),
    Tell("order_cancelled", after="acquisition.cancel_order", roles=TAKERS | HEADS),
    Tell("order_changed", after="acquisition.note_change", roles=TAKERS | HEADS, mail=True),
    Tell("change_gone", after="acquisition.settle_change", roles=TAKERS | HEADS),
    Tell("day_differs", after="reconciliation.find_differences", roles=HEADS, mail=True),
    Tell("quarantine_grows", after="connectors.raise_alarm", roles=HEADS | SYSTEM_ADMINS, mail=True),
    Tell("address_off", after="connectors.switch_off_address", roles=HEADS | SYSTEM_ADMINS, mail=True),
    Tell("strangers_send", after="connectors.report_strangers", roles=SYSTEM_ADMINS, mail=True),
    Tell("much_revealed", after="administration.report_revealing", roles=HEADS | SECURITY_ADMINS, mail=True),
    Tell("decision_asked", after="evaluation.submit_evaluation", named="asked", mail=True),
    Tell("decision_asked", after="evaluation.approve_evaluation", named="asked", mail=True),
    Tell("decision_asked", after="evaluation.decline_order", named="asked", mail=True),
    Tell("evaluation_returned", after="evaluation.return_evaluation", named="evaluators", mail=True),
    Tell("evaluation_recalled", after="evaluation.recall_evaluation", named="asked"),
    Tell("order_taken_on", after="evaluation.approve_evaluation", named="evaluators", mail=True),
    Tell("order_declined", after="evaluation.decline_order", named="evaluators", mail=True),
    Tell("terms_answered", after="terms.answer_terms", roles=TAKERS | HEADS, mail=True),
    Tell("contract_to_review", after="contract.submit_contract", roles=HEADS, mail=True),
    Tell("contract_returned", after="contract.review_contract", roles=TAKERS),
    Tell("contract_remarked", after="contract.remark_on_contract", roles=TAKERS | HEADS, mail=True),
    Tell("contract_signed", after="contract.sign_contract", roles=TAKERS | HEADS, mail=True),
    Tell("link_undelivered", after="portal.note_undelivered", named="told", mail=True),
    Tell("deadline_near", after="kernel.warn", roles=TAKERS, mail=True),
    Tell("deadline_missed", after="kernel.mark_overdue", roles=TAKERS | HEADS, mail=True),
    Tell("deadline_escalated", after="kernel.mark_overdue", roles=frozenset({Role.DECISION_MAKER}), mail=True),
)

RUNS: tuple[Run, ...] = (
    *tuple(
        Run("tell_outside", after=f"acquisition.{step}", function="jiedan.connectors.outgoing.queue.after_step")
        for step in ("accept_order", "cancel_order", "refuse_cancel", "withdraw_cancel")
    ),
    Run("tell_outside", after="evaluation.decline_order", function="jiedan.connectors.outgoing.queue.after_step"),
    Run("tell_outside", after="portal.send_link", function="jiedan.connectors.outgoing.queue.after_link"),
    Run("return_idle", after="kernel.mark_overdue", function="jiedan.acquisition.idling.after_overdue"),
    Run("stop_asking", after="acquisition.cancel_order", function="jiedan.evaluation.asking.after_cancel"),
)

_ALL: tuple[Tell | Run, ...] = (*REACTIONS, *RUNS)
_BY_CODE: dict[str, list[Tell | Run]] = defaultdict(list)
for _reaction in _ALL:
    _BY_CODE[_reaction.after].append(_reaction)

BY_NAME: dict[tuple[str, str], Tell] = {(reaction.after, reaction.name): reaction for reaction in REACTIONS}
RUN_BY_NAME: dict[tuple[str, str], Run] = {(run.after, run.name): run for run in RUNS}


def put_in_outbox(records: Sequence[Record]) -> None:
    """Write down what has to follow from these records, in the same transaction. At most one statement."""
    rows = [
        {"record_id": record.pk, "reaction": reaction.name, "next_at": record.entered_at}
        for record in records
        for reaction in _BY_CODE.get(record.action, ())
    ]
    bulk.insert_values(Outbox, rows)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the ATTEMPTS-th failure: 5 s, 10 s, 20 s … up to an hour."""
    return timedelta(seconds=min(3600, 5 * 2 ** (max(1, attempts) - 1)))


def codes() -> Iterable[str]:
    """The steps that something follows from (a test holds them against the registry)."""
    return sorted(_BY_CODE)
