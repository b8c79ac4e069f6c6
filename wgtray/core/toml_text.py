"""How is a profile written as TOML, so that a person likes to read it?

Defaults are left out, the order is CONTRACT section 3's, and equal profiles give equal text.
"""

import json
import typing
from collections.abc import Iterator

import msgspec

from wgtray.core.profile import Network, Profile, Value
from wgtray.core.secret import Secret

_WIDTH = 100  # a longer list is written one entry a line


def render_toml(profile: Profile, *, secrets: bool = False) -> str:
    """The text; ``read_toml`` gives the same profile again. Private and preshared keys only with ``secrets``."""
    blocks = [list(_pairs(profile, secrets))]
    for info in msgspec.structs.fields(profile):
        value = getattr(profile, info.name)
        if isinstance(value, Value):
            if pairs := list(_pairs(value, secrets)):
                blocks.append([f"[{info.encode_name}]", *pairs])
        elif _has_tables(info.type):
            blocks += [[f"[[{info.encode_name}]]", *_pairs(entry, secrets)] for entry in value]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _pairs(value: Value, secrets: bool) -> Iterator[str]:
    """The ``key = value`` lines of one table, without the tables below it."""
    for info in msgspec.structs.fields(value):
        item = getattr(value, info.name)
        if isinstance(item, Value) or (_has_tables(info.type) and not _inline(info.type)):
            continue
        if item is None or (not info.required and item == info.default) or (isinstance(item, Secret) and not secrets):
            continue
        yield f"{info.encode_name} = {_literal(item)}"


def _literal(item: object) -> str:
    match item:
        case bool():
            return "true" if item else "false"
        case int():
            return str(item)
        case float():
            return str(int(item)) if item.is_integer() else repr(item)
        case str():
            return _text(item)
        case Secret():
            return _text(item.reveal())
        case tuple():
            entries = [_literal(entry) for entry in item]
            line = f"[{', '.join(entries)}]"
            return line if len(line) <= _WIDTH else "[\n" + "".join(f"    {entry},\n" for entry in entries) + "]"
        case Network():
            pairs = list(_pairs(item, secrets=False))
            return _text(item.net) if len(pairs) == 1 else f"{{ {', '.join(pairs)} }}"
    raise TypeError(f"a profile has no {type(item).__name__}")


def _text(text: str) -> str:
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"  # a Windows path is read more easily without doubled backslashes
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # the one character where JSON is laxer


def _has_tables(hint: object) -> bool:
    return any(isinstance(part, type) and issubclass(part, Value) for part in typing.get_args(hint))


def _inline(hint: object) -> bool:
    return Network in typing.get_args(hint)
