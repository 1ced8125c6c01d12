//! What one more of each costs: the table of `docs/extending.md` lists, for one example of each, the files in which its
//! names stand. The page is the only source of these lists; the sources are counted.

use std::collections::BTreeSet;
use std::fs;

use super::ratchet::ABOVE_LIMIT;
use super::tokens::{Token, sources_without_tests, tokens};
use super::{files, root};

/// Start of the header of the table.
const HEADER: &str = "| one more … |";

/// Heading of the list that says why an example needs more files than its limit.
const REASONS: &str = "## Above the limit";

/// A row of the table.
#[derive(Debug)]
struct Row<'a> {
    kind: &'a str,
    /// Names, paths and literals by which the example is found, each as it stands in code.
    names: Vec<&'a str>,
    /// Files below `src/`.
    files: Vec<&'a str>,
    /// Number of files that the page says.
    count: usize,
    /// Most files that the design allows; `None` where it says nothing.
    limit: Option<usize>,
}

impl Row<'_> {
    fn is_above_limit(&self) -> bool {
        self.limit.is_some_and(|limit| self.files.len() > limit)
    }
}

/// The code spans of a cell.
fn spans(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The rows of the table.
///
/// # Errors
/// A sentence for each row that cannot be read.
fn rows(page: &str) -> (Vec<Row<'_>>, Vec<String>) {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    let table = page.lines().skip_while(|line| !line.starts_with(HEADER)).skip(2);
    for line in table.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let row = match cells.as_slice() {
            [kind, _, names, files, count, limit] => count
                .parse()
                .ok()
                .zip(match *limit {
                    "–" => Some(None),
                    limit => limit.parse().ok().map(Some),
                })
                .map(|(count, limit)| Row { kind, names: spans(names), files: spans(files), count, limit }),
            _ => None,
        };
        match row {
            Some(row) => found.push(row),
            None => faults.push(format!("{line}: not a kind, an example, names, files, a count and a limit")),
        }
    }
    (found, faults)
}

/// Whether a name, a path or a literal stands somewhere in code, token by token.
fn holds(code: &[Token<'_>], name: &[Token<'_>]) -> bool {
    code.windows(name.len().max(1))
        .any(|part| part.iter().zip(name).all(|(one, other)| one.text == other.text))
}

/// What the page says of one row and the sources do not.
fn row_faults(row: &Row<'_>, code: &[(&str, Vec<Token<'_>>)]) -> Vec<String> {
    let kind = row.kind;
    let mut faults = Vec::new();
    let mut today = BTreeSet::new();
    for name in &row.names {
        let wanted = tokens(name);
        let before = today.len();
        let holding = code.iter().filter(|(_, code)| holds(code, &wanted)).map(|(file, _)| *file);
        today.extend(holding.map(|file| file.trim_start_matches("src/")));
        if before == today.len() && !code.iter().any(|(_, code)| holds(code, &wanted)) {
            faults.push(format!("{kind}: no code holds `{name}`"));
        }
    }
    let listed: BTreeSet<&str> = row.files.iter().copied().collect();
    for file in today.difference(&listed) {
        faults.push(format!("{kind}: {file} holds a name of the example and is not listed"));
    }
    for file in listed.difference(&today) {
        faults.push(format!("{kind}: {file} is listed and holds no name of the example"));
    }
    if row.count != row.files.len() || listed.len() != row.files.len() {
        faults.push(format!("{kind}: {} files are listed, and the count is {}", listed.len(), row.count));
    }
    faults
}

