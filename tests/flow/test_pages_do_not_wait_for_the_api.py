"""The API's schemas take seconds to build: a web process that shows a page does not build them."""

from __future__ import annotations

import subprocess
import sys

ASK = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.urls import resolve, reverse
resolve(reverse("desk-home"))
print("lianfang.api.main" in sys.modules)
print(resolve("/api/openapi.json").view_name)
"""


def test_a_page_is_found_without_the_api_and_the_api_when_it_is_asked_for() -> None:
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "api-1:openapi-json"]
