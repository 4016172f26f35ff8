//! The program. Everything is in the library; this gives the exit code.

fn main() -> std::process::ExitCode {
    fivewhys::program()
}
