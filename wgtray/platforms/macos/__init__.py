"""macOS: wireguard-go, route(8), pf, scutil and networksetup. Importable everywhere; its effects need a Mac."""
