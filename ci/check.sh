#!/bin/sh
# Smokes a target and says what to do with what was just deployed. For any CI: takes the options of `fivewhys smoke`, and ends with its exit
# code, or with 0 if that is 5. What to do is on the last line of stdout, and in $FIVEWHYS_REPORTS/decision:
#
#   keep              passed; a line before says if a report could not be written (exit code 5)
#   roll-back         the cause may lie in what was deployed, and the revision before did not have it
#   do-not-roll-back  it does not, or a roll back does not cure it
#   undecided         failed, and nobody can tell; without --deployed and --previous always
#   not-tested        bad configuration, a bug of ours, or interrupted: nothing is known; or another revision was tested than --deployed names
#
# Environment: FIVEWHYS (the program; default: fivewhys on PATH), FIVEWHYS_REPORTS (a folder; default: fivewhys-reports), and what
# fivewhys itself reads: FIVEWHYS_CONFIG, FIVEWHYS_TARGET, FIVEWHYS_SCENARIOS, and the secrets that the target names.
set -u

program=${FIVEWHYS:-fivewhys}
reports=${FIVEWHYS_REPORTS:-fivewhys-reports}

mkdir -p "$reports" || exit 2
rm -f "$reports/report.json" "$reports/decision" "$reports/exit-code"

github=
if [ "${GITHUB_ACTIONS:-}" = true ]; then github=--report=github; fi

code=0
"$program" smoke "$@" \
  --report "json=$reports/report.json" --report "junit=$reports/junit.xml" --report "html=$reports/report.html" \
  --report "human=$reports/report.txt" ${github:+"$github"} || code=$?

# The report is indented by us, and a text in it holds no new line: only the gate's own field can begin a line like this.
advice() { sed -n '/^  "gate": {$/,/^  }/s/^    "advice": "\([a-z-]*\)".*/\1/p' "$reports/report.json" 2>/dev/null; }

# Another revision than the deployed one answered. Only the field of the report can have lines indented like these.
other_was_tested() { sed -n '/^  "deployed": \[$/,/^  \]/p' "$reports/report.json" 2>/dev/null | grep -q '^      "result": "other"'; }

case $code in
  0) decision=keep ;;
  5)
    decision=keep
    echo "fivewhys: passed, but a report could not be written: see stderr"
    if [ -n "$github" ]; then echo "::warning::fivewhys passed, but a report could not be written"; fi
    ;;
  4) decision=do-not-roll-back ;;
  1 | 3)
    case $(advice) in
      roll-back) decision=roll-back ;;
      do-not) decision=do-not-roll-back ;;
      *) decision=undecided ;;
    esac ;;
  *) decision=not-tested ;;
esac
# A deploy that split the traffic may still be what broke it: the advice to roll back stays.
if [ "$decision" != roll-back ] && other_was_tested; then decision=not-tested; fi

echo "$code" >"$reports/exit-code"
echo "$decision" >"$reports/decision"
echo "fivewhys: $decision (exit code $code)"
# The deploy passed: a missing report must not stop it.
if [ "$code" -eq 5 ]; then exit 0; fi
exit "$code"
