"""How does an offered profile become this computer's? Its key is put to rest, the service gets it: both, or neither.

The keyring may ask its user to unlock it, for as long as that takes: a thread waits for it, and ends with the program.
"""

from threading import Thread

import msgspec
from PySide6.QtCore import QObject, Signal

from wgtray import words
from wgtray.core.profile import Profile
from wgtray.gui.client import Client
from wgtray.ipc.messages import Connect, Done, ProfileNow, Refused, SetProfile
from wgtray.language import say
from wgtray.words import first


class Import(QObject):
    """Imports one profile."""

    imported = Signal(str)
    """It is done and connecting; the public key that the administrator has to be given, or nothing."""
    failed = Signal(str)
    """Nothing was changed; a sentence that says why and what to do."""
    _stored = Signal(object, bool, str)

    def __init__(self, client: Client, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._number = 0
        self._public_key = ""
        self._new_in_keyring = False
        self._made = False
        self._stored.connect(self._hand_over)
        client.answered.connect(self._answered)
        client.lost.connect(self._lost)

    def start(self, profile: Profile) -> None:
        """Begin; one of the signals ends it."""
        self._made = profile.interface.private_key is None
        Thread(target=self._store, args=(profile,), daemon=True, name="keyring").start()

    def _store(self, profile: Profile) -> None:
        """In a thread of its own: put the key into the keyring, where there is one."""
        from wgtray.desktop import keys

        secret = profile.interface.private_key or keys.generate()
        personal = msgspec.structs.replace(profile.interface, private_key=secret)
        whole = msgspec.structs.replace(profile, interface=personal)
        public_key = keys.public_key(secret)
        try:
            in_keyring = keys.usable()
            self._new_in_keyring = in_keyring and keys.load(public_key) != secret
            if self._new_in_keyring:
                keys.save(public_key, secret)
        except keys.KeyringTrouble as trouble:
            self.failed.emit(str(trouble))
            return
        self._stored.emit(whole, in_keyring, public_key)

    def _hand_over(self, profile: Profile, in_keyring: bool, public_key: str) -> None:
        self._public_key = public_key
        self._number = self._client.ask(SetProfile(profile, keep_key=not in_keyring))
        if not self._number:
            self._undo(say(first.LOST))

    def _answered(self, number: int, answer: Done | Refused | ProfileNow) -> None:
        if not self._number or number != self._number:
            return
        self._number = 0
        match answer:
            case Refused(code, args):
                self._undo(words.refusal(code, args))
            case _:
                self._client.ask(Connect())  # the service holds the key in memory from the import on
                self.imported.emit(self._public_key if self._made else "")

    def _lost(self, reason: str) -> None:
        if self._number:
            self._number = 0
            self._undo(say(first.LOST))

    def _undo(self, sentence: str) -> None:
        if self._new_in_keyring:
            Thread(target=_forget, args=(self._public_key,), daemon=True, name="keyring").start()
        self.failed.emit(sentence)


def _forget(public_key: str) -> None:
    import contextlib

    from wgtray.desktop import keys

    with contextlib.suppress(keys.KeyringTrouble):  # a key without a profile is of no use to anybody
        keys.delete(public_key)
