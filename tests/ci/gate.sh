# shellcheck shell=bash disable=SC2154
# ci/check.sh against the twins. Read by run.sh.

export FIVEWHYS_REPORTS=$work/reports
says() { test "$(cat "$FIVEWHYS_REPORTS/decision")" = "$1" && test "$(tail -n 1 "$work/out")" = "fivewhys: $1 (exit code $2)"; }

expect "check.sh: a target in order" 0 ci/check.sh --config "$work/healthy/t.toml"
holds "check.sh: is kept" says keep 0
for report in report.json junit.xml report.html report.txt exit-code; do
  holds "check.sh: leaves $report" test -s "$FIVEWHYS_REPORTS/$report"
done

expect "check.sh: a deploy that broke it" 1 ci/check.sh --config "$work/broken/t.toml" \
  --deployed backend=netra-backend-staging-00639-g4g --previous backend=netra-backend-staging-00611-cr5
holds "check.sh: is rolled back" says roll-back 1
expect "check.sh: a deploy that did not" 4 ci/check.sh --config "$work/broken/t.toml" --deployed frontend=new --previous frontend=old
holds "check.sh: is not rolled back" says do-not-roll-back 4
expect "check.sh: the deployed revision" 0 ci/check.sh --config "$work/healthy/t.toml" --deployed backend=netra-backend-staging-00639-g4g
holds "check.sh: that was tested is kept" says keep 0
expect "check.sh: a revision that gets no traffic" 1 ci/check.sh --config "$work/healthy/t.toml" --deployed backend=netra-backend-staging-00640-new
holds "check.sh: was not tested" says not-tested 1
expect "check.sh: nor was it in a failed run" 1 ci/check.sh --config "$work/broken/t.toml" \
  --deployed backend=netra-backend-staging-00640-new --previous backend=netra-backend-staging-00639-g4g
holds "check.sh: and is not rolled back" says not-tested 1
expect "check.sh: a failure without a deploy" 1 ci/check.sh --config "$work/broken/t.toml"
holds "check.sh: is undecided" says undecided 1
rm -f "$FIVEWHYS_REPORTS/junit.xml" && ln -s /dev/full "$FIVEWHYS_REPORTS/junit.xml"
expect "check.sh: a target in order, and a report that cannot be written" 0 ci/check.sh --config "$work/healthy/t.toml"
holds "check.sh: is kept, with code 5" says keep 5
holds "check.sh: says that a report is missing" grep -qx "fivewhys: passed, but a report could not be written: see stderr" "$work/out"
holds "check.sh: leaves the other reports" test -s "$FIVEWHYS_REPORTS/report.json"
expect "check.sh: a failure, and a report that cannot be written" 1 ci/check.sh --config "$work/broken/t.toml" \
  --deployed backend=netra-backend-staging-00639-g4g --previous backend=netra-backend-staging-00611-cr5
holds "check.sh: is rolled back all the same" says roll-back 1
rm "$FIVEWHYS_REPORTS/junit.xml"
expect "check.sh: a mistake" 2 ci/check.sh --config "$work/nowhere.toml"
holds "check.sh: tests nothing" says not-tested 2
holds "check.sh: leaves no report of an earlier run" test ! -e "$FIVEWHYS_REPORTS/report.json"
FIVEWHYS=/nowhere/fivewhys expect "check.sh: without the program" 127 ci/check.sh
holds "check.sh: nothing is tested either" says not-tested 127
