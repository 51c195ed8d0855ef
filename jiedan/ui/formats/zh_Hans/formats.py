"""Amounts as they are written in Chinese bookkeeping: groups of three digits, where Django puts none."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
