"""How does the Linux package come about? ``python -m installers.deb`` (README.md)."""
