"""What a notice says: title, sentence and the page it leads to, from the record alone, in the reader's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from jiedan.kernel.kinds import MODELS
from jiedan.kernel.naming import deadline_title, kind_title


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice as a person reads it."""

    title: str
    sentence: str
    path: str


def notice_text(reaction: str, body: Mapping[str, Any]) -> NoticeText:
    """The text of a notice about the record with this body."""
    facts = body["facts"]
    ref = str(facts.get("ref", ""))
    words = {
        "kind": kind_title(body["subject"]),
        "ref": ref,
        "who": body["actor_name"],
        "summary": str(facts.get("summary", "")),
        "duty": deadline_title(facts["deadline"]) if "deadline" in facts else "",
        "due": str(facts.get("due", "")),
        "reason": str(facts.get("reason", "")),
        "questions": str(facts.get("questions", "")),
        "next_step": str(facts.get("next_step", "")),
    }
    title, sentence = _TEXTS[reaction]()
    return NoticeText(title % words, sentence % words, path_of(body["subject"], ref))


def path_of(kind: str, ref: str) -> str:
    """The page of a subject."""
    return f"/{MODELS[kind].FOLDER}/{ref}/"


_TEXTS: dict[str, Callable[[], tuple[str, str]]] = {
    "order_waiting": lambda: (
        _("New order %(ref)s waits for acceptance"),
        _("%(summary)s. Please read and accept it in time."),
    ),
    "order_transferred": lambda: (
        _("Order %(ref)s was transferred to you"),
        _("%(who)s transferred %(ref)s to your department: %(reason)s. The time limit for accepting begins anew."),
    ),
    "cancel_requested": lambda: (
        _("The customer asks to cancel %(ref)s"),
        _(
            "The platform reports that the customer of %(ref)s asks to cancel. The clocks stand still until that is settled."
        ),
    ),
    "order_cancelled": lambda: (_("Order %(ref)s was cancelled"), _("%(ref)s was cancelled: %(reason)s.")),
    "order_changed": lambda: (
        _("The platform changed %(ref)s"),
        _(
            "The platform sent other data for %(ref)s after it was accepted. The order was not overwritten; look at the differences and decide in time."
        ),
    ),
    "change_gone": lambda: (
        _("The platform says of %(ref)s what we have again"),
        _("Nothing has to be decided about %(ref)s any more: the platform's data are ours again."),
    ),
    "day_differs": lambda: (
        _("Reconciliation found differences: %(ref)s"),
        _("%(summary)s. Mend each with a click, or explain it."),
    ),
    "quarantine_grows": lambda: (
        _("Too many messages can't be used: %(ref)s"),
        _(
            "Within an hour more messages of a shop were set aside than usual: %(summary)s. Please look into the quarantine."
        ),
    ),
    "address_off": lambda: (
        _("Nothing more is sent to %(summary)s: %(ref)s"),
        _(
            "The other side's address is gone, or took nothing for three days, so it was switched off. What waits is kept for three days; give the connection another address."
        ),
    ),
    "strangers_send": lambda: (
        _("Messages for connections that don't exist: %(ref)s"),
        _(
            "Within an hour more came in than usual for addresses of no connection: %(summary)s. Perhaps somebody was given a wrong one."
        ),
    ),
    "much_revealed": lambda: (
        _("Personal data looked at unusually often: %(ref)s"),
        _("Within an hour, full personal data was shown more often than usual: %(summary)s. Please ask why."),
    ),
    "decision_asked": lambda: (
        _("You are asked to decide on %(ref)s"),
        _("%(who)s brought %(ref)s (%(summary)s) before you. Read the evaluation and decide in time."),
    ),
    "evaluation_returned": lambda: (
        _("The evaluation of %(ref)s came back with questions"),
        _("%(who)s asks about %(ref)s: %(questions)s. Its time begins anew; votes so far have lapsed."),
    ),
    "evaluation_recalled": lambda: (
        _("The evaluation of %(ref)s was recalled"),
        _("%(who)s recalled the evaluation of %(ref)s: %(reason)s. Nothing has to be decided for now."),
    ),
    "order_taken_on": lambda: (
        _("%(ref)s is taken on"),
        _("It was decided to take %(ref)s (%(summary)s) on. Next step: %(next_step)s."),
    ),
    "order_declined": lambda: (
        _("%(ref)s is declined"),
        _("It was decided to decline %(ref)s (%(summary)s): %(reason)s. The customer has to be told; see the order."),
    ),
    "terms_answered": lambda: (
        _("The customer answered the terms of %(ref)s"),
        _("%(summary)s. See what they agreed to and what they ask: %(questions)s"),
    ),
    "contract_to_review": lambda: (
        _("A contract waits for review: %(ref)s"),
        _("%(who)s handed over the contract of %(ref)s (%(summary)s). Go through its clauses and pass or return it."),
    ),
    "contract_returned": lambda: (
        _("The contract of %(ref)s was reviewed"),
        _("%(who)s reviewed the contract of %(ref)s (%(summary)s). See the result on the order's contract."),
    ),
    "contract_remarked": lambda: (
        _("The customer remarked on the contract of %(ref)s"),
        _("%(summary)s. Read the remark beside its clause; answer it, or draw the contract up anew."),
    ),
    "contract_signed": lambda: (
        _("The customer signed the contract of %(ref)s"),
        _("%(summary)s. Sign for the company, so that both sides get the file."),
    ),
    "link_undelivered": lambda: (
        _("The mail with the link didn't reach the customer of %(ref)s"),
        _("%(summary)s: the mail server didn't take it (%(reason)s). Check the address, or send the link otherwise."),
    ),
    "deadline_near": lambda: (
        _("Due soon: %(duty)s · %(ref)s"),
        _("“%(duty)s” for %(ref)s (%(summary)s) is due at %(due)s."),
    ),
    "deadline_missed": lambda: (
        _("Overdue: %(duty)s · %(ref)s"),
        _("“%(duty)s” for %(ref)s (%(summary)s) was due at %(due)s and has not been done."),
    ),
    "deadline_escalated": lambda: (
        _("Escalated: %(duty)s · %(ref)s"),
        _("“%(duty)s” for %(ref)s (%(summary)s) was due at %(due)s and has not been done by the department."),
    ),
}


def reactions() -> frozenset[str]:
    """The reactions that have words (a test holds them against the table)."""
    return frozenset(_TEXTS)