/// What is wrong with the page: lists that are not those of the sources, counts that are not told, and more examples above
/// their limit than there may be.
fn faults(page: &str, sources: &[(String, String)], above_limit: usize) -> Vec<String> {
    let (rows, mut found) = rows(page);
    let code = sources_without_tests(sources);
    found.extend(rows.iter().flat_map(|row| row_faults(row, &code)));
    let reasons = page.split(REASONS).nth(1).unwrap_or_default().split("\n## ").next().unwrap_or_default();
    let above: Vec<&Row<'_>> = rows.iter().filter(|row| row.is_above_limit()).collect();
    for row in &rows {
        let is_told = reasons.contains(&format!("\n- **{}**: ", row.kind));
        match (row.is_above_limit(), is_told) {
            (true, false) => {
                found.push(format!("{}: above its limit, and the page does not say why", row.kind))
            }
            (false, true) => found.push(format!("{}: within its limit; the page needs no reason", row.kind)),
            _ => {}
        }
    }
    if above.len() != above_limit {
        found.push(format!(
            "{} examples are above their limit, and ABOVE_LIMIT is {above_limit}: it goes down and never up",
            above.len()
        ));
    }
    found
}

#[test]
fn the_page_lists_the_files_of_each_example() {
    let page = fs::read_to_string(root().join("docs/extending.md")).unwrap();
    let found = faults(&page, &files("src", "rs"), ABOVE_LIMIT);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    assert!(rows(&page).0.len() >= 14, "an example of each kind");
}

#[test]
fn one_file_more_or_less_fails_the_page() {
    let page = fs::read_to_string(root().join("docs/extending.md")).unwrap();
    let mut sources = files("src", "rs");
    for row in rows(&page).0 {
        let planted = format!("//! Planted.\nconst _: () = {{ {} }};", row.names[0]);
        sources.push(("src/planted.rs".to_owned(), planted));
        let found = faults(&page, &sources, ABOVE_LIMIT);
        sources.pop();
        let wanted = format!("{}: planted.rs holds a name of the example and is not listed", row.kind);
        assert!(found.contains(&wanted), "{wanted}: {found:?}");
    }
    let first = rows(&page).0[0].files[0].to_owned();
    sources.retain(|(file, _)| *file != format!("src/{first}"));
    let found = faults(&page, &sources, ABOVE_LIMIT);
    assert!(
        found.iter().any(|fault| fault.contains(&format!("{first} is listed and holds no name"))),
        "{found:?}"
    );
}

/// What is wrong with a page of one row, in a tree of one file.
fn planted(row: &str, code: &str, rest: &str, above_limit: usize) -> usize {
    let page = format!(
        "{HEADER} example | names | files | count | limit |\n|---|---|---|---|---|---|\n{row}\n{rest}"
    );
    faults(&page, &[("src/a.rs".to_owned(), code.to_owned())], above_limit).len()
}

#[test]
fn the_rule_of_examples_can_fail() {
    let row = "| key | `k` | `K::Of`, `\"k\"` | `a.rs` | 1 | 1 |";
    let code = "x(K::Of, \"k\");";
    assert_eq!(planted(row, code, "", 0), 0);
    for not_code in
        ["// K::Of\nx(\"k\");", "#[cfg(test)]\nmod tests { K::Of; }\nx(\"k\");", "x(K::Off, \"k\");"]
    {
        assert_eq!(planted(row, not_code, "", 0), 1, "{not_code}");
    }
    assert_eq!(planted(row, "x(K::Of, \"k is\");", "", 0), 1);
    assert_eq!(planted("| key | `k` | `K::Of` | `a.rs` | 2 | 1 |", code, "", 0), 1);
    assert_eq!(planted("| key | `k` | `K::Of` | `a.rs` | 1 |", code, "", 0), 1);
    let above = "| key | `k` | `K::Of` | `a.rs` | 1 | 0 |";
    let reason = "## Above the limit\n\n- **key**: it is so.\n";
    assert_eq!(planted(above, code, reason, 1), 0);
    assert_eq!(planted(above, code, reason, 0), 1);
    assert_eq!(planted(above, code, "", 1), 1);
    assert_eq!(planted(row, code, reason, 0), 1);
    assert_eq!(planted("| key | `k` | `K::Of` | `a.rs` | 1 | – |", code, "", 0), 0);
}
