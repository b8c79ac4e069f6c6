"""How does wgtray become an MSI? ``python -m installers.msi build``; README.md beside this file says the rest."""
