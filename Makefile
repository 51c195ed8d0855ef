# Everything is done by tools/dev.py (standard library only); this is for the fingers.
PYTHON ?= python3

.PHONY: help run test bench lint messages
help:
	@$(PYTHON) tools/dev.py help
run:
	@exec $(PYTHON) tools/dev.py run
test:
	@$(PYTHON) tools/dev.py test
bench:
	@B="$(B)" $(PYTHON) tools/dev.py bench
lint:
	@$(PYTHON) tools/dev.py lint
messages:
	@$(PYTHON) tools/dev.py messages
