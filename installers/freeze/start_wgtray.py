"""The frozen ``wgtray``: what the module does, and what ``wgtray demo`` would ask of an interpreter."""

import runpy
import sys

from wgtray.__main__ import main


def started() -> int:
    """The exit code of whatever this process is."""
    match sys.argv[1:]:
        case ["gate"]:  # of the demo's helper
            from wgtray.platforms.linux.gate import main as gate

            return gate()
        case ["-S", "-m", module, *words] | ["-m", module, *words] if module.startswith("wgtray."):
            sys.argv = [module, *words]
            runpy.run_module(module, run_name="__main__")
            return 0
    return main()


if __name__ == "__main__":
    sys.exit(started())
