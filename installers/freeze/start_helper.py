"""The frozen ``wgtray-helper``: the root process, or, by the word ``gate``, the process it starts to catch programs."""

import sys

from wgtray.helper import environment


def started() -> int:
    """The exit code of whatever this process is."""
    environment.scrub()
    if sys.argv[1:] == ["gate"]:
        from wgtray.platforms.linux.gate import main as gate

        return gate()
    from wgtray.helper.app import main

    return main()


if __name__ == "__main__":
    sys.exit(started())
