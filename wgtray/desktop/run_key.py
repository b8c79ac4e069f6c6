"""How is a value of this user's registry read and written? Windows only; imported there alone."""

import winreg  # type: ignore[import-not-found,unused-ignore]


def read(key: str, name: str) -> str | None:
    """The text of that value, or None."""
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:  # type: ignore[attr-defined,unused-ignore]
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
