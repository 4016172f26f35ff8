# shellcheck shell=bash disable=SC2154
# `fivewhys gate` against the twins. Read by run.sh.

export FIVEWHYS_REPORTS=$work/reports
says() { test "$(cat "$FIVEWHYS_REPORTS/decision")" = "$1" && test "$(tail -n 1 "$work/out")" = "fivewhys: $1 (exit code $2)"; }

expect "gate: a target in order" 0 "$program" gate --config "$work/healthy/t.toml"
holds "gate: is kept" says keep 0
for report in report.json junit.xml report.html report.txt exit-code; do
  holds "gate: leaves $report" test -s "$FIVEWHYS_REPORTS/$report"
done

expect "gate: a deploy that broke it" 1 "$program" gate --config "$work/broken/t.toml" \
  --deployed backend=netra-backend-staging-00639-g4g --previous backend=netra-backend-staging-00611-cr5
holds "gate: is rolled back" says roll-back 1
expect "gate: a deploy that did not" 4 "$program" gate --config "$work/broken/t.toml" --deployed frontend=new --previous frontend=old
holds "gate: is not rolled back" says do-not-roll-back 4
expect "gate: the deployed revision" 0 "$program" gate --config "$work/healthy/t.toml" --deployed backend=netra-backend-staging-00639-g4g
holds "gate: that was tested is kept" says keep 0
expect "gate: a revision that gets no traffic" 1 "$program" gate --config "$work/healthy/t.toml" --deployed backend=netra-backend-staging-00640-new
holds "gate: was not tested" says not-tested 1
expect "gate: nor was it in a failed run" 1 "$program" gate --config "$work/broken/t.toml" \
  --deployed backend=netra-backend-staging-00640-new --previous backend=netra-backend-staging-00639-g4g
holds "gate: and is not rolled back" says not-tested 1
expect "gate: a failure without a deploy" 1 "$program" gate --config "$work/broken/t.toml"
holds "gate: is undecided" says undecided 1
rm -f "$FIVEWHYS_REPORTS/junit.xml" && ln -s /dev/full "$FIVEWHYS_REPORTS/junit.xml"
expect "gate: a target in order, and a report that cannot be written" 0 "$program" gate --config "$work/healthy/t.toml"
holds "gate: is kept, with code 5" says keep 5
holds "gate: says that a report is missing" grep -qx "fivewhys: passed, but a report could not be written: see stderr" "$work/out"
holds "gate: leaves the other reports" test -s "$FIVEWHYS_REPORTS/report.json"
expect "gate: a failure, and a report that cannot be written" 1 "$program" gate --config "$work/broken/t.toml" \
  --deployed backend=netra-backend-staging-00639-g4g --previous backend=netra-backend-staging-00611-cr5
holds "gate: is rolled back all the same" says roll-back 1
rm "$FIVEWHYS_REPORTS/junit.xml"
expect "gate: a mistake" 2 "$program" gate --config "$work/nowhere.toml"
holds "gate: tests nothing" says not-tested 2
holds "gate: leaves no report of an earlier run" test ! -e "$FIVEWHYS_REPORTS/report.json"
