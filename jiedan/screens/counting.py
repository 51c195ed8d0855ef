"""Counts for chips and tiles, each only so far."""

from jiedan.kernel.counting import MOST, counted

__all__ = ["MOST", "counted"]
