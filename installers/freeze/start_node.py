"""The frozen ``wgtray-node``: what runs on the company's WireGuard nodes, with no part of the client in it."""

import sys

from wgtray.node.app import main

if __name__ == "__main__":
    sys.exit(main())
