//! A shard: the part of the scenarios that one of several parallel runs has. `merge` combines the reports.

use std::collections::BTreeMap;
use std::str::FromStr;

use thiserror::Error;

use crate::report::Shard;
use crate::run::context::order::order;
use crate::scenario::Scenario;

/// A shard, with the place of its scenarios in the whole run.
#[derive(Debug, Clone)]
pub struct Part {
    pub(crate) shard: Shard,
    pub(crate) order: BTreeMap<String, usize>,
}

/// Why a shard is not possible.
#[derive(Debug, Error, miette::Diagnostic, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShardError {
    /// The text does not have the form K/N.
    #[error("expected K/N with K from 1 to N, for example 2/3")]
    Form,
    /// The shard has no scenario. A run that tests nothing must not count as passed.
    #[error("shard {shard} has no scenario: there are {scenarios}")]
    #[diagnostic(code(fivewhys::run::empty_shard), help("use at most as many shards as there are scenarios"))]
    Empty {
        /// The shard.
        shard: Shard,
        /// The number of scenarios of all shards.
        scenarios: usize,
    },
}

impl Shard {
    /// Returns the scenarios of this shard in their order: every `count`th of the sorted ids, from the `index`th on.
    /// Each scenario is in exactly one shard.
    ///
    /// # Errors
    /// When the shard has no scenario.
    pub fn part(self, scenarios: Vec<Scenario>) -> Result<(Vec<Scenario>, Part), ShardError> {
        let mut ids: Vec<String> = scenarios.iter().map(|scenario| scenario.id.clone()).collect();
        ids.sort();
        let own: Vec<&String> = ids.iter().skip(self.index - 1).step_by(self.count).collect();
        if own.is_empty() {
            return Err(ShardError::Empty { shard: self, scenarios: ids.len() });
        }
        let order = order(&scenarios).into_iter().map(|scenario| scenario.id.clone());
        let order = order.zip(0..).filter(|(id, _)| own.contains(&id)).collect();
        let kept = scenarios.into_iter().filter(|scenario| own.contains(&&scenario.id)).collect();
        Ok((kept, Part { shard: self, order }))
    }

    /// Returns the shard of a task of a Cloud Run job, by its index from 0 and the number of tasks. A single task is
    /// not a shard.
    ///
    /// # Errors
    /// When the texts are not such numbers.
    pub fn of_task(index: &str, count: &str) -> Result<Option<Self>, ShardError> {
        let number = |text: &str| text.trim().parse::<usize>().map_err(|_| ShardError::Form);
        let shard = Self::new(number(index)?.saturating_add(1), number(count)?)?;
        Ok((shard.count > 1).then_some(shard))
    }

    fn new(index: usize, count: usize) -> Result<Self, ShardError> {
        if index == 0 || index > count { Err(ShardError::Form) } else { Ok(Self { index, count }) }
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let (index, count) = text.split_once('/').ok_or(ShardError::Form)?;
        let number = |text: &str| text.parse::<usize>().map_err(|_| ShardError::Form);
        Self::new(number(index)?, number(count)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::scenario;

    #[rstest]
    #[case("1/1", Some((1, 1)))]
    #[case("2/3", Some((2, 3)))]
    #[case("0/3", None)]
    #[case("4/3", None)]
    #[case("1/0", None)]
    #[case("-1/3", None)]
    #[case("1", None)]
    #[case("a/b", None)]
    #[case("99999999999999999999999/1", None)]
    fn a_shard_is_counted_from_1(#[case] text: &str, #[case] shard: Option<(usize, usize)>) {
        let shard = shard.map(|(index, count)| Shard { index, count }).ok_or(ShardError::Form);
        assert_eq!(text.parse::<Shard>(), shard);
    }

    #[rstest]
    #[case("0", "1", Ok(None))]
    #[case("0", "3", Ok(Some(Shard { index: 1, count: 3 })))]
    #[case("2", "3", Ok(Some(Shard { index: 3, count: 3 })))]
    #[case("3", "3", Err(ShardError::Form))]
    #[case("x", "3", Err(ShardError::Form))]
    fn a_task_is_counted_from_0(
        #[case] index: &str,
        #[case] count: &str,
        #[case] shard: Result<Option<Shard>, ShardError>,
    ) {
        assert_eq!(Shard::of_task(index, count), shard);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

        #[test]
        fn each_scenario_is_in_exactly_one_shard(count in 1_usize..12) {
            let all = scenario::embedded().expect("the shipped scenarios");
            let mut ids: Vec<String> = Vec::new();
            for index in 1..=count {
                match (Shard { index, count }).part(all.clone()) {
                    Ok((part, _)) => ids.extend(part.into_iter().map(|one| one.id)),
                    Err(error) => {
                        let empty = matches!(error, ShardError::Empty { .. });
                        prop_assert!(index > all.len() && empty);
                    }
                }
            }
            ids.sort();
            let mut expected: Vec<String> = all.into_iter().map(|one| one.id).collect();
            expected.sort();
            prop_assert_eq!(ids, expected);
        }
    }
}
