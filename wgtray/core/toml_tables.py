"""Which values do these TOML tables describe, and which of them are wrong?

A ``Form`` says what kind of document it is: a profile (``PROFILE``), or a company's fleet file.

Each value is converted alone, so that one mistake does not hide the next: where a value is wrong, a stand-in takes its
place until everything has been looked at, and the notebook then refuses the document.
"""

import base64
import difflib
import functools
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import inspect

from wgtray.core import fields, secret, toml_lines
from wgtray.core.findings import Notebook, Severity
from wgtray.core.profile import AppRule, Invalid, Network, Node, Profile, Value
from wgtray.core.secret import Secret

V = TypeVar("V", bound=Value)


class Form(NamedTuple):
    """What is particular about one kind of document."""

    root: type[Value]
    headed: frozenset[type[Value]]
    """Written as ``[[table]]``, each with a name."""
    examples: Mapping[str, str]
    """Required key -> how it is written."""
    stand_in: Callable[[str, str, int], object]
    """A valid value for a required field, from (its name, the path of its table, a number never used before)."""
    unknown: Severity = "warning"
    """How bad a key is that nobody knows."""
    whole_last: bool = False
    """The root is judged only when its parts are right, because it is about how they refer to each other."""


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number with a fraction"),
    (str, "text"),
    (list, "a list"),
    (dict, "a table"),
)


def value_of(
    form: Form, kind: type[V], table: dict[str, Any], where: Mapping[str, int], notebook: Notebook, path: str = ""
) -> V:
    """The value; only worth anything if nothing was refused in ``notebook``. ``where`` gives the line of a path."""
    return _Reading(form, where, notebook).struct(kind, table, path)


def profile_of(table: dict[str, Any], where: Mapping[str, int], notebook: Notebook) -> Profile:
    """The same for a profile."""
    if table.get("node", []) == []:
        text = "no [[node]]: write one for every WireGuard gateway of the company"
        notebook.error(toml_lines.line_of(where, "node"), "node", text)
    return value_of(PROFILE, Profile, table, where, notebook)


class _Noted(Exception):
    """A value is wrong and the notebook says why."""


class _Reading:
    """One walk over the tables of a document."""

    def __init__(self, form: Form, where: Mapping[str, int], notebook: Notebook) -> None:
        self._form = form
        self._where = where
        self._notebook = notebook
        self._titles: dict[str, str] = {}  # path of a node or app -> what its author calls it
        self._stand_ins = 0

    def struct(self, kind: type[V], table: dict[str, Any], path: str) -> V:
        """The value at ``path``, or after noting what is wrong, one that stands in for it."""
        infos = {info.encode_name: info for info in msgspec.structs.fields(kind)}
        title = table.get("name")
        if kind in self._form.headed and isinstance(title, str) and path:
            self._titles[path] = f" ({_head(path)} {fields.shown(title)})"
        self._note_unknown(table, infos, path)
        chosen: dict[str, object] = {}
        wrong: set[str] = set()
        for key, info in infos.items():
            at = toml_lines.below(path, key)
            if key in table:
                try:
                    chosen[info.name] = self._field(info.type, table[key], at)
                except _Noted:
                    wrong.add(info.name)
            elif info.required:
                self._error(at, f"missing: write {self._form.examples[key]}")
                wrong.add(info.name)
        return self._built(kind, chosen, wrong, path)

    def _built(self, kind: type[V], chosen: dict[str, object], wrong: set[str], path: str) -> V:
        """The struct; once more without its wrong fields, as only right ones are checked against each other."""
        attributes = {info.encode_name: info.name for info in msgspec.structs.fields(kind)}
        alone = True
        incomplete = self._form.whole_last and self._notebook.refused
        for _ in range(3):
            try:
                return kind(**self._completed(kind, chosen, path))
            except Invalid as invalid:
                blamed = [(attributes[_head(at)], at, sentence) for at, sentence in invalid.complaints]
                for name, at, sentence in blamed:
                    if alone and name not in wrong and not (kind is self._form.root and incomplete):
                        self._error(f"{path}.{at}" if path else at, sentence)
                wrong = wrong | {name for name, _, _ in blamed}
                alone = all(name in kind.CANON for name, _, _ in blamed)
                chosen = {name: value for name, value in chosen.items() if name not in wrong}
        return kind(**self._completed(kind, {}, path))

    def _completed(self, kind: type[Value], chosen: dict[str, object], path: str) -> dict[str, Any]:
        """``chosen``, with a unique valid value for every required field that it lacks."""
        self._stand_ins += 1
        needed = {info.name for info in msgspec.structs.fields(kind) if info.required} - chosen.keys()
        return chosen | {name: self._form.stand_in(name, path, self._stand_ins) for name in needed}

    def _field(self, hint: object, value: object, path: str) -> object:
        """The value as ``hint`` wants it; raises _Noted."""
        if isinstance(hint, type) and issubclass(hint, Value):
            return self._table(hint, value, path)
        if typing.get_origin(hint) is tuple:
            return self._list(typing.get_args(hint)[0], value, path)
        return self._scalar(hint, value, path)

    def _table(self, kind: type[Value], value: object, path: str) -> Value:
        if isinstance(value, dict):
            return self.struct(kind, value, path)
        if isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
            raise self._error(path, f"stands in double brackets: write [{path}], once")
        raise self._error(path, f"is {_kind(value)}: write a table" + ("" if "[" in path else f" [{path}]"))

    def _list(self, item: object, value: object, path: str) -> tuple[object, ...]:
        headed = item in self._form.headed
        if isinstance(value, dict) and isinstance(item, type) and headed:
            self.struct(item, value, path)
            raise self._error(path, f"stands in single brackets: write [[{path}]], once for every {path}")
        if not isinstance(value, list):
            wanted = f"[[{path}]] tables" if headed else "a list in brackets, as in [1, 2] or ['a', 'b']"
            raise self._error(path, f"is {_kind(value)}: write {wanted}")
        entries: list[object] = []
        for index, entry in enumerate(value):
            at = f"{path}[{index}]"
            try:
                plain = item is Network and isinstance(entry, str)
                entries.append(self._network(entry, at) if plain else self._field(item, entry, at))
            except _Noted:
                continue
        if len(entries) < len(value):
            raise _Noted
        return tuple(entries)

    def _network(self, text: str, path: str) -> Network:
        """An entry of ``[split] networks`` that is only the network."""
        try:
            return Network(net=fields.Prefix(text))
        except Invalid as invalid:
            raise self._error(path, "; ".join(sentence for _, sentence in invalid.complaints)) from None

    def _scalar(self, hint: object, value: object, path: str) -> object:
        try:
            return msgspec.convert(value, hint, strict=True, dec_hook=secret.dec_hook)
        except msgspec.ValidationError as error:
            raise self._error(path, _instead(hint, value, str(error))) from None

    def _note_unknown(self, table: dict[str, Any], known: Iterable[str], path: str) -> None:
        for key in table:
            if key not in known:
                at = toml_lines.below(path, key)
                close = difflib.get_close_matches(key.lower(), known, 1)
                home = next((name for name, keys in _homes(self._form.root).items() if key in keys), None)
                hint = f': did you mean "{close[0]}"?' if close else f": it belongs in {home}" if home else ""
                ignored = " ignored" if self._form.unknown == "warning" else ""
                text = f"unknown key {fields.shown(key)}{ignored}{hint}{self._title(at)}"
                self._notebook.add(self._form.unknown, toml_lines.line_of(self._where, at), at, text)

    def _error(self, path: str, sentence: str) -> _Noted:
        """Notes it and gives the exception to raise where the value is needed."""
        self._notebook.error(toml_lines.line_of(self._where, path), path, sentence + self._title(path))
        return _Noted()

    def _title(self, path: str) -> str:
        head, dot, rest = path.partition(".")
        return self._titles.get(head, "") if dot and rest != "name" else ""


