//! Which part of the scenarios is run: by `--shard`, or by the task of a Cloud Run job.

use miette::miette;

use crate::cli::terminal::mistake::Mistake;
use crate::report::Shard;
use crate::run::Part;
use crate::scenario::Scenario;

/// The variables that Cloud Run sets for each task: its index from 0, and the number of tasks.
const TASK: [&str; 2] = ["CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT"];

/// Returns the scenarios of this shard, or all of them without a shard.
pub(crate) fn part(asked: Option<Shard>, all: Vec<Scenario>) -> Result<(Vec<Scenario>, Option<Part>), Mistake> {
    let Some(shard) = asked.map_or_else(of_task, |shard| Ok(Some(shard)))? else { return Ok((all, None)) };
    let (own, part) = shard.part(all)?;
    Ok((own, Some(part)))
}

fn of_task() -> Result<Option<Shard>, Mistake> {
    let [index, count] = TASK.map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let Some((index, count)) = index.zip(count) else { return Ok(None) };
    Shard::of_task(&index, &count).map_err(|_| {
        miette!("{}={index} and {}={count} are not the index of a task and the number of tasks", TASK[0], TASK[1])
            .into()
    })
}
