"""What does wgtray look like at work? ``wgtray demo``: a lab with real nodes, the helper in it, and the tray or lines.

Everything belongs to this process: the lab's janitor takes it down also when this process is killed.
"""

import argparse
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from wgtray import words
from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.options import Parser
from wgtray.cli.trouble import DONE, INTERRUPTED, Failed, Usage
from wgtray.core.problems import WgtrayError
from wgtray.ipc.messages import Connect, SetProfile, Snapshot
from wgtray.lab import DEFAULT_NODES, WORDS, Lab, LabError, make

START_TIMEOUT_S = 10.0
LOOK_EVERY_S = 0.02
QUIET_S = 5.0
"""How often a line is printed while only latencies change."""

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Show it until Ctrl-C, or change a node of the demo that runs in another terminal."""
    if socket is not None:
        raise Usage("wgtray demo: it has a service of its own, so --socket has no meaning here.")
    args = _parser(verb).parse_args(argv)
    try:
        if args.what:
            return _make(args.what, args.lab)
        return _show(args)
    except LabError as error:
        raise Failed(str(error)) from None


def _make(what: list[str], lab_id: str | None) -> int:
    match what:
        case ["make", node, word]:
            out.line(make(node, word, lab_id))
            return DONE
    raise Usage(f"wgtray demo: write make NODE WORD, like: wgtray demo make fra silent. Words: {', '.join(WORDS)}.")


def _show(args: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Lab.up(DEFAULT_NODES) as lab:
            out.line(f"Three WireGuard nodes, a company network and a public host are up ({lab.up_s:.1f} s).")
            desk = _Desk(lab)
            try:
                desk.start()
                out.line(_what_to_try(lab, desk.socket))
                sys.stdout.flush()
                return _tray(desk) if _has_display(args) else _lines(desk)
            finally:
                desk.stop()
    except KeyboardInterrupt:
        out.line("\nEverything of the demo is gone again.")
        return INTERRUPTED


class _Desk:
    """The demo's helper, serving the desktop user who called sudo where there is one."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._helper: subprocess.Popen[bytes] | None = None
        self.socket = str(lab.runtime_dir / "helper.sock")
        self.log = lab.runtime_dir / "helper.log"
        self.user = _desktop_user()
        self._resolv_conf = lab.runtime_dir / "resolv.conf"
        """The machine's own is every namespace's."""

    def start(self) -> None:
        """Start the helper, import the lab's profile, connect; raises Failed."""
        argv = [sys.executable, "-m", "wgtray.helper.app", "run", "--socket", self.socket]
        argv += ["--state-dir", str(self._lab.runtime_dir / "state"), "--resolv-conf", str(self._resolv_conf)]
        argv += [] if self.user is None else ["--allow-uid", str(self.user.pw_uid)]
        with self.log.open("wb") as log:
            # A session of its own: Ctrl-C is for the demo, which then stops the helper in good order.
            self._helper = self._lab.client.popen(argv, stderr=log, start_new_session=True)
        self._wait_for_socket()
        from wgtray.core import document

        profile, _ = document.read(self._lab.profile_toml(), "demo.toml")
        try:
            with Connection(self.socket) as connection:
                connection.do(SetProfile(profile, keep_key=True))
                connection.do(Connect())
        except WgtrayError as error:
            raise Failed(f"The demo's service refused the profile ({error.code}): its log is {self.log}.") from None

    def stop(self) -> None:
        """Stop the helper; the lab's end would do it too."""
        if self._helper is not None:
            self._helper.terminate()
            self._helper.wait(START_TIMEOUT_S)

    def _wait_for_socket(self) -> None:
        assert self._helper is not None  # noqa: S101 - start made it
        deadline = time.monotonic() + START_TIMEOUT_S
        while not Path(self.socket).exists():
            if self._helper.poll() is not None or time.monotonic() > deadline:
                last = self.log.read_text().strip().splitlines()[-1:] or ["it said nothing"]
                raise Failed(f"The demo's service did not start: {last[0]}")
            time.sleep(LOOK_EVERY_S)


