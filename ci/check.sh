#!/bin/sh
# Runs `fivewhys gate`, for pipelines that call this script: docs/users/gate.md. It takes the options of `fivewhys gate`. If the program cannot
# be started, it writes the decision `not-tested`.
#
# Environment: FIVEWHYS (the program; default: fivewhys on PATH), FIVEWHYS_REPORTS (a folder; default: fivewhys-reports), and what
# fivewhys itself reads: FIVEWHYS_CONFIG, FIVEWHYS_TARGET, FIVEWHYS_SCENARIOS, and the secrets that the target names.
set -u

reports=${FIVEWHYS_REPORTS:-fivewhys-reports}
code=0
"${FIVEWHYS:-fivewhys}" gate "$@" || code=$?
case $code in
  126 | 127)
    mkdir -p "$reports" || exit 2
    rm -f "$reports/report.json"
    echo "$code" >"$reports/exit-code"
    echo not-tested >"$reports/decision"
    echo "fivewhys: not-tested (exit code $code)"
    ;;
esac
exit "$code"
