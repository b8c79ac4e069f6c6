"""How does the disk image look in the Finder? Read by dmgbuild, which puts ``defines`` there beforehand."""

from pathlib import Path
from typing import Any

defines: dict[str, Any] = globals().get("defines", {})

content = Path(defines.get("content", "."))

format = "UDZO"
filesystem = "HFS+"
files = [str(path) for path in sorted(content.iterdir()) if not path.name.startswith(".")]
background = str(content / ".background" / "background.png")
window_rect = ((200, 200), (560, 400))
default_view = "icon-view"
icon_size = 96
icon_locations = {"wgtray.pkg": (280, 150), "README.txt": (140, 300), "LICENSE.txt": (420, 300)}
