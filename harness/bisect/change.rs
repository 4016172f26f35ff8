//! One change between two revisions.

use std::cmp::Ordering;

use serde::Serialize;

use crate::preflight::FaultRef;
use crate::terms::words;

words! {
    /// What changed. Of two changes that explain a failure equally well, the earlier kind comes first.
    pub enum Kind {
        /// Most variables are gone.
        Environment => "environment",
        /// A variable is gone.
        Lost => "lost",
        /// A variable has another reference, or another literal value.
        Changed => "changed",
        /// A variable is new.
        Added => "added",
        /// A whole Secret, ConfigMap or env file is new or gone.
        Source => "source",
        /// The ports of the container.
        Port => "port",
        /// The networks that may call the service.
        Ingress => "ingress",
        /// The image of the container.
        Image => "image",
        /// The shares of the traffic.
        Traffic => "traffic",
        /// Whether the newest revision is ready.
        Ready => "ready",
    }
}

/// One change. No field holds the value of a variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Change {
    /// The service that changed.
    pub(crate) service: String,
    pub(crate) kind: Kind,
    /// The variables that it is about.
    pub(crate) variables: Vec<String>,
    /// The change in a few words: `SERVICE_SECRET was lost`.
    pub(crate) says: String,
    /// The states before and after, without a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    /// Whether it explains the failure. Without evidence: whether it causes one.
    pub(crate) explains: bool,
    /// The fault by which it explains the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<FaultRef>,
    /// The posterior of the fault, 0 to 1. Absent without evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) share: Option<f64>,
    /// The faults that it causes by the contract.
    pub(crate) causes: Vec<FaultRef>,
    /// The faults that it causes if the new state is wrong, which no manifest shows.
    pub(crate) may_cause: Vec<FaultRef>,
}

impl Change {
    /// Returns a change whose faults are not known yet.
    pub(super) fn new(service: &str, kind: Kind, says: String) -> Self {
        let (variables, causes, may_cause) = (Vec::new(), Vec::new(), Vec::new());
        let (service, detail, fault, share) = (service.to_owned(), None, None, None);
        Self { service, kind, variables, says, detail, explains: false, fault, share, causes, may_cause }
    }

    /// Returns a change of one variable.
    pub(super) fn of_variable(service: &str, kind: Kind, variable: &str, says: &str, detail: String) -> Self {
        let change = Self::new(service, kind, format!("{variable} {says}"));
        Self { variables: vec![variable.to_owned()], detail: Some(detail), ..change }
    }

    /// Reports whether one variable changed.
    pub(super) const fn is_of_one_variable(&self) -> bool {
        matches!(self.kind, Kind::Lost | Kind::Changed | Kind::Added)
    }

    /// Orders changes: those that explain the failure first, by their share, and then by their kind.
    pub(super) fn by_rank(&self, other: &Self) -> Ordering {
        let share = |change: &Self| change.share.unwrap_or_default();
        let explains = other.explains.cmp(&self.explains);
        let share = share(other).total_cmp(&share(self));
        explains.then(share).then(self.kind.cmp(&other.kind)).then_with(|| self.service.cmp(&other.service))
    }

    /// Returns the fault and its share: `backend-auth/service-secret-missing, 99 %`.
    pub(super) fn because(&self) -> Option<String> {
        let fault = &self.fault.as_ref()?.id;
        let share = self.share.map(|share| format!(", {}", percent(share)));
        Some(format!("{fault}{}", share.unwrap_or_default()))
    }
}

/// Returns a share in percent. A share that is not 0 or 1 is shown as neither.
pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        small if small > 0.0 && small < 1.0 => "< 1 %".to_owned(),
        large if large > 99.0 && large < 100.0 => "99 %".to_owned(),
        usual => format!("{usual:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Change, Kind, percent};

    #[rstest]
    #[case(0.0, "0 %")]
    #[case(0.004, "< 1 %")]
    #[case(0.5, "50 %")]
    #[case(0.999, "99 %")]
    #[case(1.0, "100 %")]
    fn a_share_is_a_percentage(#[case] share: f64, #[case] says: &str) {
        assert_eq!(percent(share), says);
    }

    #[test]
    fn what_explains_the_failure_best_comes_first() {
        let change = |kind, explains, share| Change { explains, share, ..Change::new("b", kind, String::new()) };
        let mut changes = [
            change(Kind::Lost, false, None),
            change(Kind::Image, true, Some(0.2)),
            change(Kind::Changed, true, Some(0.7)),
            change(Kind::Environment, true, Some(0.7)),
        ];
        changes.sort_by(Change::by_rank);
        let kinds: Vec<Kind> = changes.iter().map(|change| change.kind).collect();
        assert_eq!(kinds, [Kind::Environment, Kind::Changed, Kind::Image, Kind::Lost]);
    }
}
