"""What do a Mac's property lists and the installer's own description say?"""

import plistlib
from typing import Final

APP: Final = "org.wgtray.app"
HELPER: Final = "org.wgtray.helper"
PACKAGE: Final = "org.wgtray.pkg"
LEAST_SYSTEM: Final = "12.0"
"""What the Qt that is shipped asks for."""


def info(version: str) -> dict[str, object]:
    """The app's Info.plist: no icon in the Dock, none while it starts either."""
    return {
        "CFBundleName": "wgtray",
        "CFBundleDisplayName": "wgtray",
        "CFBundleIdentifier": APP,
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "CFBundleLocalizations": ["en", "de", "zh_CN"],
        "LSUIElement": True,
        "LSBackgroundOnly": False,  # PyInstaller says True of a program that also speaks to a terminal: no icon at all
        "LSMinimumSystemVersion": LEAST_SYSTEM,
        "LSApplicationCategoryType": "public.app-category.utilities",
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "AGPL-3.0-or-later",
    }


def component() -> bytes:
    """What pkgbuild is told of the app: it goes where we say, not where a copy was dragged to before."""
    return plistlib.dumps(
        [
            {
                "RootRelativeBundlePath": "Applications/wgtray.app",
                "BundleIsRelocatable": False,
                "BundleIsVersionChecked": False,
                "BundleHasStrictIdentifier": True,
                "BundleOverwriteAction": "upgrade",
            }
        ]
    )


def distribution(version: str, processor: str) -> str:
    """What productbuild reads: licence and background, and on which Macs it may be installed."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<installer-gui-script minSpecVersion="2">
    <title>wgtray</title>
    <background file="background.png" mime-type="image/png" alignment="bottomleft" scaling="none"/>
    <background-darkAqua file="background.png" mime-type="image/png" alignment="bottomleft" scaling="none"/>
    <license file="LICENSE" mime-type="text/plain"/>
    <options customize="never" require-scripts="true" rootVolumeOnly="true" hostArchitectures="{processor}"/>
    <domains enable_anywhere="false" enable_currentUserHome="false" enable_localSystem="true"/>
    <volume-check>
        <allowed-os-versions><os-version min="{LEAST_SYSTEM}"/></allowed-os-versions>
    </volume-check>
    <choices-outline><line choice="all"/></choices-outline>
    <choice id="all" title="wgtray"><pkg-ref id="{PACKAGE}"/></choice>
    <pkg-ref id="{PACKAGE}" version="{version}" onConclusion="none">wgtray-component.pkg</pkg-ref>
    <pkg-ref id="{PACKAGE}"><must-close><app id="{APP}"/></must-close></pkg-ref>
</installer-gui-script>
"""
