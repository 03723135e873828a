"""The web process. Its clock is set here, at the edge, once."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.wsgi import get_wsgi_application

import config  # noqa: F401  (the SQLite that we trust, before Django asks for one)

application = get_wsgi_application()

from lianfang.installation.operations import start_clock  # noqa: E402  (Django first)
from lianfang.usecases.submission_desk import open_desk  # noqa: E402  (Django first)

start_clock()
open_desk()
