//! Runs one case through its own `run.sh`, and reads the report that `fivewhys` left.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::case::{Case, Mode};
use super::deadline::{self, End};
use super::options::Options;

/// For one case: its server may need 90 s to start, and the run itself has a budget of 90 s.
const CASE: Duration = Duration::from_secs(240);
/// For a question such as `--version`.
const QUESTION: Duration = Duration::from_secs(20);
/// For a release build.
const BUILD: Duration = Duration::from_secs(45 * 60);

/// An environment with the packages that the cases need, where it was made by hand.
const MADE_BY_HAND: &str = "/tmp/field-venv/bin/python";
/// Where Debian puts nginx. It is on the path of root only.
const DEBIAN_NGINX: &str = "/usr/sbin/nginx";

/// What every case is run with.
#[derive(Debug)]
pub(crate) struct Runner {
    bin: PathBuf,
    python: PathBuf,
    nginx: PathBuf,
    keep: Option<PathBuf>,
    /// Where each case has a folder while it runs.
    scratch: PathBuf,
}

impl Runner {
    /// Finds the program and the interpreter. Fails if no case could run without them.
    pub(crate) fn new(options: &Options) -> Result<Self, String> {
        let python = python(&options.field);
        let packages = packages(&options.field);
        ask(Command::new(&python).arg("-c").arg(HAS_PACKAGES).args(&packages))
            .map_err(|reason| format!("no Python with the packages that the cases need (PYTHON): {reason}"))?;
        let bin = match &options.bin {
            Some(bin) => bin.canonicalize().map_err(|error| format!("{}: {error}", bin.display()))?,
            None => build()?,
        };
        ask(Command::new(&bin).arg("--version"))?;
        if let Some(keep) = &options.keep {
            std::fs::create_dir_all(keep).map_err(|error| format!("{}: {error}", keep.display()))?;
        }
        let scratch = std::env::temp_dir().join(format!("fivewhys-field-{}", std::process::id()));
        Ok(Self { bin, python, nginx: nginx(), keep: options.keep.clone(), scratch })
    }

    /// Runs a case, and returns its report or why it could not run.
    pub(crate) fn report(&self, case: &Case, mode: Mode) -> Result<Value, String> {
        let out = self.scratch.join(kept_name(case, mode));
        std::fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
        let report = self.run(case, mode, &out);
        if let Some(keep) = &self.keep {
            keep_files(&out, &keep.join(kept_name(case, mode)), report.is_ok());
        }
        let _ = std::fs::remove_dir_all(&self.scratch);
        report
    }

    fn run(&self, case: &Case, mode: Mode, out: &Path) -> Result<Value, String> {
        let said = File::create(out.join("said")).map_err(|error| error.to_string())?;
        let errors = said.try_clone().map_err(|error| error.to_string())?;
        let mut command = Command::new(case.folder.join("run.sh"));
        command.arg(mode.as_str()).stdin(Stdio::null()).stdout(said).stderr(errors);
        command.env("OUT", out).env("FIVEWHYS", &self.bin).env("PYTHON", &self.python).env("NGINX_BIN", &self.nginx);
        command.env_remove("HUMAN").env_remove("SCENARIOS");
        let end = deadline::run(&mut command, CASE, || serves_never(&text(out, "served")))?;
        if let Some(reason) = not_served(&text(out, "served")) {
            return Err(format!("the case does not serve: {reason}"));
        }
        if end == End::Late {
            return Err(format!("it took longer than {} s", CASE.as_secs()));
        }
        let report = text(out, "report.json");
        serde_json::from_str(&report).map_err(|_| format!("no report: {}", why_no_report(out)))
    }
}

