//! The program: arguments → [`spec2prod::cli`] → exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(spec2prod::cli::run())
}
