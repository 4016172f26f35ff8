//! The JSON Schema of the JSON report, generated from its types.

use schemars::generate::SchemaSettings;

use crate::report::{Report, SCHEMA};

/// Returns the schema (JSON Schema, draft 2020-12) as indented JSON that ends with a new line: `docs/report.schema.json`.
#[must_use]
pub fn render() -> String {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Report>();
    let mut schema = schema.to_value();
    schema["title"] = "A report of fivewhys".into();
    schema["properties"]["schema"]["const"] = SCHEMA.into();
    // A schema is a JSON value already.
    serde_json::to_string_pretty(&schema).expect("a schema can be written as JSON") + "\n"
}
