"""Papers on file: sealed store, typesetting, signatures, proofs (clauses 2.3.2, 6.2.1)."""
