//! What would settle a verdict that is not certain: the read-only question that leaves the fewest candidates, and its
//! command.

use serde::{Deserialize, Serialize};

use crate::diagnose::active::foresight::Foresight;
use crate::diagnose::active::question::{Question, open_questions};
use crate::diagnose::active::question_command;
use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;

/// A read-only question that leaves fewer candidates, and the command that answers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Settling {
    /// The source of evidence that answers it.
    #[serde(alias = "door")]
    pub evidence: String,
    /// What is asked, in words: `the backend's manifest`.
    pub asks: String,
    /// The command for a shell. It changes nothing and contains no secret: a token is written as `$TOKEN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The command as a list of arguments. Absent where a person must fill in something first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub argv: Vec<String>,
    /// The command that reads its output, after a `|`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<String>,
    /// What a person must know or do first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The expected number of candidates that remain, to one decimal.
    pub leaves: f64,
    /// The number of candidates.
    pub of: usize,
    /// The sets of faults that may remain: one for each answer that leaves a different set.
    pub splits: Vec<Vec<String>>,
}

/// A smaller gain of information, in bits, counts as none.
const GAIN: f64 = 1e-6;

/// How many candidates a question would leave.
struct Prospect {
    question: Question,
    /// Expected entropy of the remaining candidates, in bits.
    entropy: f64,
    /// Expected number of candidates that remain.
    leaves: f64,
    /// For each candidate as the true cause: the positions of the candidates that would remain.
    remain: Vec<Vec<usize>>,
}

/// Returns the best question for all candidates together, and one for each other candidate against the first.
pub(crate) fn settle(case: &Case<'_>, candidates: &[&Candidate<'_>]) -> (Option<Settling>, Vec<Option<Settling>>) {
    let (shares, foresight) = (shares(candidates), Foresight::of(case));
    let now = entropy(&shares);
    let mut prospects: Vec<Prospect> =
        open_questions(case).into_iter().map(|question| prospect(&foresight, question, candidates, &shares)).collect();
    prospects.sort_by(|a, b| a.entropy.total_cmp(&b.entropy));
    let best = prospects.iter().find(|one| one.entropy < now - GAIN);
    let confirming = || prospects.iter().find(|one| candidates.first().is_some_and(|best| one.question.marks(best)));
    let best = best.or_else(confirming).map(|one| settling(case, one, candidates));
    let each = (1..candidates.len()).map(|at| {
        let distinguishes =
            |one: &&Prospect| one.remain.first().is_some_and(|beside_first| !beside_first.contains(&at));
        prospects.iter().find(distinguishes).map(|one| settling(case, one, candidates))
    });
    (best, each.collect())
}

/// Returns the posteriors of the candidates. They sum to one.
fn shares(candidates: &[&Candidate<'_>]) -> Vec<f64> {
    let top = candidates.iter().map(|one| one.score).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = candidates.iter().map(|one| (one.score - top).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// Returns the entropy in bits. The shares need not sum to one.
fn entropy(shares: &[f64]) -> f64 {
    let sum: f64 = shares.iter().sum();
    let bits = |share: &f64| if *share > 0.0 { -(share / sum) * (share / sum).log2() } else { 0.0 };
    shares.iter().map(bits).sum()
}

fn prospect(
    foresight: &Foresight<'_, '_>,
    question: Question,
    candidates: &[&Candidate<'_>],
    shares: &[f64],
) -> Prospect {
    let beside = |one: &Candidate<'_>| -> Vec<usize> {
        let stays = |at: &usize| !question.distinguishes(foresight, one, candidates[*at]);
        (0..candidates.len()).filter(stays).collect()
    };
    let remain: Vec<Vec<usize>> = candidates.iter().map(|one| beside(one)).collect();
    let expected = |of: &dyn Fn(&Vec<usize>) -> f64| -> f64 {
        remain.iter().zip(shares).map(|(beside, share)| share * of(beside)).sum()
    };
    // Without an answer, every candidate remains.
    let sure = question.sureness();
    let of_answer = expected(&|beside| entropy(&beside.iter().map(|at| shares[*at]).collect::<Vec<_>>()));
    let entropy = sure * of_answer + (1.0 - sure) * entropy(shares);
    let leaves = sure * expected(&|beside| beside.len() as f64) + (1.0 - sure) * candidates.len() as f64;
    Prospect { question, entropy, leaves, remain }
}

fn settling(case: &Case<'_>, prospect: &Prospect, candidates: &[&Candidate<'_>]) -> Settling {
    let mut splits: Vec<&Vec<usize>> = Vec::new();
    for beside in &prospect.remain {
        if !splits.contains(&beside) {
            splits.push(beside);
        }
    }
    let id = |at: &usize| candidates[*at].fault.id.clone();
    let command = question_command::command(case, &prospect.question);
    Settling {
        evidence: prospect.question.evidence_source().as_str().to_owned(),
        asks: prospect.question.in_words().to_owned(),
        command: command.shown,
        argv: command.argv,
        feed: command.feed,
        note: command.note,
        leaves: (prospect.leaves * 10.0).round() / 10.0,
        of: candidates.len(),
        splits: splits.into_iter().map(|beside| beside.iter().map(id).collect()).collect(),
    }
}
