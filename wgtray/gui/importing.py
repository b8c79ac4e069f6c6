"""How does an offered profile become this computer's? Its key is put to rest, the service gets it: both, or neither.

The keyring may ask its user to unlock it, for as long as that takes: a thread waits for it, and ends with the program.
"""

from threading import Thread

import msgspec
from PySide6.QtCore import QObject, Signal

from wgtray import words
from wgtray.core.fields import Key
from wgtray.core.secret import Secret
from wgtray.core.signature import claimed
from wgtray.gui.client import Client
from wgtray.gui.offer import Offer
from wgtray.ipc.messages import Connect, Done, ProfileNow, Refused, SetProfile, SetSigned
from wgtray.language import say
from wgtray.words import first


class Import(QObject):
    """Imports one profile."""

    imported = Signal(str)
    """It is done and connecting; the public key that the administrator has to be given, or nothing."""
    failed = Signal(str)
    """Nothing was changed; a sentence that says why and what to do."""
    _stored = Signal(object, object, str)

    def __init__(self, client: Client, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._number = 0
        self._public_key = ""
        self._secret: Secret | None = None
        self._new_in_keyring = False
        self._made = False
        self._stored.connect(self._hand_over)
        client.answered.connect(self._answered)
        client.lost.connect(self._lost)

    def start(self, offer: Offer) -> None:
        """Begin; one of the signals ends it."""
        Thread(target=self._store, args=(offer,), daemon=True, name="keyring").start()

    def _store(self, offer: Offer) -> None:
        """In a thread of its own: put the key into the keyring, where there is one."""
        from wgtray.desktop import keys

        profile, meant_for = offer.profile, _meant_for(offer)
        try:
            waiting = None if meant_for is None else keys.load(meant_for)
            if meant_for is not None and waiting is None:
                self.failed.emit(words.refusal("profile-of-another", {}))
                return
            self._made = waiting is None and profile.interface.private_key is None
            secret = waiting or profile.interface.private_key or keys.generate()
            public_key = keys.public_key(secret)
            in_keyring = keys.usable()
            self._new_in_keyring = in_keyring and keys.load(public_key) != secret
            if self._new_in_keyring:
                keys.save(public_key, secret)
        except keys.KeyringTrouble as trouble:
            self.failed.emit(str(trouble))
            return
        self._stored.emit(_request(offer, secret, keep_key=not in_keyring), secret, public_key)

    def _hand_over(self, request: SetProfile | SetSigned, secret: Secret, public_key: str) -> None:
        self._public_key = public_key
        self._secret = secret
        self._number = self._client.ask(request)
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
                self._client.ask(Connect(self._secret))
                self._secret = None
                self.imported.emit(self._public_key if self._made else "")

    def _lost(self, reason: str) -> None:
        if self._number:
            self._number = 0
            self._undo(say(first.LOST))

    def _undo(self, sentence: str) -> None:
        if self._new_in_keyring:
            Thread(target=_forget, args=(self._public_key,), daemon=True, name="keyring").start()
        self.failed.emit(sentence)


def _meant_for(offer: Offer) -> Key | None:
    said = None if offer.signed is None else claimed(offer.signed)
    return None if said is None else said.meant_for


def _request(offer: Offer, secret: Secret, *, keep_key: bool) -> SetProfile | SetSigned:
    if offer.signed is not None:
        return SetSigned(offer.signed, secret, keep_key, offer.profile.interface.addresses)
    personal = msgspec.structs.replace(offer.profile.interface, private_key=secret)
    return SetProfile(msgspec.structs.replace(offer.profile, interface=personal), keep_key)


def _forget(public_key: str) -> None:
    import contextlib

    from wgtray.desktop import keys

    with contextlib.suppress(keys.KeyringTrouble):  # a key without a profile is of no use to anybody
        keys.delete(public_key)