def _tray(desk: _Desk) -> int:
    """The tray as the desktop user, until it is quit or Ctrl-C."""
    argv = [sys.executable, "-m", "wgtray", "--socket", desk.socket]
    environment, user, group = dict(os.environ), None, None
    if desk.user is not None:
        user, group = desk.user.pw_uid, desk.user.pw_gid
        runtime = f"/run/user/{user}"
        environment |= {"HOME": desk.user.pw_dir, "USER": desk.user.pw_name, "XDG_RUNTIME_DIR": runtime}
        environment.setdefault("DBUS_SESSION_BUS_ADDRESS", f"unix:path={runtime}/bus")
    tray = subprocess.Popen(argv, env=environment, user=user, group=group, extra_groups=[] if user else None)
    try:
        code = tray.wait()
    finally:
        tray.terminate()
        tray.wait()
    if code != 0:
        out.line("The tray could not be shown, so here is what it would show.")
        return _lines(desk)
    return DONE


def _lines(desk: _Desk) -> int:
    """Live status lines until Ctrl-C: at every change, and now and then for the latencies."""
    shown, at = "", 0.0
    with Connection(desk.socket) as connection:
        snapshot: Snapshot | None = connection.watch()
        while True:
            if snapshot is not None:
                now, state = time.monotonic(), _state(snapshot)
                if state != shown or now - at >= QUIET_S:
                    out.line(f"{time.strftime('%H:%M:%S')}  {words.state_line(snapshot)}  [{_nodes(snapshot)}]")
                    sys.stdout.flush()
                    shown, at = state, now
            snapshot = connection.newer(1.0)


def _state(snapshot: Snapshot) -> str:
    """What makes a line worth printing at once: everything but numbers."""
    health = ",".join(f"{node.name}={node.health}" for node in snapshot.nodes)
    return f"{snapshot.state} {snapshot.node} {health}"


def _nodes(snapshot: Snapshot) -> str:
    shown = [words.latency(node.rtt_ms) if node.rtt_ms else node.health for node in snapshot.nodes]
    return "  ".join(f"{node.name} {text}" for node, text in zip(snapshot.nodes, shown, strict=True))


def _what_to_try(lab: Lab, socket: str) -> str:
    me = sys.argv[0] if Path(sys.argv[0]).name == "wgtray" else f"{sys.executable} -m wgtray"
    inside = f"nsenter --net=/run/netns/{lab.client.netns}"
    return f"""
Try this in another terminal, as root:
  {me} demo make fra silent       Frankfurt stops answering: another node takes over
  {me} demo make ams slow         Amsterdam becomes far away
  {me} demo make fra normal       and back ({", ".join(word for word in WORDS if word != "normal")})
  {me} --socket {socket} status
  {me} --socket {socket} node sin
  {inside} ping {lab.company_host[0]}      a company's computer, through the tunnel
  {inside} ping {lab.public_host[0]}      a public one, past it

Ctrl-C takes everything down.
"""


def _has_display(args: argparse.Namespace) -> bool:
    if args.no_gui or not any(os.environ.get(name) for name in DISPLAYS):
        return False
    from importlib.util import find_spec

    return find_spec("PySide6") is not None


def _desktop_user() -> pwd.struct_passwd | None:
    """The user behind sudo or pkexec, whose desktop it is."""
    for name in ("SUDO_UID", "PKEXEC_UID"):
        number = os.environ.get(name, "")
        if number.isdigit() and number != "0":
            try:
                return pwd.getpwuid(int(number))
            except KeyError:
                continue
    return None


def _parser(verb: str) -> Parser:
    parser = Parser(
        verb,
        "Three real WireGuard nodes, a company network and a public host in network namespaces of this machine,\n"
        "with the service and the tray working against them. Nothing touches the machine's own network. Needs root.",
        "  wgtray demo\n  wgtray demo --no-gui\n  wgtray demo make fra silent",
    )
    parser.add_argument("--no-gui", action="store_true", help="print live status lines instead of opening the tray")
    parser.add_argument("--lab", metavar="ID", help="which demo to change, where several run")
    parser.add_argument("what", nargs="*", metavar="make NODE WORD", help=f"change a node: {', '.join(WORDS)}")
    return parser
