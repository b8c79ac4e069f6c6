"""wgtray: reach a company's WireGuard nodes from the tray, fast and safely."""

__version__ = "0.1.0"
