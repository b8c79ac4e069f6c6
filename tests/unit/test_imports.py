"""Who may import whom (ARCHITECTURE's table), read from the source so that a lazy import counts too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "wgtray"

# package or module: what of wgtray it may import besides itself. The longest name that fits decides.
ALLOWED: dict[str, set[str]] = {
    "wgtray": set(),
    "wgtray.__main__": {"wgtray.cli.app", "wgtray.gui.start", "wgtray.words"},
    "wgtray.core": set(),
    "wgtray.ipc": {"wgtray.core"},
    "wgtray.shipped": set(),
    "wgtray.language": {"wgtray.shipped"},
    "wgtray.words": {"wgtray.core", "wgtray.ipc", "wgtray.language"},
    "wgtray.platforms": {
        "wgtray.core",
        "wgtray.platforms.linux.backend",
        "wgtray.platforms.macos",
        "wgtray.platforms.windows",
    },
    "wgtray.platforms.linux": {"wgtray.core", "wgtray.platforms.api", "wgtray.platforms.command"},
    "wgtray.platforms.macos": {"wgtray.core", "wgtray.platforms.api", "wgtray.platforms.command"},
    "wgtray.platforms.windows": {"wgtray.core", "wgtray.platforms.api", "wgtray.platforms.command"},
    "wgtray.helper": {"wgtray", "wgtray.core", "wgtray.ipc", "wgtray.words", "wgtray.platforms.api"},
    "wgtray.helper.app": {
        "wgtray",
        "wgtray.core",
        "wgtray.ipc",
        "wgtray.words",
        "wgtray.platforms",
        "wgtray.platforms.api",
    },
    "wgtray.desktop": {"wgtray.core", "wgtray.ipc"},
    "wgtray.gui": {
        "wgtray",
        "wgtray.core",
        "wgtray.desktop",
        "wgtray.ipc",
        "wgtray.language",
        "wgtray.shipped",
        "wgtray.words",
    },
    "wgtray.cli": {
        "wgtray",
        "wgtray.core",
        "wgtray.desktop",
        "wgtray.fleet",
        "wgtray.ipc",
        "wgtray.lab",
        "wgtray.shipped",
        "wgtray.words",
    },
    "wgtray.fleet": {"wgtray.core", "wgtray.shipped"},
    "wgtray.lab": {"wgtray.core"},
    "wgtray.node": {
        "wgtray",
        "wgtray.core",
        "wgtray.platforms.api",
        "wgtray.platforms.command",
        "wgtray.platforms.linux.netlink",
        "wgtray.platforms.linux.rtnetlink",
    },
}

QT = {"wgtray.gui"}
WITHOUT_QT = {f"wgtray.gui.{name}" for name in ("view", "scene", "rows", "events", "notices", "history", "journal")}
PURE_FORBIDDEN = {"os", "time", "subprocess", "asyncio", "socket", "threading", "pathlib.Path", "datetime", "logging"}
EFFECTS = {"wgtray.platforms", "wgtray.lab", "wgtray.cli.demo"}
EFFECTS |= {f"wgtray.desktop.{name}" for name in ("run_key", "taskbar", "programs_windows", "tray_host")}
ASKS_THE_SYSTEM = {"wgtray.platforms", "wgtray.desktop"}

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide who imports whom"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES or node.module == "pathlib" else str(node.module)


def within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def rule_for(module: str) -> str:
    return max((name for name in ALLOWED if within(module, {name})), key=len)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_its_package_may(module: str) -> None:
    rule = rule_for(module)
    assert rule != "wgtray" or module == "wgtray", f"{module} needs a row in ALLOWED"
    for name in imports(MODULES[module]):
        if not within(name, {"wgtray"}):
            continue
        exact = {allowed for allowed in ALLOWED[rule] if allowed in ("wgtray", "wgtray.platforms")}
        fits = name in exact or within(name, ALLOWED[rule] - exact) or within(name, {rule, home(module)})
        assert fits, f"{module} may not import {name}"


def home(module: str) -> str:
    """The top package of a module: imports within it are its own business."""
    return ".".join(module.split(".")[:2])


@pytest.mark.parametrize("module", MODULES)
def test_qt_is_the_guis_alone(module: str) -> None:
    if within(module, QT) and module not in WITHOUT_QT:
        return
    assert not [name for name in imports(MODULES[module]) if within(name, {"PySide6", "shiboken6"})]


@pytest.mark.parametrize("module", [name for name in MODULES if within(name, {"wgtray.core"})])
def test_decisions_have_no_clock_no_files_and_no_loop(module: str) -> None:
    assert not [name for name in imports(MODULES[module]) if within(name, PURE_FORBIDDEN)]


@pytest.mark.parametrize("module", MODULES)
def test_commands_are_run_in_few_places(module: str) -> None:
    if within(module, EFFECTS):
        return
    assert not [name for name in imports(MODULES[module]) if within(name, {"subprocess", "ctypes", "winreg"})]


@pytest.mark.parametrize("module", MODULES)
def test_the_operating_system_is_asked_for_in_two_places(module: str) -> None:
    if module in ASKS_THE_SYSTEM:
        return
    source = MODULES[module].read_text()
    assert not [word for word in ("sys.platform", "platform.system(", "os.name") if word in source]


def test_a_file_answers_one_question() -> None:
    long = {str(path.relative_to(ROOT)): lines for path in MODULES.values() if (lines := lines_of(path)) > 400}
    assert not long, f"over 400 lines, look for the second question: {long}"


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())
