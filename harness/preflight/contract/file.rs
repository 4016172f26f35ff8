//! Reads a contract file. Every mistake points at its place.

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use toml::Spanned;

use super::requirement::key_of;
use super::{Contract, Faults, Requirement, Requirements, Shared};
use crate::config::Target;
use crate::diagnose::Catalogue;
use crate::document::{ConfigError, OneOrMany, Source, nearest_or_all, source};

/// The memory that one expression may take, in bytes.
const EXPRESSION: usize = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContractFile {
    service: BTreeMap<String, BTreeMap<String, Spanned<Written>>>,
}

/// One variable as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    names: Option<OneOrMany<String>>,
    /// Whether every name is a variable of its own, and not an alias.
    #[serde(default)]
    each: bool,
    required: Option<bool>,
    #[serde(default)]
    secret: bool,
    min_length: Option<usize>,
    #[serde(default)]
    not_local: bool,
    #[serde(default)]
    forbidden: Vec<Spanned<String>>,
    #[serde(default)]
    no_suffix: bool,
    equals: Option<Spanned<String>>,
    must_equal: Option<Spanned<String>>,
    fault_if_lost: Option<Spanned<String>>,
    fault_if_wrong: Option<Spanned<String>>,
    fault_if_padded: Option<Spanned<String>>,
}

/// What a file is checked against.
struct Reader<'a> {
    shown: Source,
    target: &'a Target,
    catalogue: &'a Catalogue,
}

pub(super) fn parse(name: &str, text: &str, target: &Target, catalogue: &Catalogue) -> Result<Contract, ConfigError> {
    let reader = Reader { shown: source(name, text), target, catalogue };
    let file: ContractFile = toml::from_str(text).map_err(|error| ConfigError::from_toml(&reader.shown, &error))?;
    let mut contract = Contract::default();
    let mut links = Vec::new();
    for (service, variables) in file.service {
        let mut requirements = Requirements::new();
        for (key, written) in variables {
            links.extend(written.get_ref().must_equal.clone());
            requirements.extend(reader.requirements(key, written)?);
        }
        contract.0.insert(service, requirements);
    }
    links.iter().try_for_each(|link| reader.leads_somewhere(link, &contract))?;
    Ok(contract)
}

impl Reader<'_> {
    /// Makes one requirement, or one for each name. None when neither the file nor the target names the variable.
    fn requirements(&self, key: String, written: Spanned<Written>) -> Result<Requirements, ConfigError> {
        let span = written.span();
        let written = written.into_inner();
        let each = written.each;
        let names = written.names.as_ref().map(|names| &names.0).or_else(|| self.target.variables.get(&key));
        let Some(names) = names.cloned() else { return Ok(Requirements::new()) };
        if names.iter().all(|name| name.trim().is_empty()) {
            let mistake = ConfigError::new(format!("`{key}` has no name")).at(&self.shown, span);
            return Err(mistake.help("write the names that the code reads: names = [\"FIRST\", \"SECOND\"]"));
        }
        let one = self.requirement(written)?;
        if !each {
            return Ok(Requirements::from([(key, Requirement { names, ..one })]));
        }
        Ok(names.into_iter().map(|name| (key_of(&name), Requirement { names: vec![name], ..one.clone() })).collect())
    }

    fn requirement(&self, written: Written) -> Result<Requirement, ConfigError> {
        let faults = Faults {
            lost: self.fault(written.fault_if_lost)?,
            wrong: self.fault(written.fault_if_wrong)?,
            padded: self.fault(written.fault_if_padded)?,
        };
        Ok(Requirement {
            names: Vec::new(),
            required: written.required.unwrap_or(true),
            secret: written.secret,
            min_length: written.min_length,
            not_local: written.not_local,
            forbidden: written.forbidden.iter().map(|one| self.expression(one)).collect::<Result<_, _>>()?,
            no_suffix: written.no_suffix,
            equals: written.equals.and_then(|text| self.filled_in(text.into_inner())),
            must_equal: written.must_equal.as_ref().map(|link| self.link(link)).transpose()?,
            faults,
        })
    }

    fn expression(&self, written: &Spanned<String>) -> Result<Regex, ConfigError> {
        RegexBuilder::new(written.get_ref()).size_limit(EXPRESSION).build().map_err(|_| {
            let mistake = ConfigError::new("this is not a regular expression, or it is too large");
            mistake.at(&self.shown, written.span()).help("write it in single quotes, for example '(?i)^changeme$'")
        })
    }

    /// Replaces `{caller.id}`. Returns `None` when the target has no caller: the value is then not known.
    fn filled_in(&self, text: String) -> Option<String> {
        if text != "{caller.id}" {
            return Some(text);
        }
        self.target.caller.as_ref().map(|caller| caller.id.clone())
    }

    fn fault(&self, id: Option<Spanned<String>>) -> Result<Option<String>, ConfigError> {
        let Some(id) = id else { return Ok(None) };
        if self.catalogue.entry(id.get_ref()).is_none() {
            let known: Vec<&str> = self.catalogue.ids().collect();
            let mistake = ConfigError::new(format!("there is no fault `{}` in the catalogue", id.get_ref()));
            return Err(mistake.at(&self.shown, id.span()).help(nearest_or_all(id.get_ref(), &known)));
        }
        Ok(Some(id.into_inner()))
    }

    fn link(&self, written: &Spanned<String>) -> Result<Shared, ConfigError> {
        let parts = written.get_ref().split_once('.');
        let shared = parts.map(|(service, variable)| Shared { service: service.into(), variable: variable.into() });
        shared.ok_or_else(|| {
            let mistake = ConfigError::new("this is not the variable of a service");
            mistake.at(&self.shown, written.span()).help("write SERVICE.VARIABLE, for example `auth.service-secret`")
        })
    }

    /// Checks that a link names a variable of the contract, or one that only the target could name.
    fn leads_somewhere(&self, written: &Spanned<String>, contract: &Contract) -> Result<(), ConfigError> {
        let link = self.link(written)?;
        if contract.shared(&link).is_some() {
            return Ok(());
        }
        let known: Vec<String> =
            contract.0.iter().flat_map(|(service, of)| of.keys().map(move |one| format!("{service}.{one}"))).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let mistake = ConfigError::new(format!("the contract has no variable `{link}`"));
        Err(mistake.at(&self.shown, written.span()).help(nearest_or_all(written.get_ref(), &known)))
    }
}
