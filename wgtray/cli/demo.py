"""What does wgtray look like at work? ``wgtray demo``; the lab reads everything that follows the verb itself."""

from collections.abc import Sequence

from wgtray.cli.trouble import Failed


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Hand over to the lab."""
    del verb, socket  # the demo has a helper, and so a socket, of its own
    try:
        from wgtray.lab import demo
    except ImportError as error:
        raise Failed(f"The demo is not part of this installation ({error}): run it from wgtray's source.") from None
    return int(demo.main(list(argv)))
