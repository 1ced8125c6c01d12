//! The documentation of data is a noun phrase: it names the field, type, constant or module, its unit and its role. A clause that
//! begins with a question word or a pronoun makes the reader guess of what it is told.

use super::{all_faults, files, without_tests};

/// Where the rule does not hold yet. Lines go and none comes; the rule is whole when the list is `&[]`.
const RATCHET: &[&str] = &[];

/// Words that no documentation of data begins with. `Whether` is the noun phrase of a truth value and may stand.
const OPENINGS: &[&str] = &["What", "When", "How", "Who", "It", "Its", "Those", "Where", "Which"];

/// The documentation that a line belongs to, without its slashes.
fn doc_text(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("///").or_else(|| line.strip_prefix("//!")).map(str::trim)
}

/// Whether an item is a function.
fn is_function(item: &str) -> bool {
    let item = item.trim_start();
    let private = match item.strip_prefix("pub(") {
        Some(rest) => rest.split_once(") ").map_or("", |(_, rest)| rest),
        None => item.strip_prefix("pub ").unwrap_or(item),
    };
    let qualifiers = ["const", "async", "unsafe"];
    private.split(' ').find(|word| !qualifiers.contains(word)) == Some("fn")
}

/// The line of the item that documentation before `rest` is of: attributes and blank lines are left out.
fn item_of<'a>(rest: &[&'a str]) -> &'a str {
    let mut depth = 0_i64;
    for line in rest {
        let code = line.trim_start();
        if depth > 0 || code.starts_with("#[") {
            depth += code.matches('[').count() as i64 - code.matches(']').count() as i64;
        } else if !code.is_empty() {
            return line;
        }
    }
    ""
}

/// Documentation of data that begins with one of [`OPENINGS`]. In the arguments of commands a text without a full stop is the
/// help that users read, which has rules of its own.
fn riddles(path: &str, text: &str) -> Vec<String> {
    if RATCHET.iter().any(|folder| path.starts_with(folder)) {
        return Vec::new();
    }
    let lines: Vec<&str> = without_tests(text).lines().collect();
    let mut faults = Vec::new();
    let mut number = 0;
    while number < lines.len() {
        let block = lines[number..].iter().map_while(|line| doc_text(line));
        let block: Vec<&str> = block.collect();
        let Some(first) = block.first() else {
            number += 1;
            continue;
        };
        let opening = first.split(|letter: char| !letter.is_alphabetic()).next().unwrap_or("");
        let paragraph: Vec<&str> = block.iter().copied().take_while(|line| !line.is_empty()).collect();
        let is_help =
            path.starts_with("src/cli/") && !paragraph.last().is_some_and(|line| line.ends_with('.'));
        let next = number + block.len();
        let is_module = lines[number].trim_start().starts_with("//!");
        let is_data = is_module || !is_function(item_of(&lines[next..]));
        if OPENINGS.contains(&opening) && is_data && !is_help {
            faults.push(format!("{path}:{}: name it by a noun instead of `{opening} …`", number + 1));
        }
        number = next;
    }
    faults
}

#[test]
fn the_documentation_of_data_is_a_noun_phrase() {
    let faults = all_faults(riddles, &files("src", "rs"));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_rule_of_documentation_can_fail() {
    let faults = |text: &str| riddles("src/report/a.rs", text).len();
    assert_eq!(faults("//! What a run says.\n"), 1);
    assert_eq!(faults("    /// When.\n    pub at: SimTime,\n"), 1);
    assert_eq!(faults("/// Its name.\n#[serde(\n    default\n)]\nname: String,\n"), 1);
    assert_eq!(
        faults("/// How it ended.\n#[derive(Debug)]\npub enum Outcome {\n    /// It held.\n    Pass,\n}\n"),
        2
    );
    assert_eq!(faults("/// What it says of a file.\nconst SAID: &str = \"fn \";\n"), 1);
    assert_eq!(faults("/// What it says of a file.\n#[must_use]\npub const fn said() {}\n"), 0);
    assert_eq!(faults("/// What it says.\npub(in crate::report) fn said() {}\n"), 0);
    assert_eq!(faults("/// Whether it is over.\npub is_over: bool,\n"), 0);
    assert_eq!(faults("/// Iterations of the search.\npub iterations: u64,\n"), 0);
    assert_eq!(
        faults("/// Time of the event.\n///\n/// What is later is not counted.\npub at: SimTime,\n"),
        0
    );
    let help = "/// What to print\n#[arg(long)]\nformat: Format,\n";
    assert_eq!(riddles("src/cli/run.rs", help).len(), 0);
    assert_eq!(riddles("src/cli/run.rs", &help.replace("print", "print.")).len(), 1);
    assert_eq!(riddles("src/report/run.rs", help).len(), 1);
}
