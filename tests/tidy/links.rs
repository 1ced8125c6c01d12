//! What the sources and the pages cite exists: pages of `docs/`, their headings, and the files that pages link to.

use std::collections::BTreeSet;
use std::fs;

use super::{files, root};

/// The anchors of a page, as GitHub makes them of its headings.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut is_code = false;
    let mut found = BTreeSet::new();
    for line in page.lines() {
        is_code ^= line.starts_with("```");
        let title = line.trim_start_matches('#');
        if !is_code && title.len() < line.len() && title.starts_with(' ') {
            let kept = title.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            found.insert(kept.collect::<String>().to_lowercase().replace(' ', "-"));
        }
    }
    found
}

/// `docs/page.md` and `docs/page.md#heading`, as a source or a page cites them, with their lines.
fn citations(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (at, _) in line.match_indices("docs/") {
            let before = line[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_')) {
                continue;
            }
            let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '#');
            let end = line[at..].find(|c| !is_part(c)).map_or(line.len(), |length| at + length);
            let cited = line[at..end].trim_end_matches('.');
            if cited.ends_with(".md") || cited.contains(".md#") {
                found.push((number + 1, cited.to_owned()));
            }
        }
    }
    found
}

/// Links of a page to other files and to headings, relative to the root, with their lines.
fn links(path: &str, text: &str) -> Vec<(usize, String)> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for part in line.split("](").skip(1) {
            let target = part.split([')', ' ']).next().unwrap_or_default();
            if target.contains("://") || target.starts_with("mailto:") || !part.contains(')') {
                continue;
            }
            let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
            for step in target.split('/') {
                match step {
                    ".." => drop(parts.pop()),
                    "." => {}
                    _ => parts.push(step),
                }
            }
            let is_own = target.starts_with('#');
            found.push((number + 1, if is_own { format!("{path}{target}") } else { parts.join("/") }));
        }
    }
    found
}

/// What is cited and does not exist; `page` reads a file.
fn dead(path: &str, cited: Vec<(usize, String)>, page: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut faults = Vec::new();
    for (line, target) in cited {
        let (name, heading) = target.split_once('#').map_or((target.as_str(), None), |(a, b)| (a, Some(b)));
        match (page(name), heading) {
            (None, _) => faults.push(format!("{path}:{line}: there is no {name}")),
            (Some(text), Some(heading)) if !anchors(&text).contains(heading) => {
                faults.push(format!("{path}:{line}: {name} has no heading `{heading}`"));
            }
            _ => {}
        }
    }
    faults
}

/// Sources in capitals, such as `[API-TT]`, that a page names and does not say the address of, or the other way round.
fn sources_without_address(path: &str, text: &str) -> Vec<String> {
    let (mut named, mut defined) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines() {
        for part in line.split('[').skip(1) {
            let Some((key, rest)) = part.split_once(']') else { continue };
            let is_key = key.len() > 1 && key.chars().all(|c| matches!(c, 'A'..='Z' | '0'..='9' | '-'));
            if is_key && line.starts_with(&format!("[{key}]: ")) {
                defined.insert(key);
            } else if is_key && !rest.starts_with('(') {
                named.insert(key);
            }
        }
    }
    named
        .symmetric_difference(&defined)
        .map(|key| format!("{path}: [{key}] is named or defined, not both"))
        .collect()
}

/// Tests that a page names, such as `module::what_is_so_of_it`: the last part of each, with its line.
fn named_tests(page: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in page.lines().enumerate() {
        for span in line.split('`').skip(1).step_by(2) {
            let Some((_, last)) = span.rsplit_once("::") else { continue };
            let is_sentence = last.matches('_').count() > 3;
            if is_sentence && last.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_')) {
                found.push((number + 1, last));
            }
        }
    }
    found
}

/// The text of a file, or of anything else that exists: nothing.
fn read(path: &str) -> Option<String> {
    let path = root().join(path);
    path.exists().then(|| fs::read_to_string(path).unwrap_or_default())
}

#[test]
fn every_page_and_heading_that_is_cited_exists() {
    let mut all: Vec<(String, String)> =
        ["src", "tests", "benches"].iter().flat_map(|folder| files(folder, "rs")).collect();
    all.retain(|(path, _)| path != "tests/tidy/links.rs");
    let mut pages = files("docs", "md");
    pages.push(("README.md".to_owned(), read("README.md").unwrap()));
    let mut faults: Vec<String> =
        pages.iter().flat_map(|(path, text)| dead(path, links(path, text), read)).collect();
    faults.extend(pages.iter().flat_map(|(path, text)| sources_without_address(path, text)));
    all.extend(pages);
    faults.extend(all.iter().flat_map(|(path, text)| dead(path, citations(text), read)));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_rule_of_citations_can_fail() {
    let page = |name: &str| (name == "docs/aws/a.md").then(|| "# A\n\n## Its `x`: why?\n".to_owned());
    let faults = |text: &str| dead("src/a.rs", citations(text), page).len();
    for sound in [
        "//! See `docs/aws/a.md`.",
        "/// (docs/aws/a.md#its-x-why).",
        "// docs/aws/a.md#a, docs/aws/a.md.",
        "https://x.org/docs/aws/b.md",
        "docs/aws/",
    ] {
        assert_eq!(faults(sound), 0, "{sound}");
    }
    for fault in [
        "//! `docs/aws/b.md`",
        "/// docs/aws/a.md#its-x",
        "x (docs/aws/a.md#), and",
        "docs/b.md docs/aws/a.md",
    ] {
        assert_eq!(faults(fault), 1, "{fault}");
    }
    let faults = |text: &str| dead("docs/aws/c.md", links("docs/aws/c.md", text), page).len();
    for sound in ["[a](a.md) and [why](../aws/a.md#its-x-why)", "[b](https://x.org/b.md)", "`x[0](1`"] {
        assert_eq!(faults(sound), 0, "{sound}");
    }
    for fault in ["[b](b.md)", "[a](a.md#b)", "[c](#c)", "[a](../a.md)"] {
        assert_eq!(faults(fault), 1, "{fault}");
    }
}

#[test]
fn every_test_that_a_page_names_exists() {
    let sources: Vec<String> =
        ["src", "tests"].iter().flat_map(|folder| files(folder, "rs")).map(|(_, text)| text).collect();
    let mut faults = Vec::new();
    let mut named = 0;
    for (path, page) in files("docs", "md") {
        for (line, name) in named_tests(&page) {
            named += 1;
            let wanted = format!("fn {name}()");
            if !sources.iter().any(|text| text.contains(&wanted)) {
                faults.push(format!("{path}:{line}: there is no test `{name}`"));
            }
        }
    }
    assert!(named > 20 && faults.is_empty(), "\n{}", faults.join("\n"));
    assert_eq!(named_tests("`a::b_c_d_e_f` `g_h_i_j_k` `A::b_c`\n`a::b_c`"), [(1, "b_c_d_e_f")]);
}

#[test]
fn a_source_has_an_address() {
    let faults = |text: &str| sources_without_address("docs/a.md", text).len();
    assert_eq!(faults("[API-1] and [x] and [A](b)\n[API-1]: https://x.org\n"), 0);
    assert_eq!(faults("[API-1]\n"), 1);
    assert_eq!(faults("[API-1]: https://x.org\n"), 1);
}

#[test]
fn headings_in_code_are_none() {
    let page = "# One\n```sh\n# two\n```\n### Three `four`-five\n#six\n";
    assert_eq!(anchors(page).into_iter().collect::<Vec<_>>(), ["one", "three-four-five"]);
}
