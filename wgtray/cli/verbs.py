"""Which of these words is meant, and what stands before and behind it?"""

import importlib
from collections.abc import Mapping
from typing import NamedTuple

import wgtray
from wgtray.cli import out
from wgtray.cli.trouble import DONE, Usage


class Verb(NamedTuple):
    """Where a verb is carried out, ``module.run(verb, argv, socket) -> exit code``, and what the list says of it."""

    module: str
    summary: str


def carried_out(prog: str, argv: list[str], socket: str | None, verbs: Mapping[str, Verb], help_text: str) -> int:
    """Find the verb in ``argv`` and run it; answers --help and --version itself; raises Usage.

    ``help_text`` has a place ``{verbs}`` for the list. A ``--socket`` before the verb replaces ``socket``.
    """
    words = iter(enumerate(argv))
    for index, word in words:
        name, equals, value = word.partition("=")
        if word in ("-h", "--help"):
            out.line(help_text.format(verbs=_listed(verbs)))
            return DONE
        if word == "--version":
            out.line(f"wgtray {wgtray.__version__}")
            return DONE
        if name == "--socket":
            socket = value if equals else next(words, (0, ""))[1]
            if not socket:
                raise Usage(f"{prog}: --socket needs the path of the service's socket. See {prog} --help.")
        elif word.startswith("-"):
            raise Usage(f'{prog}: there is no option "{name}" before the verb. See {prog} --help.')
        elif word not in verbs:
            raise Usage(_no_such_verb(prog, word, verbs))
        else:
            return int(importlib.import_module(verbs[word].module).run(word, argv[index + 1 :], socket))
    raise Usage(f"{prog}: the verb is missing. Verbs: {', '.join(verbs)}. See {prog} --help.")


def _listed(verbs: Mapping[str, Verb]) -> str:
    longest = max(map(len, verbs))
    return "\n".join(f"  {name:<{longest}}  {verb.summary}" for name, verb in verbs.items())


def _no_such_verb(prog: str, word: str, verbs: Mapping[str, Verb]) -> str:
    import difflib

    close = difflib.get_close_matches(word, verbs, n=1)
    hint = f' Did you mean "{close[0]}"?' if close else ""
    return f'{prog}: there is no verb "{word[:40]}".{hint} Verbs: {", ".join(verbs)}. See {prog} --help.'
