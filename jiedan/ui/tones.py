"""Which colour a stage has: the same one everywhere."""

from typing import Final

STAGE_TONES: Final = {
    **dict.fromkeys(("routed", "open", "claimed", "deciding"), "info"),
    **dict.fromkeys(("unrouted", "cancelling", "suspended"), "warn"),
    **dict.fromkeys(
        ("accepted", "negotiating", "agreed", "signed", "confirmed", "contacted", "employed", "in_force"), "ok"
    ),
}
