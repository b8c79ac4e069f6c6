"""What does the tray program do? It watches the helper, draws what it sees and passes clicks on."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication

from wgtray import words
from wgtray.core.profile import Profile
from wgtray.core.secret import Secret
from wgtray.desktop import SYSTEM, launch, preferences, taskbar
from wgtray.desktop.preferences import Preferences
from wgtray.gui import events, notices, speech
from wgtray.gui.client import Client
from wgtray.gui.events import Event
from wgtray.gui.face import Face
from wgtray.gui.history import History
from wgtray.gui.journal import Journal
from wgtray.gui.key import KeyLookup
from wgtray.gui.scene import Scene
from wgtray.gui.view import AskForProgram, Browse, Lost, Open, Quit, Start, TrayView, Wish, steadied, steady, view
from wgtray.ipc.messages import Connect, Done, OpenPortal, ProfileNow, Refused, ShowProfile, Snapshot, WaysNow, WayView
from wgtray.language import say
from wgtray.words import first, pages

if TYPE_CHECKING:
    from wgtray.gui.offer import Offer

WINDOW_EVERY_S: Final = 0.5
"""How often the window follows numbers; a change of state is drawn at once."""
AGEING_MS: Final = 5_000
"""How often an open window is drawn when nothing is heard, for times that pass."""
JOURNAL: Final = "activity"


class App(QObject):
    """The tray program behind its faces: what was seen last, and what to do with a click."""

    def __init__(self, path: str, settings: Path, state: Path) -> None:
        super().__init__()
        self._path, self._settings = path, settings
        self._seen: Snapshot | Lost | None = None
        self._before: Snapshot | None = None
        """The last snapshot, also while the helper is away."""
        self._shown: dict[str, float] = {}
        self._notice = ""
        self._ways: tuple[WayView, ...] = ()
        self._page, self._browse_at = "", 0
        """A page to be shown, and the request that opens the way to it."""
        self._profile: Profile | None = None
        self._asked_for: tuple[object, ...] = ()
        self._events: list[Event] | None = None
        self._memory = notices.Memory()
        self._view: TrayView | None = None
        self._drawn_at = 0.0
        self._greeting = False
        self.history = History()
        self.journal = Journal(state / JOURNAL)
        self.preferences = preferences.load(settings)
        self.face = Face(self)
        self.client = Client(path, self)
        self.key = KeyLookup(self)
        self.ageing = QTimer(self)
        self.ageing.timeout.connect(self._age)
        self.settling = QTimer(self)
        self.settling.setSingleShot(True)
        self.settling.timeout.connect(lambda: self._notify(()))
        self.face.wished.connect(self.do)
        self.face.preferred.connect(self._prefer)
        self.face.importing.connect(self._bring)
        self.face.opened.connect(self._opened)
        self.client.snapshot.connect(self._saw)
        self.client.lost.connect(self._lost)
        self.client.answered.connect(self._answered)
        self.key.found.connect(self._key_found)
        self.key.missing.connect(self._tell)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.face.anew)
        self._apply()

    def start(self) -> None:
        """Appear and look for the helper."""
        self._draw()
        self.client.start()
        self.face.start()

    def stop(self) -> None:
        """Leave the helper alone; the connection stays as it is."""
        self.client.stop()
        self.ageing.stop()

    def do(self, wish: Wish) -> None:
        """What was clicked."""
        self._notice = ""
        match wish:
            case Quit():
                QApplication.quit()
            case Open("overview") if self._is_first_run():
                self.face.open("welcome")
            case Open(page, at):
                self.face.open(page, at)
            case AskForProgram():
                self.face.ask_for_program()
            case Start(path):
                program, *rest = launch.protected(self._path, path)
                if not QProcess.startDetached(program, rest):
                    self._tell(say(pages.NOT_STARTED, program=path))
            case Browse(url, closed):
                self._browse_at = self.client.ask(OpenPortal()) if closed else 0
                self._page = url
                if not closed:
                    browse(url)
            case Connect() if isinstance(self._seen, Snapshot) and self._seen.needs_key:
                self.key.start(self._seen.public_key)
            case request:
                self.client.ask(request)

    def _is_first_run(self) -> bool:
        """There is nothing to look over: no profile, or not even a service that could have one."""
        if isinstance(self._seen, Snapshot):
            return self._seen.profile is None
        if SYSTEM != "linux" or self._before is not None or not isinstance(self._seen, Lost):
            return False
        from wgtray.desktop.machine import is_service_installed

        return self._seen.reason == "absent" and not is_service_installed()

    def _saw(self, snapshot: Snapshot) -> None:
        now = time.time()
        heard = events.happened(self._before, snapshot, now)
        if isinstance(self._seen, Lost) and self._before is not None:
            heard = (Event(now, "connection", "service-back"), *heard)
        self._seen, self._shown = snapshot, steady(self._shown, snapshot.nodes)
        self._before = snapshot
        self.history.saw(snapshot, now)
        self._happened(heard)
        self._greet(snapshot)
        self._ask_for_profile()
        self._draw()

    def _lost(self, reason: str) -> None:
        if isinstance(self._seen, Snapshot):
            self._happened((Event(time.time(), "connection", "service-lost"),))
        self._seen, self._notice, self._asked_for = Lost(self._path, reason), "", ()
        self._draw()

    def _answered(self, number: int, answer: Done | Refused | ProfileNow | WaysNow) -> None:
        match answer:
            case ProfileNow(profile):
                self._profile = profile
                self._draw()
            case WaysNow(ways):
                self._ways = ways
                self._view = None  # a page alone is new
                self._draw()
            case Done() if number and number == self._browse_at:
                self._browse_at = 0
                browse(self._page)
            case Refused(code, args):
                self._tell(words.refusal(code, args))

    def _key_found(self, secret: Secret) -> None:
        self.client.ask(Connect(secret))

    def _tell(self, sentence: str) -> None:
        self._notice = sentence
        if not self.face.is_open():
            self.face.tell(words.NAME, sentence)
        self._draw()

    def _bring(self, offer: "Offer") -> None:
        from wgtray.gui.importing import Import  # once in a lifetime, and it reads every kind of profile

        bringing = Import(self.client, self)
        bringing.imported.connect(self._brought)
        bringing.imported.connect(bringing.deleteLater)
        bringing.failed.connect(self.face.import_failed)
        bringing.failed.connect(bringing.deleteLater)
        bringing.start(offer)

    def _brought(self, public_key: str) -> None:
        self._greeting = True
        self.face.imported(public_key)

    def _greet(self, snapshot: Snapshot) -> None:
        """The first connection after an import is worth a word."""
        if self._greeting and snapshot.state == "connected":
            self._greeting = False
            self.face.tell(say(first.CONNECTED_TITLE), say(first.CONNECTED))

    def _happened(self, heard: tuple[Event, ...]) -> None:
        if heard:
            self.journal.add(heard)
            if self._events is not None:
                self._events += heard
        self._notify(heard)

    def _notify(self, heard: tuple[Event, ...]) -> None:
        now = time.time()
        self._memory, notice = notices.told(self._memory, heard, self.preferences.notices, now)
        if notice is not None:
            self.face.tell(notice.title, notice.text)
        if self._memory.waiting is not None:
            self.settling.start(max(0, round((self._memory.waiting[1] - now) * 1000)) + 1)

    def _opened(self) -> None:
        if self._events is None:
            self._events = self.journal.read()
        self.ageing.start(AGEING_MS)
        self._ask_for_profile()
        self._draw()

    def _age(self) -> None:
        if self.face.is_open():
            self._draw()
        else:
            self.ageing.stop()
            self._remember_size()

    def _ask_for_profile(self) -> None:
        """Only for an open window, and only when it may have changed."""
        seen = self._seen
        if not isinstance(seen, Snapshot) or not self.face.is_open():
            return
        nets, names = tuple(each.net for each in seen.networks), tuple(each.name for each in seen.nodes)
        wanted = (seen.profile, seen.serial, seen.public_key, nets, names)
        if wanted != self._asked_for:
            self._asked_for = wanted
            self.client.ask(ShowProfile())

    def _prefer(self, chosen: Preferences) -> None:
        before, self.preferences = self.preferences, chosen
        try:
            preferences.save(self._settings, chosen)
        except OSError as error:
            why = error.strerror or type(error).__name__
            self._tell(say(pages.NOT_KEPT, why=why, path=str(self._settings)))
        self._apply()
        self._draw()
        if before.language != chosen.language:
            QTimer.singleShot(0, self.face.anew)  # not while the page that chose it is still at work

    def _apply(self) -> None:
        speech.speak(self.preferences.language)
        self.face.stand_on(taskbar.surface(self.preferences.icon))

    def _remember_size(self) -> None:
        window = self.face.window
        if window is not None and (size := (window.width(), window.height())) != self.preferences.window:
            self._prefer(msgspec.structs.replace(self.preferences, window=size))

    def _draw(self) -> None:
        now = time.time()
        picture = view(self._seen, self._shown, now, self._notice, self.preferences.order)
        if picture == self._view and now - self._drawn_at < WINDOW_EVERY_S:
            return
        self._view, self._drawn_at = picture, now
        seen = self._seen
        self.face.draw(
            Scene(
                view=picture,
                snapshot=steadied(seen, self._shown) if isinstance(seen, Snapshot) else None,
                lost=seen if isinstance(seen, Lost) else None,
                profile=self._profile,
                history=self.history,
                events=self._events or [],
                preferences=self.preferences,
                now=now,
                ways=self._ways,
            )
        )


def browse(url: str) -> None:
    """Show a page in the user's browser."""
    QDesktopServices.openUrl(QUrl(url))
