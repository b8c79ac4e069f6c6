"""Is this file plain text that a profile can be read from?"""

import re

from wgtray.core.findings import Notebook

SIZE_LIMIT = (1 << 20) - (1 << 12)
"""Bytes of a file and of the profile in it: one IPC frame (CONTRACT section 4) with room for the request around it."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def plain_text(data: str | bytes, file: str) -> str:
    """The text with newlines as line ends and without byte order mark; raises Unreadable."""
    notebook = Notebook(file)
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    if len(raw) > SIZE_LIMIT:
        notebook.error(None, "", f"{len(raw)} bytes long, a profile has at most {SIZE_LIMIT}: is this the right file?")
        notebook.raise_if_refused()
    text = _decoded(data, notebook).removeprefix("\ufeff").replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if found := _UNPRINTABLE.search(line):
            text_of = f"has the control character U+{ord(found[0]):04X} in column {found.start() + 1}: take it out"
            notebook.error(number, "", text_of)
    notebook.raise_if_refused()
    return text


def _decoded(data: str | bytes, notebook: Notebook) -> str:
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        notebook.error(line, "", "not UTF-8 text: save the file with the encoding UTF-8")
        notebook.raise_if_refused()
        raise
