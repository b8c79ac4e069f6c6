"""How is a value of this user's registry read and written? Windows only; imported there alone."""

import winreg  # type: ignore[import-not-found,unused-ignore]


def read(key: str, name: str, *, of_machine: bool = False) -> str | None:
    """The text of that value, or None; ``of_machine``: what an installer set for all."""
    hive = winreg.HKEY_LOCAL_MACHINE if of_machine else winreg.HKEY_CURRENT_USER  # type: ignore[attr-defined,unused-ignore]
    try:
        with winreg.OpenKey(hive, key) as opened:  # type: ignore[attr-defined,unused-ignore]
            return str(winreg.QueryValueEx(opened, name)[0])  # type: ignore[attr-defined,unused-ignore]
    except FileNotFoundError:
        return None


def write(key: str, name: str, value: str | None) -> None:
    """Set it, or remove it; raises OSError."""
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:  # type: ignore[attr-defined,unused-ignore]
        if value is not None:
            winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)  # type: ignore[attr-defined,unused-ignore]
            return
        try:
            winreg.DeleteValue(opened, name)  # type: ignore[attr-defined,unused-ignore]
        except FileNotFoundError:
            return
