//! `fivewhys init`: writes a target file for a system.

use std::io::{self, BufRead, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic as _, miette};
use url::Url;

use crate::cli::args::gate::text;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::config::{self, Draft, DraftLogin};
use crate::host::file;
use crate::init;

/// Options of `fivewhys init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The file to write
    #[arg(value_name = "PATH", default_value = "fivewhys.toml")]
    path: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
    /// The name of the target
    #[arg(long, value_name = "NAME", default_value = "staging", value_parser = target_name)]
    name: String,
    /// The URL of the backend, through its load balancer
    #[arg(long, value_name = "URL", value_parser = address)]
    backend: Option<String>,
    /// The URL of the auth service, `none` if there is none, or `internal` if this machine cannot call it
    #[arg(long, value_name = "URL", value_parser = auth_address)]
    auth: Option<String>,
    /// How the test users get their tokens. Without it: as the OpenAPI or HAR file shows, or else `key`
    #[arg(long, value_name = "KIND")]
    login: Option<DraftLogin>,
    /// Draft an endpoint for each operation of this OpenAPI file
    #[arg(long, value_name = "FILE")]
    openapi: Option<PathBuf>,
    /// Draft an endpoint for each call of this HAR file, as a browser exports it
    #[arg(long, value_name = "FILE")]
    har: Option<PathBuf>,
    /// Send one GET to each usual health path of the given URLs, without a token
    #[arg(long)]
    probe: bool,
}

impl Init {
    pub(super) async fn run(self) -> Result<ExitCode, Mistake> {
        let path = self.path.display();
        if self.path.exists() && !self.force {
            return Err(miette!(help = "`--force` overwrites it", "{path} already exists").into());
        }
        self.refuse_contradictions()?;
        let draft = self.draft().await?;
        // The first line of the target file names this schema, so that editors complete and check it.
        let schema = self.path.with_file_name("fivewhys.schema.json");
        write(&self.path, &draft.render())?;
        write(&schema, &config::schema())?;
        let next = format!(
            "wrote {path}, and {} for editors: replace each value FILL-IN, then run `fivewhys check {path}`\n",
            schema.display()
        );
        output::print_plain(&next).into_diagnostic()?;
        Ok(ExitCode::SUCCESS)
    }

    /// Refuses an auth service that a target with this login does not have.
    fn refuse_contradictions(&self) -> Result<(), Mistake> {
        let has_url = self.auth.as_ref().map(|auth| auth.contains(':'));
        match (self.login, has_url) {
            (Some(DraftLogin::Form), Some(true)) => {
                Err(miette!("--login form has no auth service: remove --auth").into())
            }
            (Some(DraftLogin::Oauth), Some(false)) => {
                Err(miette!("--login oauth needs the URL of the server that issues the tokens: --auth URL").into())
            }
            _ => Ok(()),
        }
    }

    /// Returns what is known of the system.
    async fn draft(&self) -> Result<Draft, Mistake> {
        let mut draft = Draft {
            name: self.name.clone(),
            backend: self.backend.clone(),
            auth: self.auth.clone(),
            login: self.login,
            ..Draft::default()
        };
        if self.backend.is_some() || self.auth.is_some() {
            draft.from = "Written by `fivewhys init` from the URLs of its options.".to_owned();
        }
        let read = |path: &Path| text(&path.display().to_string());
        if let Some(path) = &self.openapi {
            init::openapi(&path.display().to_string(), &read(path)?, &mut draft)?;
        }
        if let Some(path) = &self.har {
            init::recording(&path.display().to_string(), &read(path)?, &mut draft)?;
        }
        let is_asked = draft.backend.is_none() && io::stdin().is_terminal() && io::stderr().is_terminal();
        if is_asked {
            let ask = |what, read| question(what, read, &mut io::stdin().lock(), &mut io::stderr());
            draft.backend = ask("the URL of the backend", address);
            draft.auth = draft.auth.or_else(|| ask("the URL of the auth service, `none` or `internal`", auth_address));
        }
        if self.probe {
            if draft.backend.is_none() && draft.auth.is_none() {
                return Err(miette!("--probe needs --backend URL, --auth URL, --openapi FILE or --har FILE").into());
            }
            let said = init::probe(&mut draft).await.map_err(|why| miette!("cannot send a probe: {why}"))?;
            said.iter().for_each(|line| output::note(line));
        }
        Ok(draft)
    }
}

/// Asks for a URL. An empty answer leaves it to fill in.
fn question(
    what: &str,
    read: fn(&str) -> Result<String, String>,
    from: &mut dyn BufRead,
    to: &mut dyn Write,
) -> Option<String> {
    for _ in 0..3 {
        write!(to, "{what} (empty: fill it in later): ").and_then(|()| to.flush()).ok()?;
        let mut said = String::new();
        from.read_line(&mut said).ok()?;
        match said.trim() {
            "" => return None,
            said => match read(said) {
                Ok(url) => return Some(url),
                Err(why) => writeln!(to, "{why}").ok()?,
            },
        }
    }
    None
}

/// Reads the URL of the auth service, or the word that stands for it.
fn auth_address(text: &str) -> Result<String, String> {
    if matches!(text, "none" | "internal") { Ok(text.to_owned()) } else { address(text) }
}

/// Reads the URL of a service.
fn address(text: &str) -> Result<String, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let url = url.ok_or("expected a URL such as https://api.example.com")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL of a target holds no user and no password".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Reads the name of a target: a bare key of TOML.
fn target_name(text: &str) -> Result<String, &'static str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match !text.is_empty() && text.chars().all(is_name) {
        true => Ok(text.to_owned()),
        false => Err("expected a name of letters, digits, `-` and `_`"),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Mistake> {
    Ok(file::write(path, text.as_bytes()).map_err(|error| miette!("cannot write {}: {error}", path.display()))?)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::given("https://api.shop.test/\n", Some("https://api.shop.test"))]
    #[case::empty("\n", None)]
    #[case::second_try("shop\nhttps://shop.test\n", Some("https://shop.test"))]
    #[case::ended("", None)]
    fn an_answer_is_a_url_or_empty(#[case] said: &str, #[case] expected: Option<&str>) {
        let mut asked = Vec::new();
        let url = question("the URL of the backend", address, &mut said.as_bytes(), &mut asked);
        assert_eq!(url.as_deref(), expected);
        assert!(asked.starts_with(b"the URL of the backend"));
    }
}
