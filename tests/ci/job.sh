# shellcheck shell=bash disable=SC2154
# The tasks of ci/cloud-run-job.yaml, one after the other, and their reports merged. Read by run.sh.

# task INDEX TWIN
task() {
  env -u FIVEWHYS PATH="$work/path:$PATH" REPORTS="$work/bucket" CLOUD_RUN_EXECUTION="$2" CLOUD_RUN_TASK_INDEX="$1" CLOUD_RUN_TASK_COUNT=3 \
    FIVEWHYS_CONFIG="$work/$2/t.toml" FIVEWHYS_TARGET=twin FIVEWHYS__BUDGET__REQUESTS_PER_MINUTE=60000 sh "$steps/job-task.sh"
}
merged() { "$program" merge --config "$work/$1/t.toml" "$work/bucket/$1/"*.json; }

for index in 0 1 2; do expect "job: task $index" 0 task "$index" healthy; done
expect "job: its parts are a run that passed" 0 merged healthy
for index in 0 1 2; do task "$index" elsewhere >/dev/null 2>&1 || true; done
expect "job: parts that failed are merged, and have one cause" 1 merged elsewhere
holds "job: which is named" grep -q auth/down "$work/out"
