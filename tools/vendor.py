"""Fetch the browser libraries that lie in static/vendor: `python tools/vendor.py` (needs npm).

Each package is packed by npm, its integrity compared with what npm says, the files that we
serve taken out, and static/vendor/manifest.json written. A test compares files and manifest,
so that nobody edits a vendored file by hand. To move to another version, change it here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    version: str
    licence: str
    files: dict[str, str]  # path inside the package -> name here


PACKAGES = (
    Package(
        "htmx.org",
        "2.0.11",
        "0BSD",
        {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "htmx.LICENSE"},
    ),
    Package(
        "echarts",
        "6.1.0",
        "Apache-2.0",
        {
            "dist/echarts.min.js": "echarts.min.js",
            "LICENSE": "echarts.LICENSE",
            "NOTICE": "echarts.NOTICE",
        },
    ),
)


def sha512(content: bytes) -> str:
    """As npm and browsers write it: sha512-<base64>."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def pack(package: Package, folder: Path) -> tuple[Path, str]:
    """The tarball of a package and its integrity, compared with what npm promises."""
    wanted = f"{package.name}@{package.version}"
    said = subprocess.run(
        ["npm", "pack", wanted, "--json"], cwd=folder, check=True, capture_output=True, text=True
    )
    [answer] = json.loads(said.stdout)
    tarball = folder / answer["filename"]
    integrity = sha512(tarball.read_bytes())
    if integrity != answer["integrity"]:
        raise SystemExit(f"{wanted}: the file is {integrity}, npm promised {answer['integrity']}")
    return tarball, integrity


def main() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            tarball, integrity = pack(package, Path(folder))
            with tarfile.open(tarball) as archive:
                for inside, here in package.files.items():
                    member = archive.extractfile(f"package/{inside}")
                    if member is None:
                        raise SystemExit(f"{package.name} has no {inside}")
                    content = member.read()
                    (VENDOR / here).write_bytes(content)
                    rows.append(
                        {
                            "file": here,
                            "package": package.name,
                            "version": package.version,
                            "licence": package.licence,
                            "inside": inside,
                            "package_sha512": integrity,
                            "sha512": sha512(content),
                        }
                    )
    text = json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
    (VENDOR / "manifest.json").write_text(text, encoding="utf-8")
    print(f"{len(rows)} files in static/vendor")


if __name__ == "__main__":
    main()
