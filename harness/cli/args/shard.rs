//! Which part of the scenarios is run: by `--shard`, or by the task of a Cloud Run job.

use miette::miette;

use crate::cli::terminal::mistake::Mistake;
use crate::report::Shard;
use crate::run::Part;
use crate::scenario::Scenario;

/// The variables of a task: its index from 0, and the number of tasks. Cloud Run sets both. Kubernetes sets the index of an
/// indexed Job, and its manifest sets the number.
const TASKS: [[&str; 2]; 2] =
    [["CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT"], ["JOB_COMPLETION_INDEX", "FIVEWHYS_SHARD_COUNT"]];

/// Returns the scenarios of this shard, or all of them without a shard.
pub(crate) fn part(asked: Option<Shard>, all: Vec<Scenario>) -> Result<(Vec<Scenario>, Option<Part>), Mistake> {
    let Some(shard) = shard(asked)? else { return Ok((all, None)) };
    let (own, part) = shard.part(all)?;
    Ok((own, Some(part)))
}

/// Returns the shard that is asked for, or that of the task.
pub(crate) fn shard(asked: Option<Shard>) -> Result<Option<Shard>, Mistake> {
    asked.map_or_else(of_task, |shard| Ok(Some(shard)))
}

fn of_task() -> Result<Option<Shard>, Mistake> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let found = TASKS.into_iter().find_map(|names| Some((names, set(names[0])?, set(names[1])?)));
    let Some(([of_index, of_count], index, count)) = found else { return Ok(None) };
    Shard::of_task(&index, &count).map_err(|_| {
        miette!("{of_index}={index} and {of_count}={count} are not the index of a task and the number of tasks").into()
    })
}
