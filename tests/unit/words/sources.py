"""Every sentence that people may read, found where it is written: tables of ``words``, calls of ``say``, ``count``."""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3] / "wgtray"
AS_THEY_ARE = frozenset({"wgtray", "kB", "MB", "GB", "TB"})
"""Names and units, the same in every language."""


@cache
def sources() -> frozenset[str]:
    """All of them; of a numeral the form for many, under which it is looked up."""
    found = {text for path in ROOT.rglob("*.py") for text in _said(path)}
    for path in sorted((ROOT / "words").glob("*.py")):
        module = importlib.import_module(f"wgtray.words.{path.stem}" if path.stem != "__init__" else "wgtray.words")
        for name, value in vars(module).items():
            if name.isupper() and name != "ACTIVE_MARK":
                found |= set(_texts(value))
    one = {text for path in ROOT.rglob("*.py") for text in _for_one(path)}
    return frozenset(text for text in found if re.search("[A-Za-z]{2}|%[dmY]", text)) - AS_THEY_ARE - one


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _texts(each)
        case tuple() | list():
            for each in value:
                yield from _texts(each)


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def _calls(path: Path, name: str) -> Iterator[ast.Call]:
    for node in _nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _said(path: Path) -> Iterator[str]:
    for call in _calls(path, "say"):
        if call.args and (text := _literal(call.args[0])):
            yield text
    for call in _calls(path, "count"):
        if len(call.args) > 2 and (text := _literal(call.args[2])):
            yield text


def _for_one(path: Path) -> Iterator[str]:
    """The forms for one of numerals, by name or as they stand; those that are equal to the form for many stay."""
    from wgtray.words import pages

    for call in _calls(path, "count"):
        if len(call.args) > 2:
            one, many = (_named(arg, pages) for arg in call.args[1:3])
            if one is not None and one != many:
                yield one


def _named(node: ast.expr, module: object) -> str | None:
    if isinstance(node, ast.Attribute):
        return str(getattr(module, node.attr))
    return _literal(node)
