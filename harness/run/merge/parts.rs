//! Whether reports are the parts of one run. Sits in `run`, before a `merge`.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::config::Target;
use crate::report::Report;

/// Why reports are no parts of one run.
#[derive(Debug, Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum MergeError {
    /// One is of another deployment.
    #[error("{from} is of the target `{found}`, not of `{target}`")]
    #[diagnostic(code(fivewhys::merge::other_target))]
    Target {
        /// Which file.
        from: String,
        /// Its target.
        found: String,
        /// That of the merge.
        target: String,
    },
    /// The same part, or the same scenario, is there twice.
    #[error("{what} is in {one} and in {other}")]
    #[diagnostic(code(fivewhys::merge::twice))]
    Twice {
        /// `shard 1/2`, `scenario chat`.
        what: String,
        /// Which file.
        one: String,
        /// Which other file.
        other: String,
    },
    /// They were divided otherwise.
    #[error("{from} is {found}, and others are of {count} shards")]
    #[diagnostic(code(fivewhys::merge::other_count))]
    Count {
        /// Which file.
        from: String,
        /// `no shard`, or which.
        found: String,
        /// How many the others are of.
        count: usize,
    },
    /// Not all parts are there: what is not there may have failed.
    #[error("of {count} shards {} missing", missing(.index))]
    #[diagnostic(code(fivewhys::merge::missing))]
    Missing {
        /// Those that are not there, from 1.
        index: Vec<usize>,
        /// How many there must be.
        count: usize,
    },
}

/// One part, and the file it was read from.
#[derive(Debug, Clone)]
pub struct NamedReport {
    /// The file, for errors.
    pub from: String,
    /// The part.
    pub report: Report,
}

/// Checks that they are what one run was divided into.
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
    nothing_is_there_twice(parts)?;
    let there: BTreeSet<usize> = shards().map(|shard| shard.index).collect();
    let count = count.unwrap_or_default();
    let index: Vec<usize> = (1..=count).filter(|index| !there.contains(index)).collect();
    if index.is_empty() { Ok(()) } else { Err(MergeError::Missing { index, count }) }
}

fn nothing_is_there_twice(parts: &[NamedReport]) -> Result<(), MergeError> {
    let mut seen: BTreeMap<String, &String> = BTreeMap::new();
    for NamedReport { from, report } in parts {
        let shard = report.shard.map(|shard| format!("shard {shard}"));
        let scenarios = report.scenarios.iter().map(|scenario| format!("scenario {}", scenario.id));
        for what in shard.into_iter().chain(scenarios) {
            if let Some(one) = seen.insert(what.clone(), from) {
                return Err(MergeError::Twice { what, one: one.clone(), other: from.clone() });
            }
        }
    }
    Ok(())
}

fn missing(index: &[usize]) -> String {
    let all: Vec<String> = index.iter().map(ToString::to_string).collect();
    format!("{} {}", all.join(", "), if all.len() == 1 { "is" } else { "are" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Shard;

    #[test]
    fn missing_shards_are_named() {
        let says = |index: &[usize]| MergeError::Missing { index: index.to_vec(), count: 3 }.to_string();
        assert_eq!(says(&[2]), "of 3 shards 2 is missing");
        assert_eq!(says(&[1, 3]), "of 3 shards 1, 3 are missing");
        assert!(Some(Shard { index: 1, count: 2 }) < Some(Shard { index: 2, count: 2 }));
    }
}
