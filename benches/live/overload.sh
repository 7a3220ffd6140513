#!/usr/bin/env bash
# What is lost when a worker cannot follow: overload.sh CAPTURE MBIT/S [MICROSECONDS OF EVERY 10,000]
#
# Replays a capture with marked sign-ons (marked.py) over a veth in a network namespace of its own, while the
# worker thread is held to a share of a core, and says how many packets were shed and how many of the
# sign-ons were told. Needs root, tcpreplay, jq, and the cpu controller of cgroup v1.
set -euo pipefail
capture=$1 rate=$2 share=${3:-}
overhear=${OVERHEAR:-$(dirname "$0")/../../target/release/overhear}
space=overload told=$(mktemp) group=/sys/fs/cgroup/cpu/overload

ip netns add $space
trap 'ip netns del $space; rm -f "$told"; rmdir $group 2>/dev/null || true' EXIT
inside="ip netns exec $space"
$inside ip link add t0 type veth peer name t1
for link in t0 t1; do $inside ip link set $link mtu 65535 up; done

$inside "$overhear" live -i t1 --json --no-dashboard --workers 1 > "$told" &
sensor=$!
sleep 2
if [ -n "$share" ]; then
  mkdir -p $group
  echo 10000 > $group/cpu.cfs_period_us
  echo "$share" > $group/cpu.cfs_quota_us
  # Held by its quota alone, also where the machine has other work.
  echo 262144 > $group/cpu.shares
  for thread in /proc/$sensor/task/*; do
    if grep -q worker "$thread/comm"; then echo "${thread##*/}" > $group/tasks; fi
  done
fi
$inside tcpreplay -q -i t0 --mbps="$rate" "$capture" 2>/dev/null | grep Rated
sleep 8
kill -TERM $sensor
wait $sensor
tail -1 "$told" | jq -c '.stats.ledger | {frames, kernel_dropped, shed}'
jq -r 'select(.event_type == "login" and .login.outcome == "success") | .login.account | select(startswith("marked"))' \
  "$told" | sort -u | wc -l | sed 's/$/ of 400 sign-ons told/'
