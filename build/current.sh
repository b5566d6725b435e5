# shellcheck shell=sh
# Sourced by ./tidemark and build/publish; expects $root and $bin.

# Whether $bin was built from the sources as they are. Folders count too, so that a deleted file is seen; what builds
# leave behind (bin, obj) does not.
is_current() {
  [ -x "$bin/tidemark" ] && [ -f "$bin/.built" ] && [ -z "$(
    find "$root/src" "$root/definitions" "$root/Directory.Build.props" "$root/Directory.Packages.props" \
      "$root/global.json" "$root/native/package-lock.json" "$root/build" \
      \( -name bin -o -name obj \) -prune -o -newer "$bin/.built" -print 2>/dev/null | head -n 1
  )" ]
}
