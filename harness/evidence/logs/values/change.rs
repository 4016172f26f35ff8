//! Changes of a deployment that an audit log shows: deploys, secret versions, permissions. `changes.toml` lists the methods.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::json::Object;
use super::time;

/// The most changes of one log. The newest are kept.
const MOST: usize = 100;
/// The longest part of a change, in characters.
const LONGEST: usize = 200;

/// One change of the deployment, redacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// When it was made.
    pub at: Timestamp,
    /// What it did, in a few words: `deploy`.
    pub says: String,
    /// The method of the audit log: `google.cloud.run.v1.Services.ReplaceService`.
    pub method: String,
    /// The resource without its project and place: `services/NAME`, `secrets/NAME/versions/4`.
    pub resource: String,
    /// The revision that a deploy made, if the entry names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Whether a service account made it. The e-mail address is not kept.
    pub by_service_account: bool,
    /// Why the change was refused, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The table in `changes.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    change: Vec<Row>,
}

/// The methods that say the same.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    says: String,
    methods: Vec<String>,
}

static METHODS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!("changes.toml")).expect("a test reads the shipped table");
    let row = |row: Row| row.methods.into_iter().map(move |method| (method, row.says.clone())).collect::<Vec<_>>();
    table.change.into_iter().flat_map(row).collect()
});

/// The keys of an entry of which the first that exists names the revision of a deploy.
const REVISION: [&str; 3] = [
    "protoPayload.response.status.latestCreatedRevisionName",
    "protoPayload.response.latestCreatedRevision",
    "protoPayload.request.service.spec.template.metadata.name",
];

impl Change {
    /// Reads an entry of an audit log. `None`: it changes no deployment, or is the second entry of a long operation.
    pub(crate) fn of(entry: &Object<'_>) -> Option<Self> {
        let method = entry.text("protoPayload.methodName")?;
        let says = METHODS.get(method)?.clone();
        // JSON leaves a flag out that is false.
        let is_set = |key: &str| entry.get(key).is_some();
        if is_set("operation.last") && !is_set("operation.first") {
            return None;
        }
        let short = |text: &str| text.chars().take(LONGEST).collect::<String>();
        let revision = REVISION.iter().find_map(|key| entry.text(key));
        let caller = entry.text("protoPayload.authenticationInfo.principalEmail").unwrap_or_default();
        Some(Self {
            at: entry.text("timestamp").and_then(time::whole)?,
            says,
            method: short(method),
            resource: short(resource(entry)),
            revision: revision.map(|name| short(name.rsplit('/').next().unwrap_or(name))),
            by_service_account: caller.ends_with(".gserviceaccount.com"),
            error: entry.text("protoPayload.status.message").map(short),
        })
    }

    /// Returns the same change with every text redacted.
    pub(crate) fn cleaned(&self, clean: &dyn Fn(&str) -> String) -> Self {
        Self {
            resource: clean(&self.resource),
            revision: self.revision.as_deref().map(clean),
            error: self.error.as_deref().map(clean),
            ..self.clone()
        }
    }
}

/// Returns the resource without `projects/…`, `namespaces/…` and `locations/…`. A response names the new version of a secret.
fn resource<'a>(entry: &'a Object<'_>) -> &'a str {
    let named = entry.text("protoPayload.resourceName").unwrap_or_default();
    let made = entry.text("protoPayload.response.name").filter(|made| made.contains("/versions/"));
    let mut rest = made.unwrap_or(named);
    let after = |rest: &'a str| {
        let (_, member) = rest.split_once('/').filter(|(place, _)| PLACES.contains(place))?;
        Some(member.split_once('/')?.1)
    };
    while let Some(inner) = after(rest) {
        rest = inner;
    }
    rest
}

/// The collections of which a resource name begins with one member each.
const PLACES: [&str; 4] = ["projects", "namespaces", "locations", "regions"];

/// Adds a change. Of too many, the oldest is forgotten.
pub(crate) fn keep(changes: &mut Vec<Change>, change: Change) {
    changes.push(change);
    if changes.len() > MOST
        && let Some(oldest) = (0..changes.len()).min_by_key(|at| changes[*at].at)
    {
        changes.swap_remove(oldest);
    }
}
