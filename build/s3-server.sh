#!/usr/bin/env bash
# A real S3 server on loopback for the tests: Ceph RGW over one monitor, one manager and one OSD in memory.
#   build/s3-server.sh start FOLDER [PID]   prints TIDEMARK_TEST_S3, which is ENDPOINT|ACCESS_KEY|SECRET_KEY
#   build/s3-server.sh stop FOLDER          stops what was started there, by its recorded process ids, and removes the folder
#   export "$(build/s3-server.sh start /tmp/s3 $$)"; dotnet …; build/s3-server.sh stop /tmp/s3
# Exits 3 when there is no such server to be had here: the tests of S3 are then skipped. With PID, a watcher stops the daemons when that
# process is gone, however it ended.
set -euo pipefail

usage() {
  sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

[ $# -eq 2 ] || [ $# -eq 3 ] || usage
mkdir -p "$2"
folder=$(cd "$2" && pwd -P)
owner=${3:-}
daemons=(ceph-mon ceph-mgr ceph-osd radosgw radosgw-admin ceph-authtool monmaptool)

unavailable() {
  echo "s3-server: $1" >&2
  stop
  exit 3
}

missing() {
  local program
  for program in "${daemons[@]}"; do
    command -v "$program" >/dev/null 2>&1 || echo "$program"
  done
}

# Only for a machine that is ours to change: root in a container, or continuous integration.
install() {
  command -v apt-get >/dev/null 2>&1 || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    [ -n "${CI:-}" ] || return 0
    as_root=(sudo -n)
  fi
  local get=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120)
  local packages=(radosgw ceph-mon ceph-osd ceph-mgr)
  "${get[@]}" install --no-install-recommends "${packages[@]}" ||
    { "${get[@]}" update && "${get[@]}" install --no-install-recommends "${packages[@]}"; } || true
} >"$folder/install.log" 2>&1 </dev/null

# Asking for port 0 twice at once gives two ports: nobody takes them in the moment between.
free_ports() {
  python3 - "$1" <<'PYTHON'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in sockets])
PYTHON
}

# run NAME COMMAND…: a daemon in the foreground of its own session, its id on record before anything else happens.
run() {
  local name=$1
  shift
  setsid "$@" >"$folder/$name.out" 2>&1 </dev/null 9>&- &
  echo $! >"$folder/$name.pid"
}

alive() {
  kill -0 "$(cat "$folder/$1.pid")" 2>/dev/null
}

stop() {
  local file pids=() pid waited=0
  for file in "$folder"/watcher.pid "$folder"/rgw.pid "$folder"/osd.pid "$folder"/mgr.pid "$folder"/mon.pid; do
    # The watcher itself becomes the one who stops.
    [ -f "$file" ] && pid=$(cat "$file") && [ "$pid" != "$$" ] && pids+=("$pid")
  done
  # They keep nothing, so there is nothing to be shut down in order.
  for pid in ${pids[@]+"${pids[@]}"}; do
    kill -9 "$pid" 2>/dev/null || true
  done
  for pid in ${pids[@]+"${pids[@]}"}; do
    while kill -0 "$pid" 2>/dev/null && [ "$waited" -lt 50 ]; do
      sleep 0.1
      waited=$((waited + 1))
    done
  done
  rm -rf "$folder"
}

