"""What the causes are called under which messages are set aside; whoever adds one adds its words (clause 2.1.2)."""

from django.utils.translation import gettext_lazy as _

CAUSES = {
    "account_unknown": _("Sent to a connection that doesn't exist"),
    "bad_signature": _("Wrong signature"),
    "sign_wrong": _("Wrong signature"),
    "no_signature": _("No signature"),
    "bad_message_id": _("No usable message number"),
    "bad_timestamp": _("No usable time"),
    "timestamp_unreadable": _("No usable time"),
    "stale_clock": _("Sent at another time than it says"),
    "timestamp_stale": _("Sent at another time than it says"),
    "malformed_json": _("Not JSON"),
    "json_refused": _("Not usable JSON"),
    "duplicate_name": _("A name stands twice"),
    "not_utf8": _("Not UTF-8"),
    "byte_order_mark": _("Not plain UTF-8"),
    "bad_character": _("Characters that are no text"),
    "too_deep": _("Nested too deep"),
    "number_out_of_range": _("A number out of range"),
    "not_a_number": _("A number that is none"),
    "not_a_message": _("Not a message with an order"),
    "unknown_type": _("A type of message that isn't known"),
    "contradiction": _("Fields contradict one another"),
    "invalid": _("Wrong fields"),
    "order_unreadable": _("Wrong fields"),
    "unreadable": _("Wrong fields"),
    "parameters_unreadable": _("Unreadable parameters"),
    "parameter_missing": _("A parameter is missing"),
    "parameter_wrong": _("A wrong parameter"),
    "method_unknown": _("A method that isn't known"),
    "method_not_offered": _("A method that isn't offered"),
    "refused": _("Refused by our own rules"),
    "refund_unreadable": _("A refund that can't be used"),
}

UNVERIFIED = frozenset(
    {
        "account_unknown", "bad_signature", "no_signature", "bad_timestamp", "stale_clock", "bad_message_id", "sign_wrong",
        "timestamp_stale", "timestamp_unreadable", "parameter_missing", "parameters_unreadable",
    }
)  # fmt: skip
"""Causes under which it isn't certain who sent a message, or when."""


def words(cause: str) -> str:
    """The cause as people call it; its code when nobody named it yet."""
    return str(CAUSES.get(cause, cause))


def why_silent(why: str) -> str:
    """Why an address was switched off, as people say it."""
    return str(_SILENT.get(why, why))


_SILENT = {"gone": _("The other side says that it is gone (HTTP 410)"), "silent": _("It took nothing for three days")}
