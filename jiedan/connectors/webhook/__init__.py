"""Orders that other systems push to us as Standard Webhooks (clause 2.1.2)."""
