#!/bin/sh
# What people run beside wg-quick today: ping the active node, and after enough strikes move the networks to the next.
#   watch.sh INTERFACE EVERY_S STRIKES LIMIT_MS ACTIVE_FILE NETWORKS NAME=PROBE=KEY...
# ACTIVE_FILE holds the name of the active node. 5 s, 1 strike, 200 ms is the reference; 1 s, 3 strikes keepalived's way.
# ACTIVE_FILE.round says when the last round began, in seconds since the machine started: the bench chooses its moments.
interface=$1 every_s=$2 most=$3 limit_ms=$4 file=$5 networks=$6
shift 6
strikes=0 last=
while :; do
  sleep "$every_s" &
  read -r up _ </proc/uptime
  echo "$up" >"$file.round"
  read -r active <"$file"
  [ "$active" = "$last" ] || strikes=0
  last=$active address= next=
  for node in "$@" "$1"; do # the one after the active is next, after the last the first
    name=${node%%=*} rest=${node#*=}
    if [ -n "$address" ] && [ -z "$next" ]; then next=$name probe=${rest%%=*} key=${rest#*=}; fi
    if [ "$name" = "$active" ] && [ -z "$address" ]; then address=${rest%%=*}; fi
  done
  rtt=$(ping -n -q -c1 -W1 "$address" 2>/dev/null | sed -n 's|^rtt [^=]*= \([0-9]*\).*|\1|p')
  if [ -n "$rtt" ] && [ "$rtt" -le "$limit_ms" ]; then strikes=0; else strikes=$((strikes + 1)); fi
  if [ "$strikes" -ge "$most" ]; then
    wg set "$interface" peer "$key" allowed-ips "$probe/32,$networks"
    echo "$next" >"$file"
    echo "switched $next $(date +%s.%N)"
    strikes=0
  fi
  wait
done
