"""The offline maps: GeoJSON of the country by province, and of each province by county. Pure.

Names repeat within a province (two 市中区 in 四川省): join by `properties.code`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from lianfang.places import divisions

SHAPES = Path(__file__).resolve().parent / "shapes"
COUNTRY = SHAPES / "china.json"


@lru_cache(maxsize=1)
def _drawn() -> dict[str, frozenset[str]]:
    codes = json.loads((SHAPES / "codes.json").read_text(encoding="utf-8"))
    return {province: frozenset(shapes) for province, shapes in codes.items()}


def map_file(province: str = "") -> Path:
    """The GeoJSON of a province by county, or of the country by province when empty."""
    if not province:
        return COUNTRY
    if province not in _drawn():
        raise divisions.UnknownDivision(code=province[:20])
    return SHAPES / f"{province}.json"


def drawn_as(code: str) -> str | None:
    """The code of the shape in which a place lies on its province's map; None: on no shape.

    The shapes are of another year than the edition: 下城区 330103 lies in 拱墅区 330105, 会理市
    513402 is drawn as 会理县 513425, the islands of 三沙 as one city. People at a place without
    a shape are to be named beside the map.
    """
    shapes = _drawn().get(divisions.province_of(code), frozenset())
    candidates = [code]
    became = divisions.rename_of(code)
    if became:
        candidates += became.new_codes
    candidates += [old.old_code for old in divisions.every_rename() if old.new_codes == (code,)]
    city = divisions.city_of(code)
    if city:
        candidates.append(city)
    return next((candidate for candidate in candidates if candidate in shapes), None)


@lru_cache(maxsize=1)
def sources() -> dict[str, dict[str, str] | str]:
    """What the maps are made from, to be printed beside them."""
    found: dict[str, dict[str, str] | str] = json.loads(
        (SHAPES / "sources.json").read_text(encoding="utf-8")
    )
    return found
