//! Rust source as tokens: what is left of a text without white space, comments and unit tests.

use std::collections::BTreeSet;

/// A token and its line, from 1. Names, `::` and literals are whole; every other sign stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) line: usize,
}

impl Token<'_> {
    /// Whether it is a name or a keyword.
    pub(super) fn is_name(&self) -> bool {
        self.text.starts_with(is_name_start)
    }
}

fn is_name_start(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_'
}

fn is_name_part(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Length of a block comment that begins here; comments nest. \[bytes\]
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let (step, change) = match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (2, 1),
            [b'*', b'/', ..] => (2, -1),
            _ => (1, 0),
        };
        at += step;
        depth += change;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Length of a literal in `quote`s that begins at the quote; a backslash hides what follows it. \[bytes\]
fn quoted(rest: &str, quote: u8) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// Length of a string that begins here, with its prefix: `"…"`, `b"…"`, `c"…"`, `r#"…"#`. \[bytes\]
fn string(rest: &str) -> Option<usize> {
    let prefix = rest.len() - rest.trim_start_matches(['b', 'c', 'r']).len();
    let body = &rest[prefix..];
    if prefix > 2 {
        return None;
    }
    if rest[..prefix].ends_with('r') {
        let hashes = body.len() - body.trim_start_matches('#').len();
        let inside = body[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(prefix + hashes + 1 + inside.find(&end)? + end.len());
    }
    body.starts_with('"').then(|| prefix + quoted(body, b'"'))
}

/// Length of a character such as `'a'` or `'\n'` that begins here; `None` for a lifetime. \[bytes\]
fn character(rest: &str) -> Option<usize> {
    let mut letters = rest.strip_prefix('\'')?.chars();
    let first = letters.next()?;
    if first == '\\' {
        return Some(quoted(rest, b'\''));
    }
    (letters.next() == Some('\'')).then(|| first.len_utf8() + 2)
}

/// All tokens of a text.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let (mut found, mut at, mut line) = (Vec::new(), 0, 1);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (length, is_kept) = if first.is_whitespace() {
            (first.len_utf8(), false)
        } else if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), false)
        } else if rest.starts_with("/*") {
            (block_comment(rest), false)
        } else if let Some(length) = string(rest).or_else(|| character(rest)) {
            (length, true)
        } else if first == '\'' {
            (1 + rest[1..].find(|letter| !is_name_part(letter)).unwrap_or(rest.len() - 1), false)
        } else if is_name_part(first) {
            (rest.find(|letter| !is_name_part(letter)).unwrap_or(rest.len()), true)
        } else if rest.starts_with("::") {
            (2, true)
        } else {
            (first.len_utf8(), true)
        };
        if is_kept {
            found.push(Token { text: &rest[..length], line });
        }
        line += rest[..length].matches('\n').count();
        at += length;
    }
    found
}

/// The position behind the bracket that closes the one at `open`.
pub(super) fn after_group(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// The position behind the item that begins at `start`, attributes and visibility included.
fn after_item(tokens: &[Token<'_>], start: usize) -> usize {
    let mut at = start;
    let mut is_use = false;
    while let Some(token) = tokens.get(at) {
        match token.text {
            ";" => return at + 1,
            "use" => is_use = true,
            "{" if !is_use => return after_group(tokens, at),
            "(" | "[" | "{" => {
                at = after_group(tokens, at);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    tokens.len()
}

/// A text without the items that exist only in tests, and the modules among them that have files of their own, as
/// `name` or as the path that an attribute gives.
pub(super) fn without_tests<'a>(tokens: &[Token<'a>]) -> (Vec<Token<'a>>, Vec<&'a str>) {
    let (mut kept, mut files, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        let is_test = ["#", "[", "cfg", "(", "test", ")", "]"]
            .iter()
            .enumerate()
            .all(|(offset, text)| tokens.get(at + offset).is_some_and(|token| token.text == *text));
        if !is_test {
            kept.push(tokens[at]);
            at += 1;
            continue;
        }
        let end = after_item(tokens, at + 7);
        let item = &tokens[at + 7..end];
        let texts: Vec<&str> = item.iter().map(|token| token.text).collect();
        if let [.., "mod", name, ";"] = texts.as_slice() {
            let path = texts.windows(3).find(|three| three[0] == "path" && three[1] == "=");
            files.push(path.map_or(*name, |three| three[2].trim_matches('"')));
        }
        at = end;
    }
    (kept, files)
}

/// The code of a source tree: each file of `files`, a path and a text, with its tokens. Items and files of unit tests are left
/// out.
pub(super) fn sources_without_tests(files: &[(String, String)]) -> Vec<(&str, Vec<Token<'_>>)> {
    let mut tests = BTreeSet::new();
    let mut sources = Vec::new();
    for (file, text) in files {
        let all = tokens(text);
        let (kept, in_tests) = without_tests(&all);
        let stem = file.trim_end_matches(".rs");
        let folder = stem.rsplit_once('/').map_or("", |(folder, _)| folder);
        tests.extend(in_tests.into_iter().map(|name| match name.strip_suffix(".rs") {
            Some(path) => format!("{folder}/{path}"),
            None => format!("{stem}/{name}"),
        }));
        sources.push((file.as_str(), kept));
    }
    let is_test = |file: &str| {
        let stem = file.trim_end_matches(".rs");
        tests.iter().any(|test| stem == test || stem.starts_with(&format!("{test}/")))
    };
    sources.retain(|(file, _)| !is_test(file));
    sources
}

#[test]
fn comments_strings_and_lifetimes_hide_nothing_and_are_no_names() {
    let text =
        "a /* b /* c */ d */ e // f\n\"g \\\" h\" r#\"i \" j\"# b'k' 'l' '\\'' &'m n::o 1_000 b\"p\" brave";
    let words: Vec<&str> = tokens(text).iter().map(|token| token.text).collect();
    let wanted = [
        "a",
        "e",
        "\"g \\\" h\"",
        "r#\"i \" j\"#",
        "b",
        "'k'",
        "'l'",
        "'\\''",
        "&",
        "n",
        "::",
        "o",
        "1_000",
        "b\"p\"",
        "brave",
    ];
    assert_eq!(words, wanted);
    assert_eq!(tokens("a\n/*\n*/ b").iter().map(|token| token.line).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn what_exists_in_tests_only_is_left_out() {
    let text = "a\n#[cfg(test)]\nuse b::{c, d};\ne\n#[cfg(test)]\n#[path = \"f.rs\"]\nmod g;\n#[cfg(test)]\nmod h { i; }\nj";
    let (kept, files) = {
        let all = tokens(text);
        without_tests(&all)
    };
    assert_eq!(kept.iter().map(|token| token.text).collect::<Vec<_>>(), ["a", "e", "j"]);
    assert_eq!(files, ["f.rs"]);
}
