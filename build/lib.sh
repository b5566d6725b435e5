# shellcheck shell=bash
# What build/publish, test and .ci/run share. Sourced; expects $root, the repository's folder.

say() { printf '%s\n' "$*" >&2; }

die() {
  say "tidemark: $1"
  exit "${2:-1}"
}

# Says that the .NET SDK is missing, with the way to get it. Exits 2 (configuration) if it is.
require_dotnet() {
  local missing=0
  if ! command -v dotnet >/dev/null 2>&1; then
    say "tidemark: the .NET SDK 10 is missing (no 'dotnet' on PATH). Get it from https://dotnet.microsoft.com/download/dotnet/10.0 (Debian, Ubuntu: apt-get install dotnet-sdk-10.0; macOS: brew install dotnet)."
    missing=1
  elif ! (cd "$root" && dotnet --version >/dev/null 2>&1); then
    say "tidemark: the .NET SDK 10 is missing ('dotnet' finds: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | tr '\n' ' ')). Get it from https://dotnet.microsoft.com/download/dotnet/10.0."
    missing=1
  fi
  [ "$missing" -eq 0 ] || exit 2
}

# The same of npm, which tests need.
require_npm() {
  command -v npm >/dev/null 2>&1 && return
  say "tidemark: npm is missing; tests read what Tidemark writes with programs that it brings. Install Node.js 20 or newer from https://nodejs.org (Debian, Ubuntu: apt-get install nodejs npm; macOS: brew install node)."
  exit 2
}

# Runs the rest of the script alone on this checkout: two first calls at once build once. The lock falls with the process,
# so everything that is started under it and might outlive it must close descriptor 9.
lock_checkout() {
  mkdir -p "$root/.tidemark"
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$root/.tidemark/lock"
    if ! flock -n 9; then
      say "tidemark: another process is building; waiting for it"
      flock 9
    fi
    return
  fi

  # macOS has no flock: a folder is the lock, and the number of its owner tells whether the owner still lives.
  local lock=$root/.tidemark/lock.d said=0 owner
  until mkdir "$lock" 2>/dev/null; do
    owner=$(cat "$lock/pid" 2>/dev/null || true)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      mv "$lock" "$lock.$$" 2>/dev/null && rm -rf "$lock.$$"
      continue
    fi
    [ "$said" -eq 1 ] || say "tidemark: another process is building; waiting for it"
    said=1
    sleep 1
  done
  echo $$ >"$lock/pid"
  unlock_at_exit=$lock
}

unlock_checkout() {
  exec 9>&-
  rm -rf ${unlock_at_exit:+"$unlock_at_exit"}
  unlock_at_exit=
}

# node_packages FOLDER LOG: npm ci, unless what is installed is what the lock file says.
node_packages() {
  local folder=$1 log=$2
  if [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then
    return
  fi
  (cd "$folder" && npm ci --no-audit --no-fund --no-update-notifier >>"$log" 2>&1 9>&-)
}

# missing_packages LOCK_FILE: name/version of each package of a lock file that NuGet's cache lacks, analyzers aside: ./tidemark needs none.
missing_packages() {
  local package cache=${NUGET_PACKAGES:-${HOME:-}/.nuget/packages}
  awk -F'"' '/^      "/ { name = tolower($2) } $2 == "resolved" && name !~ /analyzer/ { print name "/" tolower($4) }' "$1" |
    while read -r package; do
      [ -d "$cache/$package" ] || echo "$package"
    done
}
