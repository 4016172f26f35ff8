//! Goes back to an earlier revision.

use super::{Deployed, cluster, flag, namespace, word};
use crate::config::Target;
use crate::terms::{Platform, Service};

/// Returns the command that goes back to some earlier revision, or `None` without a platform.
pub(crate) fn back(deployed: Deployed<'_>) -> Option<String> {
    let target = deployed.target;
    let to = match target.platform {
        Platform::None => return None,
        // Without a revision, kubectl goes back to the last one.
        Platform::Kubernetes => None,
        _ => Some("REVISION"),
    };
    Some(command(target, &deployed.in_a_command(), to))
}

/// Returns the command that gives all traffic of a service to this revision. `service` is a role, or the deployed name of
/// another service. Without a platform, it is a sentence.
pub(crate) fn to_revision(target: &Target, service: &str, to: &str) -> String {
    let role = Service::ALL.iter().find(|role| role.as_str() == service);
    let known = role.and_then(|role| Deployed { target, service: *role }.known_name());
    command(target, &word(known.unwrap_or(service)), Some(to))
}

fn command(target: &Target, service: &str, to: Option<&str>) -> String {
    let names = &target.names;
    let quoted = to.map(word).unwrap_or_default();
    match target.platform {
        Platform::CloudRun => {
            let place = flag("project", names.project.as_ref()) + &flag("region", names.region.as_ref());
            format!("gcloud run services update-traffic {service} --to-revisions={quoted}=100{place}")
        }
        // `kubectl rollout history` numbers the revisions.
        Platform::Kubernetes => {
            let number = to.filter(|to| to.parse::<u32>().is_ok());
            let number = number.map_or_else(String::new, |number| format!(" --to-revision={number}"));
            format!("kubectl rollout undo deployment/{service}{number}{}", namespace(target))
        }
        Platform::Ecs => format!(
            "aws ecs update-service --cluster={} --service={service} --task-definition={quoted}{}",
            cluster(target),
            flag("region", names.region.as_ref())
        ),
        // Compose has no revisions: the image in the file decides.
        Platform::Compose => {
            format!("docker compose up --detach {service}  # first, put the image {quoted} into the compose file")
        }
        Platform::None => format!("deploy {quoted} of {service} again"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::platform::tests::on;

    #[rstest]
    #[case(
        Platform::CloudRun,
        "shop-2",
        "gcloud run services update-traffic shop --to-revisions=shop-2=100 --project=netra-staging --region=us-central1"
    )]
    #[case(Platform::Kubernetes, "4", "kubectl rollout undo deployment/shop --to-revision=4 --namespace=store")]
    #[case(Platform::Kubernetes, "shop-7d9f", "kubectl rollout undo deployment/shop --namespace=store")]
    #[case(
        Platform::Ecs,
        "shop:12",
        "aws ecs update-service --cluster=blue --service=shop --task-definition=shop:12 --region=us-central1"
    )]
    #[case(
        Platform::Compose,
        "shop:1.4",
        "docker compose up --detach shop  # first, put the image shop:1.4 into the compose file"
    )]
    #[case(Platform::None, "v12", "deploy v12 of shop again")]
    fn each_platform_goes_back_in_its_own_words(#[case] platform: Platform, #[case] to: &str, #[case] says: &str) {
        assert_eq!(to_revision(&on(platform), "backend", to), says);
    }

    #[test]
    fn there_is_no_command_without_a_platform() {
        let target = on(Platform::None);
        assert_eq!(back(Deployed { target: &target, service: Service::Backend }), None);
    }
}
