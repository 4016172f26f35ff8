//! Checks that reports are the parts of one run.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::config::{OBJECTIVES, Target};
use crate::report::Report;

/// Why reports are not the parts of one run.
#[derive(Debug, Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum MergeError {
    /// A report is from another deployment.
    #[error("{from} is a report of the target `{found}`, not of `{target}`")]
    #[diagnostic(code(fivewhys::merge::other_target))]
    Target {
        /// The file.
        from: String,
        /// The target of the report.
        found: String,
        /// The target of the merge.
        target: String,
    },
    /// Two reports have the same shard or the same scenario.
    #[error("{what} is in {one} and in {other}")]
    #[diagnostic(code(fivewhys::merge::twice))]
    Twice {
        /// `shard 1/2`, `scenario chat`.
        what: String,
        /// One file.
        one: String,
        /// The other file.
        other: String,
    },
    /// The reports are from runs with different numbers of shards.
    #[error("{from} is {found}, but the other reports are from a run of {count} shards")]
    #[diagnostic(code(fivewhys::merge::other_count))]
    Count {
        /// The file.
        from: String,
        /// `no shard`, or the shard.
        found: String,
        /// The number of shards of the other reports.
        count: usize,
    },
    /// A shard is missing: its steps may have failed.
    #[error("{}", missing(.index, *.count))]
    #[diagnostic(code(fivewhys::merge::missing))]
    Missing {
        /// The missing shards, from 1.
        index: Vec<usize>,
        /// The number of shards.
        count: usize,
    },
}

/// A report, and the file from which it was read.
#[derive(Debug, Clone)]
pub struct NamedReport {
    /// The file, for errors.
    pub from: String,
    /// The report.
    pub report: Report,
}

/// Returns the parts without their objectives: the whole run measures these anew.
pub(crate) fn without_objectives(mut parts: Vec<NamedReport>) -> Vec<NamedReport> {
    parts.iter_mut().for_each(|part| part.report.scenarios.retain(|scenario| scenario.id != OBJECTIVES));
    parts
}

/// Checks that the reports are all parts of one run.
pub(crate) fn belong_together(parts: &[NamedReport], target: &Target) -> Result<(), MergeError> {
    if let Some(NamedReport { from, report }) = parts.iter().find(|part| part.report.target != target.name) {
        let (found, target) = (report.target.clone(), target.name.clone());
        return Err(MergeError::Target { from: from.clone(), found, target });
    }
    let shards = || parts.iter().filter_map(|part| part.report.shard);
    let count = shards().next().map(|shard| shard.count);
    let other = |part: &&NamedReport| part.report.shard.map(|shard| shard.count) != count;
    if let Some((NamedReport { from, report }, count)) = parts.iter().find(other).zip(count) {
        let found = report.shard.map_or_else(|| "no shard".to_owned(), |shard| format!("shard {shard}"));
        return Err(MergeError::Count { from: from.clone(), found, count });
    }
    check_for_doubles(parts)?;
    let there: BTreeSet<usize> = shards().map(|shard| shard.index).collect();
    let count = count.unwrap_or_default();
    let index: Vec<usize> = (1..=count).filter(|index| !there.contains(index)).collect();
    if index.is_empty() { Ok(()) } else { Err(MergeError::Missing { index, count }) }
}

fn check_for_doubles(parts: &[NamedReport]) -> Result<(), MergeError> {
    let mut seen: BTreeMap<String, &String> = BTreeMap::new();
    for NamedReport { from, report } in parts {
        let shard = report.shard.map(|shard| format!("shard {shard}"));
        // The shards of many users run the same scenarios.
        let own = report.scenarios.iter().filter(|_| report.load.is_none());
        let scenarios = own.map(|scenario| format!("scenario {}", scenario.id));
        for what in shard.into_iter().chain(scenarios) {
            if let Some(one) = seen.insert(what.clone(), from) {
                return Err(MergeError::Twice { what, one: one.clone(), other: from.clone() });
            }
        }
    }
    Ok(())
}

fn missing(index: &[usize], count: usize) -> String {
    let all: Vec<String> = index.iter().map(|index| format!("{index}/{count}")).collect();
    let (noun, verb) = if all.len() == 1 { ("shard", "is") } else { ("shards", "are") };
    format!("{noun} {} {verb} missing", all.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Shard;

    #[test]
    fn missing_shards_are_named() {
        let says = |index: &[usize]| MergeError::Missing { index: index.to_vec(), count: 3 }.to_string();
        assert_eq!(says(&[2]), "shard 2/3 is missing");
        assert_eq!(says(&[1, 3]), "shards 1/3, 3/3 are missing");
        assert!(Some(Shard { index: 1, count: 2 }) < Some(Shard { index: 2, count: 2 }));
    }
}
