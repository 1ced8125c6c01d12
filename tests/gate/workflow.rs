//! The workflow that the documents offer: its commands exist and their flags parse.

use std::fs;

use crate::program::{shipped, windtunnel};

/// Every `windtunnel …` in the scripts of a document, as words; variables stand for themselves.
fn commands(text: &str) -> Vec<Vec<String>> {
    let joined = text.replace("\\\n", " ");
    let mut found = Vec::new();
    for line in joined.lines() {
        let line = line.trim().trim_start_matches("- run: ").trim_start_matches("run: ");
        let Some(rest) = line.strip_prefix("windtunnel ") else { continue };
        let end = [" >", " |", " &&", " ||", " #"]
            .iter()
            .filter_map(|stop| rest.find(stop))
            .min()
            .unwrap_or(rest.len());
        found.push(
            rest[..end]
                .split_whitespace()
                .filter(|word| *word != "\"$@\"")
                .map(|word| word.trim_matches(['"', '\'']).to_owned())
                .collect(),
        );
    }
    found
}

#[test]
fn every_command_of_the_workflow_exists_and_its_flags_parse() {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for document in ["docs/windtunnel.yml", "docs/github-actions.md", "README.md"] {
        let text = fs::read_to_string(shipped(document)).unwrap();
        let section = text.split("\n## ").find(|section| section.starts_with("A gate for CI"));
        for words in commands(section.unwrap_or(&text)) {
            count += 1;
            // The files do not exist here: a sound command ends by saying so, a wrong one by saying how it is used.
            let ran = windtunnel(folder.path(), &words);
            assert!(!ran.stderr.contains("Usage:"), "{document}: {words:?}\n{}", ran.stderr);
            assert!(ran.code == Some(2) || words == ["--version"], "{document}: {words:?}\n{}", ran.stderr);
        }
    }
    assert!(count >= 9, "{count} commands");
}

#[test]
fn the_workflow_asks_for_no_more_than_it_needs() {
    let text = fs::read_to_string(shipped("docs/windtunnel.yml")).unwrap();
    assert!(!text.contains('\t'), "YAML knows no tabs");
    let used: Vec<&str> = text
        .lines()
        .filter_map(|line| {
            line.trim().strip_prefix("uses: ").or_else(|| line.trim().strip_prefix("- uses: "))
        })
        .collect();
    assert!(!used.is_empty());
    for action in used {
        let version = action.split_once('@').unwrap().1.split_whitespace().next().unwrap();
        let is_major = version.strip_prefix('v').is_some_and(|number| number.parse::<u32>().is_ok());
        assert!(is_major, "{action} is not pinned to a major version");
    }
    assert!(text.contains("permissions:\n  contents: read\n"), "the default is to read");
    assert!(!text.contains("write-all") && !text.contains("pull_request_target"), "{text}");
    assert_eq!(text.matches(": write").count(), 1, "one permission to write: the comment");
    assert!(text.contains("<!-- windtunnel-diff -->"), "the comment is found by its marker");
    // What comes from a pull request is never pasted into a script: expressions stand in settings only.
    let mut script = None;
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        if script.is_some_and(|outer| depth <= outer && !line.trim().is_empty()) {
            script = None;
        }
        if line.trim_start().starts_with("run:") {
            script = Some(depth);
        }
        assert!(script.is_none() || !line.contains("${{"), "an expression within a script: {line}");
    }
}

#[test]
fn the_document_and_the_workflow_say_the_same_commands() {
    let [document, workflow] = ["docs/github-actions.md", "docs/windtunnel.yml"]
        .map(|path| fs::read_to_string(shipped(path)).unwrap());
    let diff = "windtunnel diff \"base/$SCENARIO\" \"$SCENARIO\" --format markdown > comment.md";
    assert!(document.contains(diff) && workflow.contains(diff));
    for marker in ["<!-- windtunnel-diff -->", "pull-requests: write"] {
        assert!(document.contains(marker) && workflow.contains(marker), "{marker}");
    }
}
