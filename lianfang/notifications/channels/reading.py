"""Reading a table of settings: every problem is noted with where, what and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications.channels.templates import PLACES, unknown_places


@dataclass(frozen=True, slots=True)
class Problem:
    """`message` is an English msgid whose %-places `context` fills; the edge translates it."""

    where: str
    message: str
    context: Mapping[str, str]

    def in_words(self, translate: Callable[[str], str]) -> str:
        return f"{self.where}: {translate(self.message) % self.context}"

    def __str__(self) -> str:
        return self.in_words(str)


@dataclass(slots=True)
class Table:
    """One table of the settings. What is wrong is noted and a harmless value returned instead,
    so that one reading finds everything; the caller throws the values away if anything is noted.
    """

    where: str
    values: Mapping[str, Any]
    problems: list[Problem]
    # A table that is itself missing or no table has been noted once; its settings are not noted.
    is_blank: bool = False
    _asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, where: str, values: object, problems: list[Problem]) -> Table:
        if isinstance(values, Mapping):
            return cls(where, values, problems)
        problems.append(Problem(where, _("This must be a table of settings."), {}))
        return cls(where, {}, problems, is_blank=True)

    def note(self, name: str, message: str, **context: str) -> None:
        where = f"{self.where}.{name}" if self.where else name
        self.problems.append(Problem(where, message, context))

    def _take(self, name: str) -> Any:
        self._asked.add(name)
        return self.values.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        """A text in one line; without a default it must be there."""
        value = self._take(name)
        if value is None or value == "":
            if default is None:
                self.missing(name)
            return default or ""
        if not isinstance(value, str):
            self.note(name, _("This must be a text in quotation marks."))
            return ""
        if any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
            self.note(name, _("This must be one line without control characters."))
            return ""
        return value

    def missing(self, name: str) -> None:
        if not self.is_blank:
            self.note(name, _("This setting is missing."))

    def choice(self, name: str, options: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value in options:
            return value
        self.note(
            name,
            _("“%(given)s” is not possible here. Possible are: %(options)s."),
            given=value,
            options=", ".join(options),
        )
        return default

    def url(self, name: str, default: str | None = None) -> str:
        """An http(s) address without a user name, a fragment or spaces."""
        value = self.text(name, default)
        if value and not _is_url(value):
            self.note(name, _("This must be an address such as https://sms.example.edu.cn/send."))
        return value

    def base_url(self, name: str = "base_url", default: str | None = None) -> str:
        """An address to which paths are added."""
        value = self.url(name, default)
        if "?" in value:
            self.note(name, _("This address must end before the question mark."))
        return value

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        value = self._take(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            value = float("nan")
        if least <= value <= most:
            return float(value)
        self.note(
            name,
            _("This must be a number from %(least)s to %(most)s."),
            least=f"{least:g}",
            most=f"{most:g}",
        )
        return default

    def whole(self, name: str, default: int | None, *, least: int, most: int) -> int:
        value = self._take(name)
        if value is None and default is not None:
            return default
        if value is None:
            self.missing(name)
            return least
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.note(
            name,
            _("This must be a whole number from %(least)s to %(most)s."),
            least=str(least),
            most=str(most),
        )
        return least

    def flag(self, name: str, default: bool) -> bool:
        value = self._take(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.note(name, _("This must be true or false."))
        return default

    def words(self, name: str) -> list[str]:
        """A list of texts or numbers, as texts; true and false are written as in JSON."""
        value = self._take(name)
        if value is None:
            return []
        if isinstance(value, (list, tuple)) and all(isinstance(v, (str, int)) for v in value):
            return [str(v).lower() if isinstance(v, bool) else str(v) for v in value]
        self.note(name, _('This must be a list such as ["0", "OK"].'))
        return []

    def table(self, name: str, *, required: bool = False) -> Table:
        value = self._take(name)
        where = f"{self.where}.{name}" if self.where else name
        if value is None:
            if required:
                self.missing(name)
            return Table(where, {}, self.problems, is_blank=True)
        return Table.of(where, value, self.problems)

    def templates(self, name: str, *, flat: bool = False) -> Mapping[str, Any]:
        """A table whose texts have only places that a letter fills; a flat one holds only texts."""
        table = self.table(name, required=True)
        if flat and not all(isinstance(value, str) for value in table.values.values()):
            self.note(name, _("Only texts can stand in this table."))
            return {}
        self._check_places(name, table.values)
        return table.values

    def template_list(self, name: str) -> list[str]:
        value = self._take(name)
        if value is None:
            self.missing(name)
            return []
        if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
            self.note(name, _('This must be a list of texts such as ["{link}"].'))
            return []
        self._check_places(name, value)
        return list(value)

    def _check_places(self, name: str, template: object) -> None:
        for place in unknown_places(template):
            self.note(
                name,
                _("No letter can fill {%(place)s}. Possible are: %(options)s."),
                place=place,
                options=", ".join(f"{{{known}}}" for known in PLACES),
            )

    def unasked(self) -> list[str]:
        return [str(name) for name in self.values if name not in self._asked]

    def finish(self) -> None:
        """Note every setting that nobody asked for: most are spelling mistakes."""
        for name in self.unasked():
            self.note(name, _("There is no setting of this name here."))


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        _port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and not parts.fragment
        and not any(sign.isspace() for sign in value)
    )
