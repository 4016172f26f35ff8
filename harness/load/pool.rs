//! The pool of users: each has an account of its own.

use std::collections::BTreeMap;

use crate::config::{Target, User};
use crate::document::ConfigError;
use crate::load::asked::Allowed;

/// Returns the users with these numbers: by the template of the target, or else the known users first and then users
/// derived from the first one.
///
/// # Errors
/// When the auth service issues the tokens and the target does not name enough users.
pub(crate) fn pool(target: &Target, allowed: &Allowed) -> Result<Vec<User>, ConfigError> {
    let first = target.users.first().ok_or_else(|| ConfigError::new("the target has no user"))?;
    allowed.numbers.iter().map(|number| user(target, allowed, first, *number)).collect()
}

fn user(target: &Target, allowed: &Allowed, first: &User, number: u32) -> Result<User, ConfigError> {
    let named = |text: &str| text.replace("{n}", &number.to_string());
    if let Some(template) = &allowed.bound.user {
        return Ok(User {
            name: format!("load-{number}"),
            sub: named(&template.sub),
            email: named(&template.email),
            ..first.clone()
        });
    }
    if let Some(known) = target.users.get(number as usize - 1) {
        return Ok(known.clone());
    }
    if target.logs_in() {
        let message =
            format!("the target `{}` names {} users, and user {number} has to log in", target.name, target.users.len());
        return Err(ConfigError::new(message)
            .help("name the accounts: `load.user = { sub = \"load-{n}\", email = \"load-{n}@example.com\" }`"));
    }
    let (name, host) = first.email.split_once('@').unwrap_or((&first.email, "example.invalid"));
    Ok(User {
        name: format!("load-{number}"),
        sub: format!("{}-load-{number}", first.sub),
        email: format!("{name}+load-{number}@{host}"),
        permissions: first.permissions.clone(),
        claims: first.claims.clone(),
        secrets: BTreeMap::new(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::*;
    use crate::config::{Overrides, TargetFile};
    use crate::load::asked::Asked;

    #[test]
    fn every_user_of_a_pool_has_an_account_of_its_own() {
        let file = TargetFile::embedded().expect("the built-in file");
        let target = file.resolve(Some("offline"), &Overrides::default()).expect("it has a bound");
        let asked = Asked { users: 50, ramp: Duration::ZERO, hold: Duration::from_secs(1), rate: None };
        let pool = pool(&target, &asked.allowed(&target, None).expect("allowed")).expect("a pool");
        let subs: BTreeSet<&str> = pool.iter().map(|user| user.sub.as_str()).collect();
        let names: BTreeSet<&str> = pool.iter().map(|user| user.name.as_str()).collect();
        assert_eq!((subs.len(), names.len()), (50, 50));
        assert_eq!(pool[0].name, "primary");
    }
}
