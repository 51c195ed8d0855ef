"""Orders from spreadsheets: uploaded, checked against what we have, then taken in chunk by chunk (clause 2.1.2)."""
