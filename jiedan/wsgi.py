"""The WSGI application that the web server runs."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiedan.settings")
_pages = get_wsgi_application()

from jiedan.connectors.front import Front  # noqa: E402 - needs the settings to be read

application = Front(_pages)

# What stays for the life of the process isn't looked through again and again: in a flood of orders that took a quarter
# of every third commit. Everything is loaded before, down to the views.
_everything = get_resolver().url_patterns
gc.collect()
gc.freeze()
# A batch of orders is thousands of objects that all go by themselves when it is done.
gc.set_threshold(20_000, 20, 20)
