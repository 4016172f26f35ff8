//! Which faults a set of evidence can distinguish, by the catalogue and the model of the path.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::diagnose::belief::Foreseen;
use crate::diagnose::discriminability::distinguishable::{Shown, distinguishable};
use crate::diagnose::model::catalogue::Catalogue;
use crate::terms::EvidenceSource;

/// Which faults one set of evidence can distinguish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The granted evidence.
    pub evidence: Vec<String>,
    /// Pairs of faults.
    pub pairs: usize,
    /// Pairs that this evidence can distinguish.
    pub told_apart: usize,
    /// Faults that can be distinguished from every other.
    pub alone: Vec<String>,
    /// All other faults, in classes whose members cannot be distinguished.
    pub classes: Vec<Class>,
    /// Each such fault with all faults that it cannot be distinguished from.
    pub rivals: BTreeMap<String, Vec<String>>,
}

/// Faults that look the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Class {
    /// Its faults.
    pub faults: Vec<String>,
    /// Faults of other classes that cannot be distinguished from some of these.
    pub also: Vec<String>,
}

impl Catalogue {
    /// Returns which faults this evidence can distinguish.
    #[must_use]
    pub fn matrix(&self, evidence_sources: &[EvidenceSource]) -> Matrix {
        let foreseen = Foreseen::with(evidence_sources);
        let shown = |fault| Shown { fault, foreseen: foreseen.of(fault) };
        let faults: Vec<Shown<'_>> = self.faults().iter().map(shown).collect();
        let same = |one: &Shown<'_>, other| !distinguishable(one, other, evidence_sources, &foreseen.classes);
        let mut alike = vec![vec![true; faults.len()]; faults.len()];
        for one in 0..faults.len() {
            for other in 0..one {
                alike[one][other] = same(&faults[one], &faults[other]);
                alike[other][one] = alike[one][other];
            }
        }
        let rivals = |at: usize| (0..faults.len()).filter(move |other| *other != at);
        let of = |at: usize| rivals(at).filter(|other| alike[at][*other]).collect::<Vec<_>>();
        let (alone, others): (Vec<usize>, Vec<usize>) = (0..faults.len()).partition(|at| of(*at).is_empty());
        let id = |at: &usize| faults[*at].fault.id.clone();
        let classes = classes(&others, &alike);
        Matrix {
            evidence: evidence_sources.iter().map(ToString::to_string).collect(),
            pairs: faults.len() * faults.len().saturating_sub(1) / 2,
            told_apart: (0..faults.len()).map(|at| faults.len() - 1 - of(at).len()).sum::<usize>() / 2,
            alone: alone.iter().map(id).collect(),
            classes: classes
                .iter()
                .map(|class| Class {
                    faults: class.iter().map(id).collect(),
                    also: others
                        .iter()
                        .filter(|other| !class.contains(other) && class.iter().any(|at| alike[*at][**other]))
                        .map(id)
                        .collect(),
                })
                .collect(),
            rivals: others.iter().map(|at| (id(at), of(*at).iter().map(id).collect())).collect(),
        }
    }
}

/// Groups faults into classes. Being alike is not transitive, so a fault joins the first class whose members are all
/// alike to it.
fn classes(faults: &[usize], alike: &[Vec<bool>]) -> Vec<Vec<usize>> {
    let mut classes: Vec<Vec<usize>> = Vec::new();
    for at in faults {
        match classes.iter_mut().find(|class| class.iter().all(|other| alike[*at][*other])) {
            Some(class) => class.push(*at),
            None => classes.push(vec![*at]),
        }
    }
    classes
}