start() {
  [ -z "$(missing)" ] || install
  local absent
  absent=$(missing | tr '\n' ' ')
  [ -z "$absent" ] || unavailable "${absent}not found. Debian, Ubuntu: apt-get install radosgw ceph-mon ceph-osd ceph-mgr"
  command -v python3 >/dev/null 2>&1 || unavailable "python3 not found (Ceph brings it)"

  local mon_port mon_v1 rgw_port fsid key secret
  read -r mon_port mon_v1 rgw_port < <(free_ports 3)
  fsid=$(cat /proc/sys/kernel/random/uuid)
  key=tidemark$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
  secret=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  export CEPH_CONF=$folder/ceph.conf
  mkdir -p "$folder"/{mon,mgr,osd,rgw}
  cat >"$CEPH_CONF" <<CONF
[global]
fsid = $fsid
mon initial members = a
mon host = [v2:127.0.0.1:$mon_port,v1:127.0.0.1:$mon_v1]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = $folder/keyring
run dir = $folder
admin socket = $folder/\$name.asok
log file = $folder/\$name.log
pid file =
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
mon osd full ratio = 0.99
# Each pool that the gateway makes is a round of votes: with one voter there is nothing to wait for.
paxos propose interval = 0.02
paxos min wait = 0.01
mon data avail crit = 0
mon data avail warn = 0
mgr initial modules =
# Little of everything: it serves tests on a machine that has other things to do.
osd memory target = 939524096
osd objectstore = memstore
memstore device bytes = 4294967296
osd data = $folder/osd
mon data = $folder/mon
mgr data = $folder/mgr
rgw data = $folder/rgw
osd op num shards = 2
# Without it each answer waits 40 ms for the client to acknowledge its head.
rgw frontends = beast endpoint=127.0.0.1:$rgw_port tcp_nodelay=1
rgw thread pool size = 64
rgw enable usage log = false
rgw enable ops log = false
rgw lc debug interval = 0
rgw gc max objs = 1
rgw run sync thread = false
rgw dns name = localhost
CONF

  ceph-authtool --create-keyring "$folder/keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
  ceph-authtool "$folder/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' >/dev/null
  ceph-authtool "$folder/keyring" --gen-key -n mgr.x --cap mon 'allow profile mgr' --cap osd 'allow *' >/dev/null
  ceph-authtool "$folder/keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *' --cap mgr 'allow profile osd' >/dev/null
  monmaptool --create --addv a "[v2:127.0.0.1:$mon_port,v1:127.0.0.1:$mon_v1]" --fsid "$fsid" "$folder/monmap" >/dev/null
  ceph-mon -i a --mkfs --monmap "$folder/monmap" --keyring "$folder/keyring" >"$folder/mkfs.out" 2>&1

  run mon ceph-mon -i a -f
  [ -z "$owner" ] || watch_owner
  run mgr ceph-mgr -i x -f
  local uuid
  uuid=$(cat /proc/sys/kernel/random/uuid)
  timeout 30 ceph osd new "$uuid" 0 >"$folder/osd-new.out" 2>&1 || unavailable "the monitor does not answer; see $(tail -n 3 "$folder/osd-new.out")"
  ceph-osd -i 0 --mkfs --osd-uuid "$uuid" >"$folder/osd-mkfs.out" 2>&1
  run osd ceph-osd -i 0 -f
  run rgw radosgw -n client.admin -f
  timeout 60 radosgw-admin user create --uid tidemark --display-name tidemark --access-key "$key" --secret-key "$secret" \
    >"$folder/user.out" 2>&1 || unavailable "no user could be made: $(tail -n 3 "$folder/user.out")"
  local tries=0
  until (exec 3<>"/dev/tcp/127.0.0.1/$rgw_port") 2>/dev/null; do
    tries=$((tries + 1))
    { [ "$tries" -lt 300 ] && alive rgw; } || unavailable "the gateway does not come up: $(tail -n 3 "$folder/rgw.out")"
    sleep 0.1
  done
  echo "TIDEMARK_TEST_S3=http://127.0.0.1:$rgw_port|$key|$secret"
}

# The daemons end with the process that started them, however it ends.
watch_owner() {
  setsid bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; exec "$2" stop "$3"' _ "$owner" "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)/s3-server.sh" "$folder" \
    >/dev/null 2>&1 </dev/null 9>&- &
  echo $! >"$folder/watcher.pid"
}

case $1 in
  start) start ;;
  stop) stop ;;
  *) usage ;;
esac
