//! Reads the manifests and the logs of services. Read-only.

use jiff::Timestamp;

use super::Deployed;
use crate::config::Target;
use crate::terms::{Platform, Service};

/// A command as words. `<NAME>` stands for a name that the target file lacks.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    pub(crate) words: Vec<String>,
    /// The names that are missing.
    pub(crate) missing: Vec<&'static str>,
}

/// The most log entries that `gcloud` reads.
const ENTRIES: u32 = 5000;

/// Returns the command that reads the manifests of these services. `None` without a platform, or where the platform needs
/// one command for each.
pub(crate) fn manifests(target: &Target, services: &[Service]) -> Option<Lookup> {
    let mut names = Names { target, missing: Vec::new() };
    let of: Vec<String> = services.iter().map(|service| names.service(*service)).collect();
    let words = match (target.platform, of.as_slice()) {
        (Platform::CloudRun, [one]) => names.gcloud(["describe".to_owned(), one.clone()]),
        (Platform::CloudRun, several) => {
            names.gcloud(["list".to_owned(), format!("--filter=metadata.name=({})", several.join(" "))])
        }
        (Platform::Kubernetes, all) => {
            let words = ["kubectl", "get", "deployment"].map(str::to_owned).into_iter().chain(all.to_vec());
            words.chain(names.namespace()).chain(["--output=json".to_owned()]).collect()
        }
        (Platform::Ecs, [one]) => {
            let words = ["aws", "ecs", "describe-task-definition"].map(str::to_owned).into_iter();
            words.chain([format!("--task-definition={one}"), "--output=json".to_owned()]).collect()
        }
        (Platform::Compose, _) => ["docker", "compose", "config", "--format=json"].map(str::to_owned).to_vec(),
        (Platform::Ecs | Platform::None, _) => return None,
    };
    Some(names.lookup(words))
}

/// Returns the command that reads the log of this time. `None` without a platform, or where the place of the logs is no name
/// of the target.
pub(crate) fn log(target: &Target, window: Option<(Timestamp, Timestamp)>) -> Option<Lookup> {
    let mut names = Names { target, missing: Vec::new() };
    let rfc = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let words = match target.platform {
        Platform::CloudRun => names.gcloud_log(window.map(|(from, to)| (rfc(from), rfc(to)))),
        // kubectl reads the log of one Deployment at a time.
        Platform::Kubernetes => {
            let backend = names.service(Service::Backend);
            let words = ["kubectl".to_owned(), "logs".to_owned(), format!("deployment/{backend}")].into_iter();
            let words = words.chain(["--timestamps".to_owned(), "--prefix".to_owned()]).chain(names.namespace());
            words.chain(window.map(|(from, _)| format!("--since-time={}", rfc(from)))).collect()
        }
        Platform::Compose => {
            let words = ["docker", "compose", "logs", "--no-color", "--timestamps"].map(str::to_owned).into_iter();
            let window = window.map(|(from, to)| [format!("--since={}", rfc(from)), format!("--until={}", rfc(to))]);
            words.chain(window.into_iter().flatten()).collect()
        }
        Platform::Ecs | Platform::None => return None,
    };
    Some(names.lookup(words))
}

/// The names of the deployment, as far as the target file has them.
struct Names<'a> {
    target: &'a Target,
    missing: Vec<&'static str>,
}

