//! Which part of the scenarios is driven: what the command line says, or else the task of a Cloud Run job.

use miette::miette;

use crate::cli::terminal::mistake::Mistake;
use crate::report::Shard;
use crate::run::Part;
use crate::scenario::Scenario;

/// What Cloud Run sets for each task: the index from 0, and how many there are.
const TASK: [&str; 2] = ["CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT"];

/// The scenarios of this part; all of them where there are no parts.
pub(crate) fn part(asked: Option<Shard>, all: Vec<Scenario>) -> Result<(Vec<Scenario>, Option<Part>), Mistake> {
    let Some(shard) = asked.map_or_else(of_task, |shard| Ok(Some(shard)))? else { return Ok((all, None)) };
    let (own, part) = shard.part(all)?;
    Ok((own, Some(part)))
}

fn of_task() -> Result<Option<Shard>, Mistake> {
    let [index, count] = TASK.map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let Some((index, count)) = index.zip(count) else { return Ok(None) };
    Shard::of_task(&index, &count)
        .map_err(|_| miette!("{}={index} and {}={count} name no task of a job", TASK[0], TASK[1]).into())
}
