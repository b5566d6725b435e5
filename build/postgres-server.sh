#!/usr/bin/env bash
# A real PostgreSQL server for the tests, on loopback and on a socket, that forces nothing to the disk.
#   build/postgres-server.sh start FOLDER [PID]   prints TIDEMARK_TEST_POSTGRES, which is the URL of its superuser
#   build/postgres-server.sh stop FOLDER          stops what was started there, by its recorded process id, and removes the folder
#   build/postgres-server.sh halt|crash|resume FOLDER   stops it in order, or as a crash does, and keeps its data; starts it again on the same port
#   export "$(build/postgres-server.sh start /tmp/pg $$)"; dotnet …; build/postgres-server.sh stop /tmp/pg
# Exits 3 when there is no such server to be had here: the tests of PostgreSQL are then skipped. With PID, a watcher stops the server when
# that process is gone, however it ended.
set -euo pipefail

usage() {
  sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

[ $# -eq 2 ] || [ $# -eq 3 ] || usage
mkdir -p "$2"
folder=$(cd "$2" && pwd -P)
owner=${3:-}
password=tidemark-test-password

unavailable() {
  echo "postgres-server: $1" >&2
  stop
  exit 3
}

# Debian keeps the programs out of PATH, one folder a version: the newest.
find_programs() {
  local found
  if command -v initdb >/dev/null 2>&1 && command -v postgres >/dev/null 2>&1; then
    programs=$(dirname "$(command -v initdb)")
    return
  fi
  found=$(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin | sort -V | while read -r bin; do
    [ ! -x "$bin/initdb" ] || [ ! -x "$bin/postgres" ] || echo "$bin"
  done | tail -n 1)
  [ -n "$found" ] && programs=$found
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
  "${get[@]}" install --no-install-recommends postgresql ||
    { "${get[@]}" update && "${get[@]}" install --no-install-recommends postgresql; } || true
} >"$folder/install.log" 2>&1 </dev/null

# as_server COMMAND…: in the place of this process; PostgreSQL refuses to run as root.
as_server() {
  if [ "$(id -u)" -ne 0 ]; then
    exec "$@"
  elif command -v setpriv >/dev/null 2>&1; then
    exec setpriv --reuid "$account" --regid "$(id -g "$account")" --clear-groups "$@"
  else
    exec runuser -u "$account" -- "$@"
  fi
}

find_account() {
  account=
  [ "$(id -u)" -eq 0 ] || return 0
  for account in postgres nobody; do
    ! id "$account" >/dev/null 2>&1 || return 0
  done
  return 1
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null ||
    echo $((20000 + RANDOM % 12000))
}

# run PORT: the server in the foreground of its own session, its id on record before anything else happens.
run() {
  local port=$1 tries=0
  : >"$folder/server.log"
  (
    cd "$folder"
    as_server setsid "$programs/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$folder" \
      -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB -c log_timezone=UTC \
      -c timezone=Asia/Kathmandu -c checkpoint_timeout=1h -c max_wal_size=2GB >"$folder/server.log" 2>&1 </dev/null 9>&- &
    echo $! >"$folder/server.pid"
  )
  until grep -q 'ready to accept connections' "$folder/server.log"; do
    tries=$((tries + 1))
    { [ "$tries" -lt 600 ] && kill -0 "$(cat "$folder/server.pid")" 2>/dev/null; } || return 1
    sleep 0.05
  done
  # Whatever stands between: its own word counts.
  head -n 1 "$folder/data/postmaster.pid" >"$folder/server.pid"
  echo "$port" >"$folder/port"
}

# halt SIGNAL: INT ends it at once and in order, QUIT as a crash does.
halt() {
  local pid waited=0
  [ -f "$folder/server.pid" ] || return 0
  pid=$(cat "$folder/server.pid")
  kill "-$1" "$pid" 2>/dev/null || true
  # Its last act is to remove this file. The process may stay as a zombie, where nobody asks for its end.
  while [ -e "$folder/data/postmaster.pid" ] && kill -0 "$pid" 2>/dev/null && [ "$waited" -lt 300 ]; do
    sleep 0.05
    waited=$((waited + 1))
  done
  rm -f "$folder/server.pid"
}

stop() {
  local watcher
  if [ -f "$folder/watcher.pid" ] && watcher=$(cat "$folder/watcher.pid") && [ "$watcher" != "$$" ]; then
    kill "$watcher" 2>/dev/null || true
  fi
  # It keeps nothing.
  halt QUIT
  rm -rf "$folder"
}

start() {
  find_programs || { install && find_programs; } ||
    unavailable "no PostgreSQL found (initdb, postgres). Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql"
  find_account || unavailable "no account to run PostgreSQL as: it refuses root, and there is no user 'postgres'"
  local port tries=0
  chmod 755 "$folder"
  [ -z "$account" ] || chown "$account" "$folder"
  printf '%s\n' "$password" >"$folder/password"
  chmod 644 "$folder/password"
  # An environment that somebody set for PostgreSQL is not meant for this one.
  (
    unset "${!PG@}"
    cd "$folder"
    as_server "$programs/initdb" -D "$folder/data" -U postgres -E UTF8 --locale=C.UTF-8 --auth-host=scram-sha-256 --auth-local=trust \
      --pwfile="$folder/password" --no-sync --no-instructions >"$folder/initdb.log" 2>&1
  ) || unavailable "initdb failed: $(tail -n 2 "$folder/initdb.log")"
  # Another process may be quicker to take a port that was free.
  until port=$(free_port) && run "$port"; do
    tries=$((tries + 1))
    [ "$tries" -lt 5 ] || unavailable "the server does not come up: $(tail -n 3 "$folder/server.log")"
  done
  [ -z "$owner" ] || watch_owner
  echo "TIDEMARK_TEST_POSTGRES=postgres://postgres:$password@127.0.0.1:$port/postgres"
}

resume() {
  find_programs && find_account && run "$(cat "$folder/port")"
}

# The server ends with the process that started it, however it ends.
watch_owner() {
  setsid bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; exec "$2" stop "$3"' _ "$owner" \
    "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)/postgres-server.sh" "$folder" >/dev/null 2>&1 </dev/null 9>&- &
  echo $! >"$folder/watcher.pid"
}

case $1 in
  start) start ;;
  stop) stop ;;
  halt) halt INT ;;
  crash) halt QUIT ;;
  resume) resume ;;
  *) usage ;;
esac
