"""Write docs/openapi.json, what /api/openapi.json answers (`make openapi`); `--check` compares."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "openapi.json"
ADDRESS = "/api/openapi.json"


def current_document() -> str:
    """The document that the API gives of itself, asked through its own address."""
    import django

    django.setup()
    from django.test import RequestFactory
    from django.urls import resolve

    view = resolve(ADDRESS)
    request = RequestFactory().get(ADDRESS, headers={"Host": "localhost"})
    answer = view.func(request, *view.args, **view.kwargs)
    if answer.status_code != 200:
        raise RuntimeError(f"{ADDRESS} answers {answer.status_code}")
    document = json.loads(answer.content)
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    with tempfile.TemporaryDirectory(prefix="lianfang-openapi-") as home:
        os.environ["LIANFANG_HOME"] = home
        document = current_document()
    if arguments == ["--check"]:
        if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == document:
            return 0
        print("docs/openapi.json is not current: run `make openapi`")
        return 1
    DOCUMENT.write_text(document, encoding="utf-8")
    print(f"docs/openapi.json, {len(json.loads(document)['paths'])} paths")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
