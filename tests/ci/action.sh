# shellcheck shell=bash disable=SC2154
# The shell steps of ci/action.yml, with the environment that GitHub gives them. Read by run.sh.

hash=$(sha256sum "$program" | cut -d' ' -f1)
# github STEP NAME=VALUE...: runs a step.
github() {
  local step=$1
  shift
  : >"$work/output"
  env GITHUB_ACTIONS=true GITHUB_OUTPUT="$work/output" GITHUB_STEP_SUMMARY="$work/summary" BIN="$work/bin" RUNNER_OS=Linux RUNNER_ARCH=X64 \
    SERVER="file://$work/server" REPOSITORY=owner/fivewhys VERSION=v0.1.0 DOWNLOAD='' SHA256='' URL='' \
    FIVEWHYS="$program" TARGET='' CONFIG='' SCENARIOS='' EVIDENCE='' DEPLOYED='' PREVIOUS='' ARGS='' "$@" bash "$steps/action-$step.sh"
}
url() { sed -n 's/^url=//p' "$work/output"; }

# A release, as .github/workflows/release.yml leaves it.
release=$work/server/owner/fivewhys/releases/download/v0.1.0
archive=$release/fivewhys-v0.1.0-x86_64-unknown-linux-musl.tar.gz
mkdir -p "$release" "$work/release"
cp "$program" "$work/release/fivewhys"
tar -C "$work/release" -czf "$archive" fivewhys
(cd "$release" && shasum -a 256 "$(basename "$archive")" >"$archive.sha256")

expect "action: the release of its tag is downloaded" 0 github source
holds "action: for this platform" test "$(url)" = "file://$archive"
expect "action: it is taken" 0 github download URL="file://$archive"
holds "action: and can be run" "$work/bin/fivewhys" --version
rm -r "${work:?}/bin"
expect "action: an archive with another hash is not" 1 github download URL="file://$archive" SHA256="${hash//[0-9]/0}"
holds "action: and is not left" test ! -e "$work/bin/fivewhys"
expect "action: without a release it says what to set" 2 github source VERSION=main
holds "action: in words" grep -q "there is no release 'main': use this action by a tag" "$work/err"
expect "action: nor is there a release for every platform" 2 github source RUNNER_OS=Windows
expect "action: a download without a hash is refused" 2 github source DOWNLOAD="file://$program"
expect "action: a download with one" 0 github source DOWNLOAD="file://$program" SHA256="$hash"
holds "action: is known by its hash" grep -qx "key=download-$hash" "$work/output"
expect "action: it is taken" 0 github download URL="$(url)" SHA256="$hash"
holds "action: and can be run" "$work/bin/fivewhys" --version

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
for input in VERSION DOWNLOAD SHA256; do
  expect "action: $input is no shell text either" 2 github source "$input=$hostile"
done
holds "action: nothing of it was run" test ! -e pwned
expect "action: without the program" 127 github smoke FIVEWHYS=/nowhere/fivewhys FIVEWHYS_REPORTS="$work/none"
holds "action: nothing is tested" grep -qx decision=not-tested "$work/output"
