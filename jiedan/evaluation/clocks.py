"""The clock that this chapter starts; the time to evaluate begins with acceptance (acquisition/clocks.py)."""

from jiedan.kernel.action import Due

DECIDE_ORDER = Due("decide_order", clause="2.2.3", hours="decide_hours", warning="decide_warning_hours")
