"""What do wgtray.exe and wgtrayw.exe run? The program; without a console, what would be printed goes nowhere."""

import os
import sys

from wgtray.__main__ import main

if sys.stderr is None:
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (until the process ends)
sys.exit(main())
