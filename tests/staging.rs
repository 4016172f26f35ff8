//! One test per scenario of the target that `FIVEWHYS_TARGET` names. The tests are ignored while it is unset.

fn main() -> std::process::ExitCode {
    fivewhys::scenario_tests()
}
