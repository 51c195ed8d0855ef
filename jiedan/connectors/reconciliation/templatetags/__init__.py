"""Template tags of the reconciliation."""
