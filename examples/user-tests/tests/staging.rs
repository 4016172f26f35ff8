//! One test per scenario of the target that `FIVEWHYS_TARGET` names, the scenarios of this crate included.

fn main() -> std::process::ExitCode {
    fivewhys::scenario_tests()
}
