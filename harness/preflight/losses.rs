//! Every variable that a deploy lost, and what restores them: a finding, and the fix of a cause that names one of them.

use super::Subject;
use super::checks::{is_replaced, lost};
use super::review::{Setting, command};
use crate::config::Target;
use crate::diagnose::{Cause, Finding, Proof};
use crate::evidence::{EnvValue, Manifest};

/// A deploy whose manifests before and after are known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deploy<'a> {
    /// The role of the service.
    pub(crate) service: &'a str,
    /// The revision before.
    pub(crate) revision: &'a str,
    pub(crate) before: &'a Manifest,
    pub(crate) now: &'a Manifest,
}

/// The variables that one deploy lost.
struct Loss<'a> {
    deploy: Deploy<'a>,
    variables: Vec<(&'a str, &'a EnvValue)>,
    /// The command or the edit that restores them.
    restore: String,
}

/// Returns a finding for each deploy that lost variables, and lets the fix of a cause that names one of them restore all.
pub(crate) fn report_losses(deploys: &[Deploy<'_>], target: &Target, causes: &mut [Cause]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for loss in deploys.iter().filter_map(|deploy| Loss::of(*deploy, target)) {
        let mut is_a_fix = false;
        for cause in causes.iter_mut().filter(|cause| loss.explains(cause, target)) {
            if let Some(fix) = &mut cause.fix {
                *fix = format!("restore every variable that {} had: `{}`", loss.deploy.revision, loss.restore);
                is_a_fix = true;
            }
        }
        findings.push(loss.finding(!is_a_fix));
    }
    findings
}

impl<'a> Loss<'a> {
    fn of(deploy: Deploy<'a>, target: &Target) -> Option<Self> {
        let variables = lost(deploy.now, deploy.before);
        let subject = Subject::of_manifest(deploy.service, deploy.now, target);
        let setting =
            |(name, value): &(&str, &EnvValue)| Setting::of(&subject, name, Some(value), false).with_value(value);
        let sets: Vec<Setting> = variables.iter().map(setting).collect();
        let restore = (!sets.is_empty()).then(|| command(&target.names, &subject, &sets))?;
        Some(Self { deploy, variables, restore })
    }

    /// Reports whether the cause rests on the absence of a variable that was lost.
    fn explains(&self, cause: &Cause, target: &Target) -> bool {
        let is_lost = |role: &str| {
            let names = target.variables.get(role).map_or(&[][..], Vec::as_slice);
            names.iter().any(|name| self.variables.iter().any(|(lost, _)| lost == name))
        };
        let prefix = format!("{}.", self.deploy.service);
        let proofs = cause.whys.iter().flat_map(|why| &why.evidence).filter_map(|proof| proof.fact);
        proofs.filter_map(|key| key.strip_prefix(&prefix)).any(is_lost)
    }

    fn finding(self, with_command: bool) -> Finding {
        let Deploy { service, revision, before, .. } = self.deploy;
        let count = self.variables.len();
        let noun = if count == 1 { "variable" } else { "variables" };
        let title = if is_replaced(count, before) {
            format!("The deploy replaced the whole environment of the {service}: it lost {count} {noun} of {revision}")
        } else {
            format!("The deploy of the {service} lost {count} {noun} that {revision} had")
        };
        let lost =
            self.variables.iter().map(|(name, value)| Proof::new(format!("{name}: {value} in {revision}"), None));
        let restore = with_command.then(|| Proof::new(format!("restore them: `{}`", self.restore), None));
        Finding { id: "lost-variables".into(), title, evidence: lost.chain(restore).collect(), fails: false }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::evidence::Layout;
    use crate::fixtures::staging;

    fn manifest(layout: Layout, env: &[(&str, EnvValue)]) -> Manifest {
        Manifest {
            name: "shop".to_owned(),
            layout,
            env: env.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            ..Manifest::default()
        }
    }

    fn secret(name: &str) -> EnvValue {
        EnvValue::Secret { name: name.to_owned(), version: "latest".to_owned() }
    }

    fn plain(value: &str) -> EnvValue {
        EnvValue::Plain(value.to_owned())
    }

    fn found(layout: Layout, before: &[(&str, EnvValue)], now: &[(&str, EnvValue)]) -> Vec<Finding> {
        let (before, now) = (manifest(layout, before), manifest(layout, now));
        let deploy = Deploy { service: "backend", revision: "b-00001-old", before: &before, now: &now };
        report_losses(&[deploy], &staging(), &mut [])
    }

    #[rstest]
    #[case::cloud_run(Layout::CloudRun, &["gcloud run services update netra-backend-staging", "SERVICE_ID=service-id:latest,SERVICE_SECRET=service-secret:latest", "AUTH_URL=https://auth.example.test", "API_KEY=SECRET:VERSION"])]
    #[case::kubernetes(Layout::Kubernetes, &["kubectl patch deployment/shop", r#""name":"AUTH_URL","value":"https://auth.example.test""#, r#""secretKeyRef":{"name":"service-id","key":"KEY"}"#])]
    #[case::compose(Layout::Compose, &["below services.shop.environment", "AUTH_URL: \"https://auth.example.test\"", "API_KEY: ${API_KEY:?}"])]
    #[case::ecs(Layout::Ecs, &["in the task definition", "AUTH_URL=https://auth.example.test", "SERVICE_ID from service-id", "API_KEY from ARN"])]
    #[case::env_file(Layout::EnvFile, &["in the env file", "AUTH_URL=https://auth.example.test", "API_KEY=VALUE"])]
    fn everything_that_was_lost_is_restored_on_the_platform_of_the_manifest(
        #[case] layout: Layout,
        #[case] says: &[&str],
    ) {
        let kept = [("ENVIRONMENT", plain("staging")), ("A", plain("1")), ("B", plain("1")), ("C", plain("1"))];
        let gone = [
            ("SERVICE_ID", secret("service-id")),
            ("SERVICE_SECRET", secret("service-secret")),
            ("AUTH_URL", plain("https://auth.example.test")),
            ("API_KEY", EnvValue::Hidden { empty: false }),
        ];
        let findings = found(layout, &[&kept[..], &gone].concat(), &kept);
        assert_eq!(findings[0].title, "The deploy of the backend lost 4 variables that b-00001-old had");
        let restore = &findings[0].evidence.last().expect("a command").says;
        for part in says {
            assert!(restore.contains(part), "{restore} lacks {part}");
        }
    }

    #[test]
    fn a_value_with_a_comma_is_no_word_of_gcloud() {
        let findings = found(Layout::CloudRun, &[("AUTH_URL", plain("a,B=c"))], &[]);
        let restore = &findings[0].evidence.last().expect("a command").says;
        assert!(restore.contains("--update-env-vars=AUTH_URL=VALUE"), "{restore}");
    }

    #[test]
    fn a_replaced_environment_is_called_so() {
        let before = ["A", "B", "C"].map(|name| (name, secret("a")));
        let findings = found(Layout::CloudRun, &before, &[("D", secret("b"))]);
        assert!(findings[0].title.starts_with("The deploy replaced the whole environment"), "{}", findings[0].title);
    }

    #[test]
    fn nothing_lost_is_no_finding() {
        let now = [("A", secret("other")), ("B", secret("b"))];
        assert!(found(Layout::CloudRun, &[("A", secret("a"))], &now).is_empty());
        assert!(found(Layout::CloudRun, &[("A", EnvValue::Hidden { empty: true })], &[]).is_empty());
    }
}