/// Reads a kept report: `NAME.MODE.json`, or as other scorers keep it, `NAME.json` and `healthy/NAME.json`.
pub(crate) fn kept(folder: &Path, case: &Case, mode: Mode) -> Result<Value, String> {
    let plain = match mode {
        Mode::Healthy => format!("healthy/{}.json", case.name),
        Mode::Fault => format!("{}.json", case.name),
    };
    let paths = [folder.join(format!("{}.json", kept_name(case, mode))), folder.join(plain)];
    let path = paths.iter().find(|path| path.is_file()).ok_or("no report was kept")?;
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn kept_name(case: &Case, mode: Mode) -> String {
    format!("{}.{}", case.name, mode.as_str())
}

/// Copies what a run left to `STEM.json`, `STEM.log.json` and so on. A run that could not take place keeps no report, not even an old one.
fn keep_files(out: &Path, stem: &Path, has_report: bool) {
    for (file, kept) in [("report.json", "json"), ("log.json", "log.json"), ("stderr", "stderr"), ("served", "served")]
    {
        let kept = format!("{}.{kept}", stem.display());
        // Not every case writes every file.
        let _ = match file {
            "report.json" if !has_report => std::fs::remove_file(kept),
            _ => std::fs::copy(out.join(file), kept).map(drop),
        };
    }
}

/// Fails if a package is not installed. The names are those of `requirements.txt`.
const HAS_PACKAGES: &str = "import sys, importlib.metadata as m\nfor name in sys.argv[1:]: m.version(name)";

/// `PYTHON`, or the environment next to the folder (`DIR-venv`), or the one made by hand, or `python3`.
fn python(field: &Path) -> PathBuf {
    if let Some(python) = std::env::var_os("PYTHON") {
        return python.into();
    }
    let field = field.canonicalize().unwrap_or_else(|_| field.to_owned());
    let beside = PathBuf::from(format!("{}-venv/bin/python", field.display()));
    let known = [beside, MADE_BY_HAND.into()];
    known.into_iter().find(|python| python.is_file()).unwrap_or_else(|| "python3".into())
}

fn nginx() -> PathBuf {
    let debian = Path::new(DEBIAN_NGINX);
    let usual = if debian.is_file() { debian.into() } else { "nginx".into() };
    std::env::var_os("NGINX_BIN").map_or(usual, PathBuf::from)
}

/// Returns the names in `requirements.txt`, without versions. None if the folder has no such file.
fn packages(field: &Path) -> Vec<String> {
    let listed = std::fs::read_to_string(field.join("requirements.txt")).unwrap_or_default();
    let name = |line: &str| -> String {
        line.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect()
    };
    listed.lines().map(name).filter(|name| !name.is_empty()).collect()
}

/// Runs a command that should succeed at once.
fn ask(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match deadline::run(command, QUESTION, || false)? {
        End::Exit(status) if status.success() => Ok(()),
        End::Exit(status) => Err(format!("{name}: {status}")),
        End::Late | End::Vain => Err(format!("{name} does not end within {} s", QUESTION.as_secs())),
    }
}

/// Builds this checkout, and returns the program. It is next to the folder that holds this one.
fn build() -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask/ is not in the repository")?;
    let mut command = Command::new("cargo");
    command.args(["build", "--release", "--bin", "fivewhys"]).current_dir(root);
    match deadline::run(&mut command, BUILD, || false)? {
        End::Exit(status) if status.success() => {}
        end => return Err(format!("fivewhys does not build: {end:?}")),
    }
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = this.parent().and_then(Path::parent).ok_or("this program is in no target folder")?;
    Ok(target.join("release").join("fivewhys").with_extension(std::env::consts::EXE_EXTENSION))
}

