//! `--ask`: shows the command that would settle the verdict and asks on the terminal whether to run it.

use std::io::{self, BufRead, IsTerminal as _, Write};
use std::sync::Arc;

use miette::miette;

use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::progress::Progress;
use crate::diagnose::Settling;
use crate::run::MayRun;

/// Asks on stderr, hears on stdin.
///
/// # Errors
/// When one of them is no terminal: nobody could answer.
pub(crate) fn on_terminal(progress: &Progress) -> Result<MayRun, Mistake> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(miette!(
            help = "without one, run the report's command yourself and hand its output over with --manifest or --logs",
            "--ask needs a terminal to ask on"
        )
        .into());
    }
    let progress = progress.clone();
    Ok(Arc::new(move |settling| {
        progress.aside(|| answer(settling, &mut io::stdin().lock(), &mut io::stderr().lock()).unwrap_or(false))
    }))
}

/// Only `y` and `yes` are one.
fn answer(settling: &Settling, from: &mut dyn BufRead, to: &mut dyn Write) -> io::Result<bool> {
    let command = settling.command.as_deref().unwrap_or_default();
    let visible: String = command.chars().filter(|c| !c.is_control()).collect();
    write!(
        to,
        "\n{} of {} causes would be left by {}:\n\n    {visible}\n\n",
        settling.leaves, settling.of, settling.asks
    )?;
    write!(to, "run it? [y/N] ")?;
    to.flush()?;
    let mut said = String::new();
    from.read_line(&mut said)?;
    Ok(matches!(said.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::answer;
    use crate::diagnose::Settling;

    #[rstest]
    #[case::yes("y\n", true)]
    #[case::in_full("YES\r\n", true)]
    #[case::no("n\n", false)]
    #[case::enter("\n", false)]
    #[case::nothing("", false)]
    #[case::anything("yesterday\n", false)]
    fn only_a_yes_is_one(#[case] said: &str, #[case] runs: bool) {
        let settling = Settling {
            evidence: "manifest".to_owned(),
            asks: "the backend's manifest".to_owned(),
            command: Some("gcloud run\u{1b}[2J".to_owned()),
            argv: vec!["gcloud".to_owned()],
            feed: None,
            note: None,
            leaves: 2.0,
            of: 6,
            splits: Vec::new(),
        };
        let mut shown = Vec::new();
        assert_eq!(answer(&settling, &mut said.as_bytes(), &mut shown).expect("it is asked"), runs);
        let shown = String::from_utf8(shown).expect("text");
        assert!(shown.contains("2 of 6") && shown.contains("    gcloud run[2J\n") && shown.ends_with("run it? [y/N] "));
    }
}
