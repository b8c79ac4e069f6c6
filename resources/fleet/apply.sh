#!/bin/sh
# Makes this node what the files beside this script say. Needs root; safe to repeat; what is right already stays as it is.
# Blocks first: the rules stand before the tunnel does, and name interfaces that need not exist yet.
set -eu
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
. "$here/settings"
key=$here/private.key

nft -I "$here" -f "$here/node.nft"
sysctl -q -e -p "$here/sysctl.conf"

umask 077
[ -s "$key" ] || wg genkey > "$key"
wg pubkey < "$key" > "$here/public.key"

if ! ip link show dev "$TUNNEL" > /dev/null 2>&1; then
  ip link add "$TUNNEL" type wireguard 2> /dev/null || wireguard-go "$TUNNEL" > /dev/null 2>&1
fi
{ printf '[Interface]\nPrivateKey = %s\nListenPort = %s\n\n' "$(cat "$key")" "$PORT"; cat "$here/peers.conf"; } |
  wg syncconf "$TUNNEL" /dev/stdin
for address in $ADDRESSES; do
  case $address in *:*) ip -6 address replace "$address" dev "$TUNNEL" nodad ;;
    *) ip address replace "$address" dev "$TUNNEL" ;; esac
done
ip link set "$TUNNEL" up mtu 1420
for net in $POOL; do ip route replace "$net" dev "$TUNNEL"; done

# Only where it is not so already: replacing a queue loses what waits in it.
if [ -s "$here/shaping.tc" ]; then
  devices=$(sed -n 's/^qdisc replace dev \([^ ]*\) root .*/\1/p' "$here/shaping.tc")
  right=yes
  cmp -s "$here/shaping.tc" "$here/shaping.applied" || right=no
  for device in $devices; do tc qdisc show dev "$device" root 2> /dev/null | grep -q '^qdisc htb 1:' || right=no; done
  if [ "$right" = no ]; then
    for device in $devices; do tc qdisc delete dev "$device" root 2> /dev/null || true; done
    tc -batch "$here/shaping.tc"
    cp "$here/shaping.tc" "$here/shaping.applied"
  fi
fi
