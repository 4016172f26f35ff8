# shellcheck shell=bash disable=SC2154
# The shell steps of ci/action.yml, with the environment that GitHub gives them. Read by run.sh.

hash=$(sha256sum "$program" | cut -d' ' -f1)
# github STEP NAME=VALUE...: runs a step.
github() {
  local step=$1
  shift
  : >"$work/output"
  env -u DOWNLOAD ACTION="$PWD/ci" GITHUB_ACTIONS=true GITHUB_OUTPUT="$work/output" GITHUB_STEP_SUMMARY="$work/summary" BIN="$work/bin" \
    FIVEWHYS="$program" TARGET='' CONFIG='' SCENARIOS='' EVIDENCE='' DEPLOYED='' PREVIOUS='' ARGS='' DOWNLOAD='' SHA256='' "$@" bash "$steps/action-$step.sh"
}

expect "action: what is built is known by its source" 0 github source
holds "action: its key is a hash" grep -Eq '^key=source-[0-9a-f]{64}$' "$work/output"
expect "action: a download without a hash is refused" 2 github source DOWNLOAD="file://$program"
expect "action: a download with one" 0 github source DOWNLOAD="file://$program" SHA256="$hash"
expect "action: it is taken" 0 github build DOWNLOAD="file://$program" SHA256="$hash"
holds "action: and can be run" "$work/bin/fivewhys" --version
rm -r "${work:?}/bin"
expect "action: a download with another hash is not" 1 github build DOWNLOAD="file://$program" SHA256="${hash//[0-9]/0}"
holds "action: and is not left" test ! -e "$work/bin/fivewhys"

expect "action: a target in order" 0 github smoke CONFIG="$work/healthy/t.toml"
holds "action: its outputs" grep -qx decision=keep "$work/output"
expect "action: a deploy that broke it" 1 github smoke CONFIG="$work/broken/t.toml" DEPLOYED=$'frontend=a\nbackend=new\n' PREVIOUS='backend=old' \
  ARGS=$'--retries\n1'
holds "action: its exit code is an output" grep -qx exit-code=1 "$work/output"
holds "action: its summary names the cause" grep -q backend-auth/service-secret-missing "$work/summary"
holds "action: its annotations are printed" grep -q '^::error' "$work/out"
ln -sf /dev/full "$FIVEWHYS_REPORTS/junit.xml"
expect "action: a report that cannot be written" 0 github smoke CONFIG="$work/healthy/t.toml"
holds "action: its exit code is an output all the same" grep -qx exit-code=5 "$work/output"
holds "action: a warning says so" grep -q '^::warning::' "$work/out"
rm "$FIVEWHYS_REPORTS/junit.xml"
# shellcheck disable=SC2016
hostile='x"; touch pwned; $(touch pwned) `touch pwned` #'
for input in TARGET CONFIG SCENARIOS EVIDENCE DEPLOYED PREVIOUS ARGS; do
  expect "action: $input is an argument, and no shell text" 2 github smoke "$input=$hostile"
done
holds "action: nothing of it was run" test ! -e pwned
