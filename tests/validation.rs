//! The generated parts of docs/validation.md: each stands between two marks and is compared with what a test found.

use std::fs;
use std::sync::Mutex;

use crate::program::shipped;

/// Tests run at the same time and each rewrites its own part of one file.
static PAGE: Mutex<()> = Mutex::new(());

/// Compares the part of that name with `fresh`; `WINDTUNNEL_BLESS=1` rewrites it.
pub(crate) fn section(name: &str, fresh: &str) {
    let _alone = PAGE.lock().unwrap();
    let path = shipped("docs/validation.md");
    let page = fs::read_to_string(&path).unwrap();
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = page.split_once(&open).unwrap();
    let (_, after) = rest.split_once(&close).unwrap();
    let wanted = format!("{before}{open}{fresh}{close}{after}");
    #[expect(clippy::disallowed_methods, reason = "a switch of the test, not of the program")]
    if std::env::var("WINDTUNNEL_BLESS").is_ok() {
        fs::write(&path, &wanted).unwrap();
        return;
    }
    assert!(page == wanted, "WINDTUNNEL_BLESS=1 refreshes it:\n{fresh}");
}
