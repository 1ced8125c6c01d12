//! The `windtunnel` command: everything it does is in the library, see [`windtunnel::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    windtunnel::cli::main()
}
