"""The WSGI application that the web server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiedan.settings")
_pages = get_wsgi_application()

from jiedan.connectors.front import Front  # noqa: E402 - needs the settings to be read

application = Front(_pages)
