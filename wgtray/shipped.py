"""Where are the files that come with the program: icons, translations, help?"""

from pathlib import Path


def shipped(*parts: str) -> Path:
    """A file of the folder ``resources``: inside the package where installed, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "resources"
    folder = inside if inside.is_dir() else package.parent / "resources"
    return folder.joinpath(*parts)
