//! Scenario and trace files that are not what they should be: always exit code 2 and a sentence, never a panic or a wait.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{REPLAY, SMALL, folder};
use crate::program::{Ran, windtunnel};

fn run(content: &[u8]) -> Ran {
    let folder = folder(&[("x.toml", content)]);
    windtunnel(folder.path(), &["run", "x.toml"])
}

#[test]
fn files_that_are_no_scenario_are_told_apart() {
    let utf16: Vec<u8> = SMALL.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&b"\xff\xfe"[..], &utf16].concat();
    for (content, said) in [
        (&b""[..], "the scenario is empty"),
        (b" \n\t\n", "the scenario is empty"),
        (&marked, "it is UTF-16; save it as UTF-8"),
        (&utf16, "byte 1 is NUL"),
        (b"name = \"\xff\"", "byte 8 (line 1) is not UTF-8"),
        (b"\x7fELF\x02\x01\x01\0", "is NUL"),
        (&gzip(SMALL.as_bytes()), "it is gzip"),
        (b"{ \"schema\": 1 }", "WT001"),
        (b"<html></html>", "WT001"),
        (b"schema = 1\n# half a string\nname = \"x", "WT001"),
    ] {
        let ran = run(content).exits(2);
        assert!(ran.stderr.contains(said) && ran.stdout.is_empty(), "{said}: {}", ran.stderr);
        assert!(ran.stderr.lines().count() < 60, "{}", ran.stderr);
    }
}

#[test]
fn a_list_that_is_too_long_is_one_error_about_its_length() {
    let shapes = "{ constant = { rate = 0.001 } },".repeat(1001);
    let ran = run(SMALL.replace("{ constant = { rate = 5.0 } }", &shapes).as_bytes()).exits(2);
    assert!(ran.stderr.contains("has 1001 items") && ran.stderr.contains("at most 1000"), "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("error[").count(), 1, "{}", ran.stderr);
}

#[test]
fn a_mark_windows_line_ends_and_no_last_line_end_change_nothing() {
    let plain = run(SMALL.as_bytes()).exits(0).stdout;
    let windows = format!("\u{feff}{}", SMALL.trim_end().replace('\n', "\r\n"));
    assert_eq!(run(windows.as_bytes()).exits(0).stdout, plain);
}

#[test]
fn folders_and_missing_files_are_refused_and_so_is_a_device() {
    let folder = folder(&[("file", b"")]);
    for (path, said) in [
        (".", "it is a folder"),
        ("missing.toml", "no such file"),
        ("file/x.toml", "a part of the path is a file"),
    ] {
        for command in ["run", "validate"] {
            let ran = windtunnel(folder.path(), &[command, path]).exits(2);
            assert!(ran.stderr.contains(said) && ran.stderr.contains(path), "{}", ran.stderr);
        }
    }
    if cfg!(unix) {
        let ran = windtunnel(folder.path(), &["run", "/dev/null"]).exits(2);
        assert!(ran.stderr.contains("not a regular file"), "{}", ran.stderr);
    }
}

#[test]
#[cfg(unix)]
fn a_pipe_as_a_trace_is_refused_rather_than_waited_for() {
    let folder = folder(&[("x.toml", REPLAY.as_bytes())]);
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("t.csv")).status();
    if made.is_ok_and(|status| status.success()) {
        let ran = windtunnel(folder.path(), &["run", "x.toml"]).exits(2);
        assert!(ran.stderr.contains("not a regular file"), "{}", ran.stderr);
    }
}

#[test]
fn a_scenario_of_more_than_16_mib_is_not_read() {
    let ran = run(&vec![b'#'; (16 << 20) + 1]).exits(2);
    assert!(ran.stderr.contains("16 MiB"), "{}", ran.stderr);
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn replay(trace: &[u8]) -> Ran {
    let folder = folder(&[("x.toml", REPLAY.as_bytes()), ("t.csv", trace)]);
    windtunnel(folder.path(), &["run", "x.toml", "--quiet"])
}

const TRACE: &str =
    "timestamp,requests\n2026-01-01T00:00:00Z,50\n2026-01-01T00:01:00Z,70\n2026-01-01T00:02:00Z,0\n";

#[test]
fn traces_that_cannot_be_replayed_are_refused_with_their_line() {
    let zipped = gzip(TRACE.repeat(200).as_bytes());
    let mut flipped = zipped.clone();
    let last = flipped.len() - 6;
    flipped[last] ^= 0xff;
    let long = format!("timestamp,requests\n0,{}\n", "1".repeat(10_000_000));
    for (trace, said) in [
        (&b""[..], "the trace is empty"),
        (b"timestamp,requests\n", "at least two rows"),
        (b"timestamp,requests\n0,1\n60,2\n30,3\n", "t.csv:4:1"),
        (b"timestamp,requests\n0,1\n60,2\n30,3\n", "30 s before the last row in step; sort the file"),
        (b"timestamp,requests\n0,1\n60,nan\n120,3\n", "the row has no value"),
        (b"timestamp,requests\n0,1\n60,inf\n120,3\n", "`inf` is not a finite number"),
        (b"timestamp,requests\n0,1\n60,-5\n", "`-5` is negative"),
        (b"timestamp,requests\n0,1\n60,1e300\n", "more than 10"),
        (b"when,requests\n0,1\n", "no column `timestamp`"),
        (b"timestamp,request\n0,1\n", "`column = \"request\"`"),
        (long.as_bytes(), "longer than 1 MiB"),
        (b"\x00\x01\x02\xff\xfe", "not UTF-8"),
        (&zipped[..zipped.len() / 2], "reading failed"),
        (&flipped, "reading failed"),
        (&gzip(&vec![0; 64 << 20]), "longer than 1 MiB"),
        (
            &gzip(&[b"timestamp,requests\n0,1\n".to_vec(), vec![b'\n'; 1 << 20]].concat()),
            "lines of the trace are empty",
        ),
    ] {
        let ran = replay(trace).exits(2);
        assert!(
            ran.stderr.contains(said) && ran.stdout.is_empty(),
            "{said}: {}",
            &ran.stderr[..ran.stderr.len().min(2000)]
        );
    }
}

#[test]
fn a_trace_reads_the_same_plain_zipped_in_two_members_and_without_a_last_line_end() {
    let plain = replay(TRACE.as_bytes()).exits(0).stdout;
    let (head, tail) = TRACE.split_at(40);
    assert_eq!(replay(&gzip(TRACE.as_bytes())).exits(0).stdout, plain);
    assert_eq!(replay(&[gzip(head.as_bytes()), gzip(tail.as_bytes())].concat()).exits(0).stdout, plain);
    assert_eq!(replay(TRACE.trim_end().as_bytes()).exits(0).stdout, plain);
    assert_eq!(replay(format!("\u{feff}{}", TRACE.replace('\n', "\r\n")).as_bytes()).exits(0).stdout, plain);
}

#[test]
fn a_trace_outside_the_folder_is_found_by_its_path_and_a_missing_one_by_its_name() {
    let folder = folder(&[("t.csv", TRACE.as_bytes())]);
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::write(folder.path().join("sub/x.toml"), REPLAY.replace("t.csv", "../t.csv")).unwrap();
    windtunnel(folder.path(), &["run", "sub/x.toml"]).exits(0);
    fs::remove_file(folder.path().join("t.csv")).unwrap();
    let ran = windtunnel(folder.path(), &["run", "sub/x.toml"]).exits(2);
    assert!(ran.stderr.contains("`../t.csv` cannot be opened: no such file"), "{}", ran.stderr);
}
