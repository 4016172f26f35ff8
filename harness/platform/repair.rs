//! Sets variables of a service.

use super::{Deployed, cluster, flag, namespace, word};
use crate::terms::Platform;

/// A variable and what it must hold.
#[derive(Debug, Clone)]
pub(crate) enum Set {
    /// A value that is no secret.
    Value(String, String),
    /// A secret and its version, as the manifest of another service names it.
    Secret(String, String),
}

/// Returns how to set these variables, to be put after a sentence: `: ` and a command, or the names in brackets.
pub(crate) fn set(deployed: Deployed<'_>, sets: &[Set]) -> String {
    let (name, target) = (deployed.in_a_command(), deployed.target);
    match target.platform {
        Platform::CloudRun => format!(": `{}`", cloud_run(deployed, &name, sets)),
        Platform::Kubernetes => kubernetes(&name, &namespace(target), sets),
        Platform::Ecs => format!(
            ": register a task definition with {}, then `aws ecs update-service --cluster={} --service={name} --task-definition=FAMILY{}`",
            listed(sets),
            cluster(target),
            flag("region", target.names.region.as_ref())
        ),
        Platform::Compose => format!(
            ": write {} below services.{name}.environment, then `docker compose up --detach {name}`",
            listed(sets)
        ),
        Platform::None => format!(" ({})", listed(sets)),
    }
}

fn cloud_run(deployed: Deployed<'_>, name: &str, sets: &[Set]) -> String {
    let names = &deployed.target.names;
    let pairs = |which: fn(&Set) -> Option<(&String, &String)>| {
        let pairs: Vec<String> =
            sets.iter().filter_map(which).map(|(variable, value)| format!("{variable}={value}")).collect();
        pairs.join(",")
    };
    let values = pairs(|set| if let Set::Value(variable, value) = set { Some((variable, value)) } else { None });
    let secrets = pairs(|set| if let Set::Secret(variable, value) = set { Some((variable, value)) } else { None });
    let flags = [("update-env-vars", values), ("update-secrets", secrets)];
    let flags: String =
        flags.iter().filter(|(_, all)| !all.is_empty()).map(|(flag, all)| format!(" --{flag}={all}")).collect();
    let place = flag("project", names.project.as_ref()) + &flag("region", names.region.as_ref());
    format!("gcloud run services update {name}{place}{flags}")
}

/// Returns a command where all variables hold values. `kubectl set env` names a variable after the key of its Secret, so
/// that a variable with a secret is edited.
fn kubernetes(name: &str, namespace: &str, sets: &[Set]) -> String {
    let value = |set: &Set| match set {
        Set::Value(variable, value) => Some(word(&format!("{variable}={value}"))),
        Set::Secret(..) => None,
    };
    match sets.iter().map(value).collect::<Option<Vec<String>>>() {
        Some(pairs) => format!(": `kubectl set env deployment/{name} {}{namespace}`", pairs.join(" ")),
        None => format!(": set {} in `kubectl edit deployment/{name}{namespace}`", listed(sets)),
    }
}

fn listed(sets: &[Set]) -> String {
    let each: Vec<String> = sets
        .iter()
        .map(|set| match set {
            Set::Value(variable, value) => format!("{variable}={value}"),
            Set::Secret(variable, _) => format!("{variable} from its secret"),
        })
        .collect();
    each.join(" and ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::platform::tests::on;
    use crate::terms::Service;

    #[rstest]
    #[case(
        Platform::CloudRun,
        ": `gcloud run services update shop --project=netra-staging --region=us-central1 --update-env-vars=ID=me --update-secrets=KEY=key:3`"
    )]
    #[case(
        Platform::Kubernetes,
        ": set ID=me and KEY from its secret in `kubectl edit deployment/shop --namespace=store`"
    )]
    #[case(
        Platform::Ecs,
        ": register a task definition with ID=me and KEY from its secret, then `aws ecs update-service --cluster=blue --service=shop --task-definition=FAMILY --region=us-central1`"
    )]
    #[case(
        Platform::Compose,
        ": write ID=me and KEY from its secret below services.shop.environment, then `docker compose up --detach shop`"
    )]
    #[case(Platform::None, " (ID=me and KEY from its secret)")]
    fn each_platform_sets_variables_in_its_own_words(#[case] platform: Platform, #[case] says: &str) {
        let sets = [Set::Value("ID".into(), "me".into()), Set::Secret("KEY".into(), "key:3".into())];
        let target = on(platform);
        assert_eq!(set(Deployed { target: &target, service: Service::Backend }, &sets), says);
    }

    #[test]
    fn kubectl_sets_values() {
        let target = on(Platform::Kubernetes);
        let sets = [Set::Value("ID".into(), "a b".into())];
        let says = set(Deployed { target: &target, service: Service::Auth }, &sets);
        assert_eq!(says, ": `kubectl set env deployment/login 'ID=a b' --namespace=store`");
    }
}
