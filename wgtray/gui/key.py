"""How does the private key come from the keyring without making the tray wait? A thread asks, a signal answers.

The keyring may ask the user to unlock it, for as long as that takes; a thread that ends with the program, so quitting
meanwhile does not hang.
"""

from threading import Thread

from PySide6.QtCore import QObject, Signal

from wgtray import words


class KeyLookup(QObject):
    """Looks up one private key at a time."""

    found = Signal(object)
    """A ``Secret``."""
    missing = Signal(str)
    """There is none to be had; a sentence that says why and what to do."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: Thread | None = None

    def start(self, public_key: str | None) -> None:
        """Ask the keyring; a second click while it is still thinking changes nothing."""
        if public_key is None:
            self.missing.emit(words.refusal("no-key", {}))
        elif self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._look, args=(public_key,), daemon=True, name="keyring")
            self._thread.start()

    def _look(self, public_key: str) -> None:
        from wgtray.desktop.keys import KeyringTrouble, load

        try:
            secret = load(public_key)
        except KeyringTrouble as trouble:
            self.missing.emit(str(trouble))
            return
        if secret is None:
            self.missing.emit(words.refusal("no-key", {}))
        else:
            self.found.emit(secret)
