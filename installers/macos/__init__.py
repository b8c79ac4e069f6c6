"""How does the package for a Mac come about? ``python -m installers.macos`` (README.md)."""
