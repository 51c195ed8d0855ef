"""Steps on an order's papers."""
