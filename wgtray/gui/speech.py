"""Which language does the tray speak? The user's choice, else the desktop's; Qt's own buttons follow."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from wgtray import language

_of_qt: QTranslator | None = None


def speak(chosen: str) -> None:
    """Speak this language from now on; empty means the desktop's."""
    global _of_qt
    language.speak(chosen or language.closest(QLocale.system().uiLanguages()))
    if _of_qt is not None:
        QCoreApplication.removeTranslator(_of_qt)
        _of_qt = None
    if language.spoken() != language.ENGLISH:
        translator = QTranslator()
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(f"qtbase_{language.spoken()}", folder):
            QCoreApplication.installTranslator(translator)
            _of_qt = translator
