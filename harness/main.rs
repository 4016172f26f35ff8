//! The program. Everything is in the library; this gives the exit code.

/// A run makes many small allocations, and the allocator of musl is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    fivewhys::program()
}
