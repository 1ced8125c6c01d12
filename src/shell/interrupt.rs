//! Interruption: the first Ctrl-C (or SIGTERM, SIGHUP) asks the program to stop in good order, the second ends it at
//! once. Only commands that can stop in good order listen.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Exit code of an interrupted program.
const INTERRUPTED: i32 = 130;

/// Listens from now on. The flag is raised by the first signal.
///
/// # Errors
/// When the system does not let the program listen.
pub fn listen() -> std::io::Result<Arc<AtomicBool>> {
    let raised = Arc::new(AtomicBool::new(false));
    for signal in signals() {
        // The order matters: this one acts only on a flag that an earlier signal raised.
        flag::register_conditional_shutdown(signal, INTERRUPTED, Arc::clone(&raised))?;
        flag::register(signal, Arc::clone(&raised))?;
    }
    Ok(raised)
}

#[cfg(unix)]
fn signals() -> [i32; 3] {
    [SIGINT, SIGTERM, signal_hook::consts::SIGHUP]
}

#[cfg(not(unix))]
fn signals() -> [i32; 2] {
    [SIGINT, SIGTERM]
}
