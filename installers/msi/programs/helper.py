"""What does wgtray-helper.exe run? The service, and its other verbs."""

import sys

from wgtray.helper.app import main

sys.exit(main())
