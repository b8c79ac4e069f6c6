"""How is a function of a library of Windows called? One that this Windows does not have fails as the system fails."""

import ctypes
from collections.abc import Callable
from typing import Any


class Library:
    """A DLL by its name; its functions are its attributes. Raises OSError where there is no such library."""

    def __init__(self, name: str) -> None:
        loader: Any = ctypes
        self._name = name
        self._dll = loader.WinDLL(name, use_last_error=True)

    def pointer(self, function: str, *arguments: object) -> int | None:
        """What a function gives that gives a pointer; None for none, also where an argument is none."""
        found: Any = getattr(self, function)
        found.restype = ctypes.c_void_p
        if isinstance(arguments[0], ctypes.c_void_p) and not arguments[0]:
            return None
        address: int | None = found(*arguments)
        return address

    def __getattr__(self, function: str) -> Callable[..., int]:
        """Raises OSError: an attribute that is missing would be an error in this program."""
        try:
            found: Callable[..., int] = getattr(self._dll, function)
        except AttributeError:
            raise OSError(0, f"this Windows has no {function} in {self._name}") from None
        return found
