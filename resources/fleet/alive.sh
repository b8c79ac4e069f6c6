#!/bin/sh
# keepalived asks every second: does WireGuard answer on this node?
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
. "$here/settings"
exec wg show "$TUNNEL" listen-port > /dev/null 2>&1
