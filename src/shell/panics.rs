//! The last net under a bug: what stops the program in its midst is told in a few lines, with what it was about and what
//! to do, and ends with the exit code of a failed run. A job that takes its own panics (a cell of a sweep) says nothing here.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::terminal::{command_line, note, one_line};

/// The file that was opened last, on any thread.
static LAST_FILE: Mutex<Option<String>> = Mutex::new(None);

/// Remembers the file that is opened now, to be named should the program stop.
pub(super) fn opened(path: &Path) {
    *LAST_FILE.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.display().to_string());
}

/// Does the whole work of the program; `None` when a bug stopped it, which standard error has been told of by then.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    let usual = std::panic::take_hook();
    // Threads that meet the same bug have nothing to add.
    let is_told = AtomicBool::new(false);
    std::panic::set_hook(Box::new(move |info| {
        if is_told.swap(true, Ordering::Relaxed) {
            return;
        }
        let file = LAST_FILE.lock().unwrap_or_else(PoisonError::into_inner).clone();
        note(&message(&what(info), &command_line(), file.as_deref()));
        if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| !value.is_empty() && value != "0") {
            usual(info);
        }
    }));
    // Nothing of it is used again: the program ends.
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// The message of a panic, and its place.
fn what(info: &PanicHookInfo<'_>) -> String {
    let text = info.payload_as_str().unwrap_or("no message");
    let place = info.location().map(|at| format!(" at {at}")).unwrap_or_default();
    format!("{text}{place}")
}

/// The text for standard error.
fn message(what: &str, command: &[String], file: Option<&str>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let command: Vec<String> = command.iter().map(|word| quoted(word)).collect();
    let file = file.map(|file| format!("  last file: {}\n", one_line(file))).unwrap_or_default();
    format!(
        "error: internal error of windtunnel {version}, which is a bug: {}\n  command: {}\n{file}  \
         Please report these lines, with the files that the command reads where you can. Results that were not finished \
         are not kept.\n  RUST_BACKTRACE=1 prints where in the program it happened.\n",
        one_line(what),
        command.join(" ")
    )
}

/// An argument as a shell would need it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,%+@".contains(c);
    let word = one_line(word);
    if !word.is_empty() && word.chars().all(is_plain) {
        word
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    const CHILD: &str = "WINDTUNNEL_TEST_OF_A_BUG";

    #[test]
    fn a_bug_is_a_few_lines_with_the_command_and_the_file() {
        let command = ["windtunnel", "run", "my plan.toml", "--set", "a=it's"].map(str::to_owned);
        let text =
            message("attempt to add with overflow at src/a.rs:1:2", &command, Some("t\n::error::.csv"));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 5, "{text}");
        assert!(
            lines[0].starts_with("error: internal error of windtunnel ")
                && lines[0].ends_with("src/a.rs:1:2")
        );
        assert_eq!(lines[1], "  command: windtunnel run 'my plan.toml' --set 'a=it'\\''s'");
        assert_eq!(lines[2], "  last file: t\\n::error::.csv");
    }

    /// In the child of the test below it does what a bug does, on this thread or on another.
    #[test]
    fn child_with_a_bug() {
        let Some(kind) = std::env::var_os(CHILD) else { return };
        opened(Path::new("x.toml"));
        let ended = caught(|| match kind.to_str() {
            Some("threads") => {
                crate::experiment::threads::join(
                    || panic!("seven is {}", "odd"),
                    || panic!("seven is {}", "odd"),
                );
            }
            _ => panic!("seven is {}", "odd"),
        });
        std::process::exit(if ended.is_none() { 3 } else { 0 });
    }

    #[test]
    fn a_bug_on_any_thread_is_told_once_without_noise() {
        for (kind, backtrace, noisy) in [("here", "0", false), ("threads", "", false), ("here", "1", true)] {
            let name = "shell::panics::tests::child_with_a_bug";
            let output = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", name, "--nocapture"])
                .env(CHILD, kind)
                .env("RUST_BACKTRACE", backtrace)
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(3), "{told}");
            assert_eq!(told.matches("internal error").count(), 1, "{told}");
            assert!(
                told.contains("seven is odd at src/shell/panics.rs") && told.contains("x.toml"),
                "{told}"
            );
            assert_eq!(told.contains("panicked") || told.contains("stack backtrace"), noisy, "{told}");
        }
    }
}
