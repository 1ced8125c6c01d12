//! The glossary: each word once, in its place, with what it means and where it is from.

use std::fs;

use super::root;

/// What is wrong with the table of a glossary.
fn faults(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut before = String::new();
    for row in page.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [word, meaning, source] = cells.as_slice() else {
            found.push(format!("{row}: a row is a word, what it means and its source"));
            continue;
        };
        let word = word.to_lowercase();
        if word <= before {
            found.push(format!("{word}: not in alphabetical order, or twice"));
        }
        if !meaning.ends_with(['.', ']']) && !meaning.contains(". ") || source.is_empty() {
            found.push(format!("{word}: a sentence and a source are missing"));
        }
        before = word;
    }
    found
}

#[test]
fn each_word_of_the_glossary_is_there_once_in_order_and_has_a_source() {
    let page = fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    let words = page.lines().filter(|line| line.starts_with("| ")).count();
    assert!(words > 60, "{words} words");
    assert!(faults(&page).is_empty(), "\n{}", faults(&page).join("\n"));
}

#[test]
fn the_rule_of_the_glossary_can_fail() {
    let faults = |rows: &str| faults(&format!("| word | means | source |\n|---|---|---|\n{rows}")).len();
    assert_eq!(faults("| a | One. | x |\n| B | Two. \\[s\\] | y |\n"), 0);
    assert_eq!(faults("| b | One. | x |\n| A | Two. | y |\n"), 1);
    assert_eq!(faults("| a | One. | x |\n| a | Two. | y |\n"), 1);
    assert_eq!(faults("| a | One. |\n"), 1);
    assert_eq!(faults("| a |  | x |\n"), 1);
}
