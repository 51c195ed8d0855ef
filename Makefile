# Everything is done by tools/dev.py (standard library only); this is for the fingers.
PYTHON ?= python3

.PHONY: help run test bench lint messages
help:
	@$(PYTHON) tools/dev.py help
run:
	@exec $(PYTHON) tools/dev.py run
test:
	@exec $(PYTHON) tools/dev.py test
bench:
	@B="$(B)" exec $(PYTHON) tools/dev.py bench
lint:
	@exec $(PYTHON) tools/dev.py lint
messages:
	@exec $(PYTHON) tools/dev.py messages
