//! The layouts of manifests, and which one a value has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::{Declaration, cloud_run_v1, cloud_run_v2, compose, ecs, kubernetes};
use crate::terms::words;

words! {
    /// The platform whose tools print or read a manifest. It decides which command changes a variable.
    pub enum Layout {
        /// A service or revision of Cloud Run.
        CloudRun => "cloud-run",
        /// A workload of Kubernetes.
        Kubernetes => "kubernetes",
        /// A service of a docker-compose file.
        Compose => "compose",
        /// A container of an ECS task definition.
        Ecs => "ecs",
        /// Lines `KEY=VALUE`.
        EnvFile => "env-file",
    }
}

impl Default for Layout {
    /// The only layout that earlier versions read.
    fn default() -> Self {
        Self::CloudRun
    }
}

impl Layout {
    /// Reports whether a manifest leaves its layout out when it is written.
    pub(super) fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// One way to write a manifest.
struct Reader {
    /// Reports whether a value is written this way.
    recognizes: fn(&Value) -> bool,
    read: Read,
}

/// Reads a value. Errors name the missing part.
type Read = fn(&Value, &Around<'_>) -> Result<Vec<Declaration>, &'static str>;

/// What a value may refer to.
pub(super) struct Around<'v> {
    /// The other values of the same text.
    pub(super) resources: Resources<'v>,
    /// The variables whose literal values may be shown.
    pub(super) plain: &'v BTreeSet<String>,
    /// The folder of the file.
    pub(super) folder: Option<&'v Path>,
}

/// The values of one text by kind and name.
pub(super) type Resources<'v> = BTreeMap<(&'v str, &'v str), &'v Value>;

/// Every way, the most specific first.
const READERS: [Reader; 5] = [
    Reader { recognizes: ecs::recognizes, read: |value, around| ecs::read(value, around.plain) },
    Reader { recognizes: compose::recognizes, read: compose::read },
    Reader { recognizes: cloud_run_v2::recognizes, read: |value, around| cloud_run_v2::read(value, around.plain) },
    Reader {
        recognizes: kubernetes::recognizes,
        read: |value, around| kubernetes::read(value, &around.resources, around.plain),
    },
    Reader { recognizes: cloud_run_v1::recognizes, read: |value, around| cloud_run_v1::read(value, around.plain) },
];

const UNKNOWN: &str =
    "it has the layout of no known platform: Cloud Run, Kubernetes, docker-compose, ECS or an env file";

/// The keys under which a platform wraps one value or a list of values.
const WRAPPERS: [&str; 4] = ["items", "services", "revisions", "taskDefinition"];

/// The most manifests of one text, and the most variables of one manifest. The platforms allow far fewer.
const MOST: (usize, usize) = (1000, 10_000);

/// Reads the manifests of all values. The error names the part that is missing.
pub(super) fn read(
    values: &[Value],
    plain: &BTreeSet<String>,
    folder: Option<&Path>,
) -> Result<Vec<Declaration>, &'static str> {
    let mut single = Vec::new();
    values.iter().for_each(|value| unwrap(value, &mut single));
    let resources: Resources<'_> = single.iter().filter_map(|value| Some((key(value)?, *value))).collect();
    let around = Around { resources, plain, folder };
    let mut read = Vec::new();
    for value in &single {
        let reader = READERS.iter().find(|reader| (reader.recognizes)(value)).ok_or(UNKNOWN)?;
        read.extend((reader.read)(value, &around)?);
        if read.len() > MOST.0 {
            return Err("it holds more than 1000 manifests");
        }
    }
    if read.iter().any(|one| one.manifest.env.len() > MOST.1) {
        return Err("a manifest has more than 10000 variables");
    }
    Ok(read)
}

/// Where the layouts in JSON have their containers.
const CONTAINERS: [&str; 6] = [
    "/spec/template/spec/containers",
    "/spec/containers",
    "/spec/jobTemplate/spec/template/spec/containers",
    "/template/containers",
    "/containers",
    "/containerDefinitions",
];

/// Reports whether a value, or the first one that it wraps, has containers.
pub(super) fn has_containers(value: &Value) -> bool {
    let mut single = Vec::new();
    unwrap(value, &mut single);
    single.first().is_some_and(|one| CONTAINERS.iter().any(|place| one.pointer(place).is_some_and(Value::is_array)))
}

/// Returns the kind and the name of a resource of Kubernetes.
fn key(value: &Value) -> Option<(&str, &str)> {
    value.get("kind")?.as_str().zip(value.pointer("/metadata/name")?.as_str())
}

/// Collects single manifests out of lists. The parsers limit how deep they nest.
fn unwrap<'a>(value: &'a Value, into: &mut Vec<&'a Value>) {
    let wrapped = WRAPPERS.iter().find_map(|key| match value.get(key)? {
        list @ Value::Array(_) => Some(list),
        one if *key == "taskDefinition" && one.is_object() => Some(one),
        _ => None,
    });
    match (value, wrapped) {
        (Value::Array(list), _) => list.iter().for_each(|one| unwrap(one, into)),
        (_, Some(wrapped)) => unwrap(wrapped, into),
        // An empty document of a YAML stream.
        (Value::Null, _) => {}
        _ => into.push(value),
    }
}
