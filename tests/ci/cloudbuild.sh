# shellcheck shell=bash disable=SC2154
# The steps of ci/cloudbuild.yaml, one after the other, with a gcloud that writes down what it is asked. Read by run.sh.

mkdir "$work/path"
cp tests/ci/gcloud "$work/path/gcloud"
ln -s "$program" "$work/path/fivewhys"
checkout=$PWD

# build STEP TWIN: runs a step in the workspace of a build that deploys what this twin is.
build() {
  local workspace=$work/workspace-$2
  mkdir -p "$workspace"
  cp -r "$checkout/ci" "$workspace/"
  (
    cd "$workspace" || exit
    env -u FIVEWHYS -u FIVEWHYS_REPORTS PATH="$work/path:$PATH" GCLOUD_LOG="$workspace/gcloud.log" GCLOUD_URL="$(cat "$work/$2/url")" \
      FIVEWHYS_CONFIG="$work/$2/t.toml" _SERVICE=my-backend _ROLE=backend _REGION=r1 _IMAGE=image _TARGET=twin _REPORTS=gs://b/r BUILD_ID=b1 \
      "$steps/cloudbuild-$1.sh"
  )
}
asked() { grep -qx -- "$2" "$work/workspace-$1/gcloud.log"; }

for step in deploy smoke traffic; do expect "cloudbuild: $step of a revision in order" 0 build "$step" healthy; done
holds "cloudbuild: it was deployed without traffic" asked healthy 'run deploy my-backend .*--image=image --no-traffic --tag=candidate --quiet'
holds "cloudbuild: it was given the traffic" asked healthy 'run services update-traffic my-backend .*--to-revisions=netra-backend-staging-00639-g4g=100 --quiet'
holds "cloudbuild: its reports are kept" asked healthy 'storage cp --recursive fivewhys-reports gs://b/r/b1/'

echo 5 >"$work/workspace-healthy/fivewhys-reports/exit-code"
expect "cloudbuild: traffic, although a report could not be written" 0 build traffic healthy

for step in deploy smoke; do expect "cloudbuild: $step of a revision that fails" 0 build "$step" broken; done
expect "cloudbuild: traffic, of a revision that fails" 1 build traffic broken
holds "cloudbuild: who keeps it is said" grep -qx 'my-backend-00001-old keeps the traffic: roll-back (exit code 1)' "$work/out"
if asked broken 'run services update-traffic.*'; then failed "cloudbuild: no traffic is moved" "it was"; fi
