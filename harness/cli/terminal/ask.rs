//! `--ask`: shows the command that would settle the verdict, and asks on the terminal whether to run it.

use std::io::{self, BufRead, IsTerminal as _, Write};
use std::sync::Arc;

use miette::miette;

use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::cli::terminal::progress::Progress;
use crate::diagnose::Settling;
use crate::report::visible;
use crate::run::MayRun;

/// Returns a function that asks on stderr and reads the answer from stdin.
///
/// # Errors
/// When one of them is not a terminal.
pub(crate) fn on_terminal(progress: &Progress) -> Result<MayRun, Mistake> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(miette!(
            help = "without a terminal, run the command of the report yourself and supply its output with --manifest or --logs",
            "--ask needs a terminal"
        )
        .into());
    }
    let progress = progress.clone();
    Ok(Arc::new(move |settling| {
        progress.aside(|| answer(settling, &mut io::stdin().lock(), &mut io::stderr().lock()).unwrap_or(false))
    }))
}

/// Asks about one command. Only `y` and `yes` mean yes.
fn answer(settling: &Settling, from: &mut dyn BufRead, to: &mut dyn Write) -> io::Result<bool> {
    let command = settling.command.as_deref().unwrap_or_default();
    let shown = |text: &str| visible(text, "", output::unicode());
    write!(
        to,
        "\n{} would leave about {} of {} possible causes:\n\n    {}\n\n",
        shown(&settling.asks),
        settling.leaves,
        settling.of,
        shown(command)
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
    fn only_y_and_yes_mean_yes(#[case] said: &str, #[case] runs: bool) {
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
        assert!(
            shown.contains("2 of 6")
                && shown.contains("    gcloud run\\u{1b}[2J\n")
                && shown.ends_with("run it? [y/N] ")
        );
    }
}