def _instead(hint: object, value: object, reason: str) -> str:
    """What to write where ``value`` stands."""
    kind = inspect.type_info(hint)
    if isinstance(kind, inspect.UnionType):  # every union in a profile is "… or None"
        kind = next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    match kind:
        case inspect.CustomType(cls=cls) if cls is Secret and isinstance(value, str):
            return reason
        case inspect.LiteralType(values=values):
            got = fields.shown(value) if isinstance(value, str) else f"is {_kind(value)}"
            return f"{got}: write " + " or ".join(sorted(f'"{one}"' for one in values))
        case inspect.IntType():
            wanted = "a whole number"
        case inspect.FloatType():
            wanted = "a number"
        case inspect.BoolType():
            wanted = "true or false"
        case _:
            return f"is {_kind(value)}: write text in quotes"
    if isinstance(value, int) and not isinstance(value, bool) and wanted != "true or false":
        return f"is too large: write {wanted} that a computer can count to"
    return f"is {_kind(value)}: write {wanted}" + (" without quotes" if isinstance(value, str) else "")


def _kind(value: object) -> str:
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "a date or time")


def _head(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def stand_in(name: str, path: str, number: int) -> object:
    """A valid value for a required field of a profile."""
    match name:
        case "schema":
            return 1
        case "name":
            return path or "profile"
        case "public_key":
            return base64.b64encode(number.to_bytes(32, "big")).decode()
        case "endpoint":
            return "stand-in.invalid:1"
        case "net":
            return f"2001:db8::{number >> 16:x}:{number & 0xFFFF:x}/128"
    raise TypeError(f"no stand-in for {name}")


@functools.cache
def _homes(root: type[Value]) -> dict[str, set[str]]:
    """Table header to its keys."""
    homes: dict[str, set[str]] = {}
    for info in msgspec.structs.fields(root):
        for kind in (info.type, *typing.get_args(info.type)):
            if isinstance(kind, type) and issubclass(kind, Value):
                header = f"[{info.encode_name}]" if kind is info.type else f"[[{info.encode_name}]]"
                homes[header] = {one.encode_name for one in msgspec.structs.fields(kind)}
    homes["the top of the file"] = {info.encode_name for info in msgspec.structs.fields(root)}
    return homes


PROFILE = Form(
    Profile,
    frozenset({Node, AppRule}),
    {
        "schema": "schema = 1 at the top",
        "name": 'name = "…"',
        "public_key": 'public_key = "…", what `wg pubkey` printed for the node',
        "endpoint": 'endpoint = "HOST:51820"',
        "net": 'net = "10.20.0.0/16"',
    },
    stand_in,
)
"""The form of CONTRACT section 3."""
