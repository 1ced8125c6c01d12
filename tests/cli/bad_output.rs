//! Output that cannot be written: the message names the place and the cause, and nothing is left half-done.

use std::fs;

use super::small;
use crate::program::{names, windtunnel};

#[test]
fn a_file_where_a_folder_is_needed_is_named_before_the_run() {
    let folder = small();
    for (out, said) in [
        ("small.toml", "a file of that name where a folder is needed"),
        ("small.toml/below", "a part of the path is a file"),
    ] {
        let ran = windtunnel(folder.path(), &["run", "small.toml", "--out", out]).exits(3);
        assert!(ran.stderr.contains(said) && ran.stderr.contains("--out"), "{}", ran.stderr);
        assert!(ran.stdout.is_empty());
    }
    assert_eq!(names(folder.path()), ["small.toml"]);
}

#[test]
fn a_folder_where_a_file_is_needed_keeps_all_the_older_files() {
    let folder = small();
    let out = folder.path().join("out");
    fs::create_dir_all(out.join("timeline.csv")).unwrap();
    fs::write(out.join("summary.json"), "older").unwrap();
    let ran = windtunnel(folder.path(), &["run", "small.toml", "--out", "out"]).exits(3);
    assert!(
        ran.stderr.contains("out/timeline.csv") && ran.stderr.contains("there is a folder"),
        "{}",
        ran.stderr
    );
    assert_eq!(names(&out), ["summary.json", "timeline.csv"]);
    assert_eq!(fs::read(out.join("summary.json")).unwrap(), b"older");
}

#[test]
#[cfg(unix)]
fn a_link_as_a_target_is_replaced_not_followed() {
    let folder = small();
    let out = folder.path().join("out");
    fs::create_dir_all(&out).unwrap();
    fs::write(folder.path().join("precious"), "precious").unwrap();
    std::os::unix::fs::symlink("../precious", out.join("summary.json")).unwrap();
    windtunnel(folder.path(), &["run", "small.toml", "--out", "out"]).exits(0);
    assert_eq!(fs::read(folder.path().join("precious")).unwrap(), b"precious");
}

#[test]
#[cfg(target_os = "linux")]
fn a_place_that_takes_no_files_is_refused_in_words() {
    let folder = small();
    for out in ["/proc/results", "/proc/self", "/dev/null/x"] {
        let ran = windtunnel(folder.path(), &["run", "small.toml", "--out", out]).exits(3);
        assert!(ran.stderr.contains(out) && !ran.stderr.contains("os error"), "{}", ran.stderr);
    }
}

#[test]
#[cfg(unix)]
fn a_folder_without_permission_is_refused_unless_nothing_is_forbidden_to_the_user() {
    use std::os::unix::fs::PermissionsExt;
    let folder = small();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::set_permissions(&out, fs::Permissions::from_mode(0o555)).unwrap();
    let is_root = fs::write(out.join("probe"), "").is_ok();
    let ran = windtunnel(folder.path(), &["run", "small.toml", "--out", "out"]);
    fs::set_permissions(&out, fs::Permissions::from_mode(0o755)).unwrap();
    if is_root {
        ran.exits(0);
    } else {
        assert!(ran.exits(3).stderr.contains("permission denied"));
    }
}
