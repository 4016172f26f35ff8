//! The environment of a service without faults, as far as the target describes it.
//!
//! If such an environment rules a fault out, the fault is in the environment.

use std::collections::BTreeMap;

use crate::config::Target;
use crate::evidence::{EnvValue, Manifest};
use crate::terms::Service;

/// Returns the manifest with every relevant variable present, with the values that the target and the other service
/// give.
pub(crate) fn in_order(manifest: &Manifest, service: Service, other: Option<&Manifest>, target: &Target) -> Manifest {
    let mut env = manifest.env.clone();
    let roles: &[&str] = match service {
        Service::Backend => &["service-secret", "jwt-secret", "service-id", "auth-url", "auth-enabled", "oauth-client"],
        Service::Auth => &["service-secret", "jwt-secret"],
    };
    for role in roles {
        let names = target.variables.get(*role).map_or(&[][..], Vec::as_slice);
        let there = names.iter().find(|name| env.contains_key(*name)).or(names.first());
        if let Some(name) = there {
            set(&mut env, name, right_value(role, other, target));
        }
    }
    if service == Service::Backend {
        target.variables.get("required").into_iter().flatten().for_each(|name| set(&mut env, name, None));
    }
    Manifest { env, ..manifest.clone() }
}

/// Sets the right value if it is known, or else any value if the variable is missing.
fn set(env: &mut BTreeMap<String, EnvValue>, name: &str, right: Option<EnvValue>) {
    let is_there = env.get(name).is_some_and(|value| !value.is_empty());
    match right {
        Some(value) => drop(env.insert(name.to_owned(), value)),
        None if is_there => {}
        None => drop(env.insert(name.to_owned(), EnvValue::Hidden { empty: false })),
    }
}

fn right_value(role: &str, other: Option<&Manifest>, target: &Target) -> Option<EnvValue> {
    match role {
        "service-id" => target.caller.as_ref().map(|caller| EnvValue::Plain(caller.id.clone())),
        "auth-url" => target.auth_url().map(|url| EnvValue::Plain(url.to_string())),
        "auth-enabled" => Some(EnvValue::Plain("true".to_owned())),
        "service-secret" | "jwt-secret" => {
            let names = target.variables.get(role)?;
            names.iter().find_map(|name| other?.env.get(name)).filter(|value| !value.is_empty()).cloned()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::staging;

    #[test]
    fn missing_variables_are_added_and_differing_ones_are_corrected() {
        let secret = |version: &str| EnvValue::Secret { name: "s".to_owned(), version: version.to_owned() };
        let with =
            |value| Manifest { env: BTreeMap::from([("SERVICE_SECRET".to_owned(), value)]), ..Manifest::default() };
        let target = staging();
        let order = in_order(&with(secret("3")), Service::Backend, Some(&with(secret("4"))), &target);
        assert_eq!(order.env["SERVICE_SECRET"], secret("4"));
        assert_eq!(order.env["SERVICE_ID"], EnvValue::Plain("netra-backend".to_owned()));
        assert!(["AUTH_SERVICE_URL", "DATABASE_URL", "GEMINI_API_KEY"].iter().all(|name| !order.env[*name].is_empty()));
        assert_eq!(
            in_order(&order, Service::Backend, Some(&with(secret("4"))), &target),
            order,
            "a correct environment does not change"
        );
    }
}
