"""The WSGI application that the web server runs."""

import os
import sys

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiedan.settings")
_pages = get_wsgi_application()

from jiedan.connectors.front import Front  # noqa: E402 - needs the settings to be read
from jiedan.core import garbage  # noqa: E402

application = Front(_pages)

# Everything is loaded before, down to the views.
_everything = get_resolver().url_patterns
garbage.settle()

# Whoever comes back from the database waits until the thread that runs is made to let go. With Python's own 5 ms, a page
# with eight queries waited 40 ms and more while pushes were written down; changing hands this often costs nothing to see.
sys.setswitchinterval(0.0005)
