# shellcheck shell=bash disable=SC2154
# How the tests of ci/ expect something. Read by run.sh.

passed=0

# expect TITLE CODE COMMAND...: that it ends so.
expect() {
  local title=$1 wanted=$2 code=0
  shift 2
  "$@" >"$work/out" 2>"$work/err" || code=$?
  if [ "$code" -ne "$wanted" ]; then failed "$title" "it ended with $code, not $wanted"; fi
  passed=$((passed + 1))
  echo "ok: $title"
}

# holds TITLE COMMAND...: that what was run last, or its files, are so.
holds() {
  local title=$1
  shift
  "$@" >/dev/null 2>&1 || failed "$title" "not so: $*"
  passed=$((passed + 1))
  echo "ok: $title"
}

failed() {
  echo "FAILED: $1: $2" >&2
  tail -n 60 "$work/out" "$work/err" >&2
  exit 1
}

skipped() { echo "SKIPPED: $1" >&2; }
