# shellcheck shell=sh
# Sourced by ./tidemark and build/publish; expects $root and $bin.

# The names of all that a build reads, as one number, so that a file that was deleted or moved here is seen. What builds leave behind (bin, obj) does not count, and
# neither does when a folder was changed: ./test makes bin and obj in those of the sources.
sources() {
  find "$root/src" "$root/definitions" "$root/Directory.Build.props" "$root/Directory.Packages.props" \
    "$root/global.json" "$root/build" \
    \( -name bin -o -name obj \) -prune -o "$@" -print 2>/dev/null
}

fingerprint() { sources ! -type d | LC_ALL=C sort | cksum; }

# Whether $bin was built from the sources as they are.
is_current() {
  [ -x "$bin/tidemark" ] && [ -f "$bin/.built" ] && [ -z "$(sources ! -type d -newer "$bin/.built" | head -n 1)" ] &&
    [ "$(cat "$bin/.sources" 2>/dev/null)" = "$(fingerprint)" ]
}