fn text(out: &Path, file: &str) -> String {
    std::fs::read(out.join(file)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// Reports whether the server of a case has failed before it served. Its runner would wait for it all the same.
fn serves_never(served: &str) -> bool {
    served.contains("Traceback (most recent call last)") && !served.contains("READY")
}

/// Returns why a case does not serve: its server never said READY, or its nginx did not start.
fn not_served(served: &str) -> Option<String> {
    let lines = || served.lines().map(str::trim).filter(|line| !line.is_empty());
    let emergency = lines().find(|line| line.contains("[emerg]"));
    let silent = || (!served.contains("READY")).then(|| lines().next_back().unwrap_or("it says nothing"));
    emergency.or_else(silent).map(str::to_owned)
}

fn why_no_report(out: &Path) -> String {
    let said = [text(out, "stderr"), text(out, "said")].concat();
    said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("fivewhys says nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::serves("READY\n", None)]
    #[case::no_package(
        "Traceback (most recent call last)\nModuleNotFoundError: No module named 'jwt'\n",
        Some("'jwt'")
    )]
    #[case::no_nginx("nginx: [emerg] bind() to 127.0.0.1:22171 failed\nREADY\n", Some("bind()"))]
    #[case::silent("", Some("it says nothing"))]
    fn a_case_that_does_not_serve_says_why(#[case] served: &str, #[case] named: Option<&str>) {
        let reason = not_served(served);
        assert_eq!(reason.is_some(), named.is_some(), "{reason:?}");
        assert!(reason.unwrap_or_default().contains(named.unwrap_or_default()));
    }

    #[rstest]
    #[case::failed("Traceback (most recent call last)", true)]
    #[case::not_yet("", false)]
    #[case::later("READY\nTraceback (most recent call last)", false)]
    fn a_server_that_failed_is_not_waited_for(#[case] served: &str, #[case] never: bool) {
        assert_eq!(serves_never(served), never);
    }

    #[test]
    fn packages_are_read_without_their_versions() {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("requirements.txt"), "aiohttp>=3\n# a comment\n\npyjwt[crypto]==2\n")
            .expect("it is written");
        assert_eq!(packages(directory.path()), ["aiohttp", "pyjwt"]);
        assert_eq!(packages(Path::new("/no/such/folder")), [""; 0]);
    }

    #[cfg(unix)]
    mod with_a_shell {
        use super::*;
        use crate::field::case::Truth;
        use std::os::unix::fs::PermissionsExt as _;

        /// A case whose `run.sh` is this script.
        fn case(folder: &Path, script: &str) -> Case {
            let path = folder.join("run.sh");
            std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("it is written");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it may run");
            Case { name: "01-a".into(), folder: folder.to_owned(), truth: Truth::default() }
        }

        fn report(script: &str) -> Result<Value, String> {
            let directory = tempfile::tempdir().expect("a directory");
            let [bin, python, nginx] = ["/bin/five", "/bin/py", "/bin/ng"].map(PathBuf::from);
            let (keep, scratch) = (Some(directory.path().to_owned()), directory.path().join("scratch"));
            std::fs::write(directory.path().join("01-a.fault.json"), "{}").expect("an old report");
            let runner = Runner { bin, python, nginx, keep, scratch };
            let case = case(directory.path(), script);
            let report = runner.report(&case, Mode::Fault);
            let again = kept(directory.path(), &case, Mode::Fault);
            assert_eq!(report.as_ref().ok(), again.as_ref().ok(), "the kept report is the same");
            report
        }

        #[test]
        fn the_runner_of_the_case_gets_the_mode_and_its_variables() {
            let line = r#"echo READY >$OUT/served; echo "[\"$1 $FIVEWHYS $PYTHON $NGINX_BIN\"]" >$OUT/report.json"#;
            assert_eq!(report(line), Ok(serde_json::json!(["fault /bin/five /bin/py /bin/ng"])));
        }

        #[rstest]
        #[case::not_served(
            "echo 'no module jwt' >$OUT/served; echo '{}' >$OUT/report.json",
            "does not serve: no module jwt"
        )]
        #[case::no_report("echo READY >$OUT/served; echo 'no such target' >$OUT/stderr", "no report: no such target")]
        fn what_could_not_run_has_a_reason_and_no_report(#[case] script: &str, #[case] named: &str) {
            let reason = report(script).expect_err("it could not run");
            assert!(reason.contains(named), "{reason}");
        }
    }
}
