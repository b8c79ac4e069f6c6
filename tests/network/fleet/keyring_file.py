"""A keyring for laptops without a desktop, in a file of the example; real ones have the system's."""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class FileKeyring(KeyringBackend):
    """Keeps what it is given in the file that ``EXAMPLE_KEYRING`` names."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        found = self._kept().get(f"{service} {username}")
        return found if found is None else str(found)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._keep({**self._kept(), f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        kept = self._kept()
        kept.pop(f"{service} {username}", None)
        self._keep(kept)

    def _kept(self) -> dict[str, str]:
        try:
            return dict(json.loads(_file().read_text()))
        except FileNotFoundError:
            return {}

    def _keep(self, kept: dict[str, str]) -> None:
        _file().touch(mode=0o600)
        _file().write_text(json.dumps(kept))


def _file() -> Path:
    return Path(os.environ["EXAMPLE_KEYRING"])
