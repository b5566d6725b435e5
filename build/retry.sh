# shellcheck shell=bash
# Sourced by ./test: a test that fails is run once more by itself, so that chance does not throw a whole run away. What passes then is named as flaky, and is mended
# before anything else; what fails again has failed.

# More at once is no chance.
most_retried=8

# summary_of LOG FAST: 'total errors failed skipped' of a runner's log; nothing when it ended without having said so. When FAST is set, all tests of a project may have
# been left out as slow.
summary_of() {
  if [ -n "$2" ] && grep -qE '^ *[A-Za-z0-9_.]+ +Total: 0$' "$1"; then
    echo 0 0 0 0
  else
    # At the beginning of a line: what a test prints stands behind its mark.
    sed -nE 's/^ *[A-Za-z0-9_.]+ +Total: ([0-9]+), +Errors: ([0-9]+), +Failed: ([0-9]+), +Skipped: ([0-9]+).*/\1 \2 \3 \4/p' "$1" | tail -n 1
  fi
}

# failed_tests LOG: the methods that a runner's log says failed, a line for each failure (rows of a theory are several of one method).
failed_tests() {
  sed -nE 's/^ *([A-Za-z_][A-Za-z0-9_.+]*\.[A-Za-z_][A-Za-z0-9_]*)(\(.*\))? \[FAIL\]$/\1/p' "$1"
}

# retry LOG FAILURES RUN…: runs what failed again, each by itself, by 'RUN… -method NAME', and prints the names. Fails when one of them fails again, when there are
# too many, and when the log does not name all FAILURES: something that is no test (a class's clean-up) has failed then.
retry() {
  local log=$1 failures=$2 names name total errors failed skipped
  shift 2
  names=$(failed_tests "$log")
  if [ -z "$names" ] || [ "$failures" -gt "$most_retried" ] || [ "$(wc -l <<<"$names")" -ne "$failures" ]; then
    return 1
  fi
  while read -r name; do
    "$@" -method "$name" >"$log.retry" 2>&1 </dev/null || true
    cat "$log.retry" >>"$log"
    # What is skipped now has not passed.
    read -r total errors failed skipped <<<"$(summary_of "$log.retry" "")" || return 1
    [ "${errors:-1}${failed:-1}" = 00 ] && [ "$total" -gt "$skipped" ] || return 1
    echo "$name"
  done < <(LC_ALL=C sort -u <<<"$names")
}
