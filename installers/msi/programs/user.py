"""What do wgtray.exe and wgtrayw.exe run? The program; without a console, what would be printed goes nowhere.

``--source ADDRESS`` is what the service asks of it (``platforms/windows/steering.py``), and nothing for people.
"""

import os
import socket
import sys

from wgtray.__main__ import main

if sys.stderr is None:
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (until the process ends)
if sys.argv[1:2] == ["--source"]:
    with socket.socket(socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect((sys.argv[2], 9))  # finds a way, sends nothing
        print(asking.getsockname()[0])
    sys.exit(0)
sys.exit(main())
