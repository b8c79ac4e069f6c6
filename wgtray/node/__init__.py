"""A node's own service: ``wgtray-node follow``. It needs no part of the client and no configuration file."""
