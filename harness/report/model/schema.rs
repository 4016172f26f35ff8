//! The JSON Schema of the JSON report, generated from its types. Sits in `report`, beside `json`.

use schemars::generate::SchemaSettings;

use crate::report::{Report, SCHEMA};

/// The schema (JSON Schema, draft 2020-12) as JSON, pretty, ending with a new line: `docs/report.schema.json`.
#[must_use]
pub fn render() -> String {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Report>();
    let mut schema = schema.to_value();
    schema["title"] = "A report of fivewhys".into();
    schema["properties"]["schema"]["const"] = SCHEMA.into();
    // A schema is a JSON value already.
    serde_json::to_string_pretty(&schema).expect("a schema can be written as JSON") + "\n"
}