impl Names<'_> {
    fn gcloud(&mut self, what: [String; 2]) -> Vec<String> {
        let words = ["gcloud", "run", "services"].map(str::to_owned).into_iter().chain(what);
        let region = self.name(self.target.names.region.as_deref(), "REGION");
        let project = self.project();
        words
            .chain([format!("--region={region}"), format!("--project={project}"), "--format=json".to_owned()])
            .collect()
    }

    fn gcloud_log(&mut self, window: Option<(String, String)>) -> Vec<String> {
        let project = self.project();
        let deployed = [Service::Backend, Service::Auth].into_iter().filter(|one| self.target.has(*one));
        let services: Vec<String> = deployed.map(|one| format!("\"{}\"", self.service(one))).collect();
        let window =
            window.map(|(from, to)| format!(" AND timestamp>=\"{from}\" AND timestamp<=\"{to}\"")).unwrap_or_default();
        let filter = format!(
            "(resource.labels.service_name=({}) OR resource.type=\"http_load_balancer\"){window}",
            services.join(" OR ")
        );
        let words = ["gcloud", "logging", "read"].map(str::to_owned).into_iter();
        let rest = [filter, format!("--project={project}"), format!("--limit={ENTRIES}"), "--format=json".to_owned()];
        words.chain(rest).collect()
    }

    fn project(&mut self) -> String {
        self.name(self.target.names.project.as_deref(), "PROJECT")
    }

    fn namespace(&self) -> Option<String> {
        let namespace = self.target.names.namespace.as_deref().filter(|name| is_name(name));
        namespace.map(|name| format!("--namespace={name}"))
    }

    fn service(&mut self, service: Service) -> String {
        let deployed = Deployed { target: self.target, service };
        self.name(deployed.known_name(), deployed.placeholder())
    }

    /// Returns the name, or a placeholder where it is missing or malformed.
    fn name(&mut self, given: Option<&str>, placeholder: &'static str) -> String {
        match given.filter(|name| is_name(name)) {
            Some(name) => name.to_owned(),
            None => {
                self.missing.push(placeholder);
                format!("<{placeholder}>")
            }
        }
    }

    fn lookup(self, words: Vec<String>) -> Lookup {
        let is_used = |one: &&str| words.iter().any(|word| word.contains(&format!("<{one}>")));
        Lookup { missing: self.missing.into_iter().filter(is_used).collect(), words }
    }
}

/// Reports whether the text is a name in the form of services, projects and regions of the platforms. Such a name cannot
/// be read as an option and cannot end the string of a filter.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | ':'))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::platform::tests::on;

    const BOTH: [Service; 2] = [Service::Backend, Service::Auth];

    #[rstest]
    #[case(Platform::CloudRun, &BOTH[..1], Some("gcloud run services describe shop --region=us-central1 --project=netra-staging --format=json"))]
    #[case(Platform::Kubernetes, &BOTH, Some("kubectl get deployment shop login --namespace=store --output=json"))]
    #[case(Platform::Ecs, &BOTH[..1], Some("aws ecs describe-task-definition --task-definition=shop --output=json"))]
    #[case(Platform::Compose, &BOTH, Some("docker compose config --format=json"))]
    #[case(Platform::None, &BOTH, None)]
    fn each_platform_shows_manifests(
        #[case] platform: Platform,
        #[case] services: &[Service],
        #[case] says: Option<&str>,
    ) {
        let words = manifests(&on(platform), services).map(|lookup| lookup.words.join(" "));
        assert_eq!(words.as_deref(), says);
    }

    #[rstest]
    #[case(
        Platform::Kubernetes,
        Some("kubectl logs deployment/shop --timestamps --prefix --namespace=store --since-time=1970-01-01T00:00:00Z")
    )]
    #[case(
        Platform::Compose,
        Some("docker compose logs --no-color --timestamps --since=1970-01-01T00:00:00Z --until=1970-01-01T00:01:00Z")
    )]
    #[case(Platform::Ecs, None)]
    #[case(Platform::None, None)]
    fn each_platform_shows_logs(#[case] platform: Platform, #[case] says: Option<&str>) {
        let window = (Timestamp::UNIX_EPOCH, Timestamp::constant(60, 0));
        let words = log(&on(platform), Some(window)).map(|lookup| lookup.words.join(" "));
        assert_eq!(words.as_deref(), says);
    }

    #[test]
    fn a_missing_name_is_a_placeholder() {
        let mut target = on(Platform::Kubernetes);
        target.names.backend = None;
        let lookup = manifests(&target, &BOTH).expect("a command");
        assert_eq!(lookup.missing, ["BACKEND_SERVICE"]);
        assert!(lookup.words.contains(&"<BACKEND_SERVICE>".to_owned()));
    }
}
