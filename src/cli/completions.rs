//! `windtunnel completions`: what a shell completes.

use clap::{Args, Command};

use super::exit::Exit;
use super::printing::print_data;

#[derive(Args, Debug)]
pub(super) struct CompletionsRequest {
    /// Which shell
    pub(super) shell: clap_complete::Shell,
}

/// Prints the completions of the program.
pub(super) fn run(request: &CompletionsRequest, mut program: Command) -> Exit {
    let mut bytes = Vec::new();
    clap_complete::generate(request.shell, &mut program, "windtunnel", &mut bytes);
    print_data(&String::from_utf8_lossy(&bytes))
}
