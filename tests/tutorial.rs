//! The tutorial does what it says: its commands run in their order, and every line that it shows is in their output.

use std::fs;
use std::path::Path;

use crate::program::windtunnel;

/// A fenced block: its language and its lines.
fn blocks(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        match (line.strip_prefix("```"), open) {
            (Some(language), false) => {
                found.push((language.to_owned(), Vec::new()));
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => found.last_mut().unwrap().1.push(line.to_owned()),
            (None, false) => {}
        }
    }
    assert!(!open, "a block has no end");
    found
}

/// The arguments of a command line: words, and quoted ones as one; what follows `#` is a remark.
fn arguments(line: &str) -> (Vec<String>, String) {
    let (command, remark) = line.split_once("   # ").or(line.split_once(" # ")).unwrap_or((line, ""));
    let words = command.split('\'').enumerate().flat_map(|(place, part)| match place % 2 {
        1 => vec![part.to_owned()],
        _ => part.split_whitespace().map(str::to_owned).collect(),
    });
    (words.collect(), remark.to_owned())
}

#[test]
fn every_command_of_the_tutorial_runs_and_prints_what_it_shows() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let text = fs::read_to_string(docs.join("tutorial.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(docs.join("tutorial")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let trace = fs::read_to_string(folder.path().join("requests.csv")).unwrap();
    let (mut said, mut commands, mut shown) = (trace, 0, 0);
    for (language, lines) in blocks(&text) {
        match language.as_str() {
            "sh" => {
                let joined = lines.join("\n").replace("\\\n", " ");
                for line in joined.lines() {
                    let (words, remark) = arguments(line);
                    assert_eq!(words[0], "windtunnel", "{line}");
                    let code = i32::from(remark.starts_with("exit code 1"));
                    let ran = windtunnel(folder.path(), &words[1..]).exits(code);
                    said = ran.stdout + &ran.stderr;
                    commands += 1;
                }
            }
            "text" => {
                let mut rest = said.as_str();
                for line in &lines {
                    let at = rest.find(line.as_str());
                    let at =
                        at.unwrap_or_else(|| panic!("`{line}` is not in, or not in its place in\n{said}"));
                    rest = &rest[at + line.len()..];
                    shown += 1;
                }
            }
            "toml" => {
                let scenario = fs::read_to_string(folder.path().join("shop.toml")).unwrap();
                assert!(scenario.contains(&lines.join("\n")), "{lines:?}");
            }
            other => panic!("a block of {other}"),
        }
    }
    assert!(commands >= 7 && shown > 20, "{commands} commands, {shown} lines");
    assert!(folder.path().join("output/shop/report.html").exists());
}
