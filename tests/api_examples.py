"""Requests made from the API's own document: one that is well formed for every operation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.api import Caller
from tools.openapi import DOCUMENT


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Operation:
    """One method of one address, with a request that its schema takes."""

    method: str
    path: str
    about: dict[str, Any]
    schemas: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def name(self) -> str:
        return str(self.about["operationId"])

    @property
    def description(self) -> str:
        return str(self.about["description"])

    @property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = self.about.get("requestBody", {}).get("content", {})
        return found

    @property
    def takes_files(self) -> bool:
        return "multipart/form-data" in self.content

    @property
    def takes_key(self) -> bool:
        return any(p["name"] == "Idempotency-Key" for p in self.about.get("parameters", ()))

    def body(self) -> Any:
        """None where the operation takes none."""
        if not self.content:
            return None
        (media,) = self.content.values()
        return self.example(media["schema"])

    def query(self) -> dict[str, Any]:
        return {
            p["name"]: self.example(p["schema"])
            for p in self.about.get("parameters", ())
            if p["in"] == "query" and p.get("required")
        }

    def address(self, value: str = "1") -> str:
        """Below /api/v1, with `value` for each part that is left open."""
        parts = self.path.removeprefix("/api/v1").split("/")
        return "/".join(value if part.startswith("{") else part for part in parts)

    def send(self, caller: Caller, *, body: Any = None, value: str = "1") -> Any:
        address = self.address(value)
        if self.method == "get":
            return caller.get(address, **self.query())
        sent = self.body() if body is None else body
        if self.takes_files:
            return caller.upload(address, {k: str(v) for k, v in (sent or {}).items()})
        return caller.post(address, sent if sent is not None else {}, Idempotency_Key="k")

    def example(self, schema: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return self.example(self.schemas[schema["$ref"].rsplit("/", 1)[1]])
        if "default" in schema:
            return schema["default"]
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        if "anyOf" in schema:
            return self.example(schema["anyOf"][0])
        return self._of_type(schema)

    def _of_type(self, schema: dict[str, Any]) -> Any:
        match schema.get("type"):
            case "object":
                required = schema.get("required", ())
                fields = schema.get("properties", {})
                return {name: self.example(fields[name]) for name in required}
            case "array":
                return [self.example(schema["items"])] * schema.get("minItems", 0)
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return True
        formats = {"date": "2020-02-01", "date-time": "2020-02-01T08:00:00+08:00"}
        return formats.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))


def operations() -> Iterator[Operation]:
    found = document()
    for path, methods in found["paths"].items():
        for method, about in methods.items():
            yield Operation(method, path, about, found["components"]["schemas"])
