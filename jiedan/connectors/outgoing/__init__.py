"""Outgoing calls: callbacks and webhooks, kept until the other side took them."""
