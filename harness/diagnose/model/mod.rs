//! What can be wrong, and what each fault predicts.

pub(crate) mod catalogue;
pub(crate) mod evidence_rule;
pub(crate) mod fact_schema;
pub(crate) mod fault;
pub(crate) mod fault_mode;
pub(crate) mod load;
pub(crate) mod probe_class;
pub(crate) mod probe_selector;
