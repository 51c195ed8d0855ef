"""Every day the orders of each shop are compared with those of the platform (clause 6.1.2)."""
