"""A program that speaks within its first millisecond, as copies of which some have a rule.

It is a copy of bash, which sends a datagram without starting anything else; under another name it is a program like
any other. (It reads byte by byte, so a byte is all that is said. bash itself is a shell, for which no rule is taken.)
"""

import shutil
import subprocess
from pathlib import Path

from wgtray.lab.place import Place

PUBLIC = "198.51.100.7"
OTHER = "198.51.100.1"
"""Another host outside the company, for what programs without a rule say meanwhile."""

_SAY = "exec 3<>/dev/udp/{host}/7 && echo -n h >&3 && read -t {wait_s} -n 1 -u 3 said && echo $said"
_STREAM = (
    "while true; do exec 3<>/dev/udp/{host}/7; "
    "for i in 1 2 3 4 5 6 7 8 9 10; do echo -n h >&3; read -t 0.01 -n 1 -u 3 said; done; exec 3>&-; done"
)
_HOLD = "exec 3<>/dev/udp/{host}/7; while true; do echo -n h >&3; read -t 0.05 -n 1 -u 3 said; done"


class Sender:
    """One copy, with the rule that a test gives it or with none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copy("/bin/bash", path)

    def toml(self, *, route: str = "tunnel", locked: bool = False) -> str:
        """An ``[[app]]`` of the company."""
        lock = "true" if locked else "false"
        return f'[[app]]\nname = "{self.path.name}"\nroute = "{route}"\nlocked = {lock}\nlinux = ["{self.path}"]\n'

    def argv(self, host: str = PUBLIC, wait_s: float = 2) -> list[str]:
        """Says hello once; succeeds when the answer came."""
        return [str(self.path), "-c", _SAY.format(host=host, wait_s=wait_s)]

    def is_answered(self, place: Place, host: str = PUBLIC, wait_s: float = 2) -> bool:
        """Start it once and wait for its answer."""
        return place.run(self.argv(host, wait_s), check=False).stdout == "h\n"

    def answers(self, place: Place, starts: int, wait_s: float = 2) -> int:
        """Start it so many times, ten at once; how many were answered."""
        loop = ["xargs", "-P", "10", "-I", "{}", "--", *self.argv(wait_s=wait_s)]
        done = place.run(loop, check=False, input="".join(f"{number}\n" for number in range(starts)), timeout=200)
        return done.stdout.count("h\n")

    def stream(self, place: Place) -> subprocess.Popen[bytes]:
        """Start it once for long: a hello every hundredth of a second, from a new socket every tenth."""
        return place.popen(
            [str(self.path), "-c", _STREAM.format(host=PUBLIC)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def hold(self, place: Place) -> subprocess.Popen[bytes]:
        """Start it once for long, with one socket."""
        return place.popen(
            [str(self.path), "-c", _HOLD.format(host=PUBLIC)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
