//! Diagnostics as plain data, and their two renderings: in the style of rustc for people, as JSON for programs.
//! A diagnostic says what is wrong, where, what was expected and, where it can, how to put it right.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use schemars::JsonSchema;
use serde::Serialize;

use crate::scenario::language::codes::{self, Severity};
use crate::scenario::language::invisible::is_invisible;
use crate::scenario::language::source::Source;
use crate::scenario::language::tree::SourceSpan;

/// A place in a text and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Label {
    /// Name of the text: the scenario's path, `--set`, or the trace as the scenario names it.
    pub source: String,
    /// Bytes of that text; within a trace, of the line.
    pub span: Range<usize>,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// Text beside the place; may be empty.
    pub text: String,
    /// The line itself (clipped), so that rendering needs no file.
    pub excerpt: String,
    /// Bytes of `excerpt` that are meant.
    pub excerpt_span: Range<usize>,
}

/// One problem of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Diagnostic {
    /// `WT…`; see `explain`.
    pub code: &'static str,
    /// Whether it stops the run.
    pub severity: Severity,
    /// Message, in one sentence.
    pub message: String,
    /// Place of the problem.
    pub primary: Option<Label>,
    /// Other places that have to do with it.
    pub secondary: Vec<Label>,
    /// Text that would have been right.
    pub expected: Option<String>,
    /// Advice.
    pub help: Option<String>,
    /// Text to write instead.
    pub fix: Option<String>,
}

/// The texts that diagnostics point into: the scenario first, then the overrides.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    items: Vec<Source>,
    /// Beginnings of the lines of each text \[B\].
    lines: Vec<Vec<usize>>,
}

impl Sources {
    /// Adds a text and returns its number.
    pub(crate) fn add(&mut self, name: &str, text: &str) -> usize {
        self.items.push(Source { name: name.to_owned(), text: text.to_owned() });
        let line_ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        self.lines.push(std::iter::once(0).chain(line_ends.map(|(at, _)| at + 1)).collect());
        self.items.len() - 1
    }

    /// The text of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Source> {
        self.items.iter().find(|source| source.name == name)
    }

    pub(crate) fn label(&self, place: &SourceSpan, text: String) -> Option<Label> {
        let (index, span) = place.0.as_ref()?;
        let source = self.items.get(*index)?;
        let start = floor_boundary(&source.text, span.start);
        let end = floor_boundary(&source.text, span.end).max(start);
        // The first line begins at 0, so that there is always one that begins at or before.
        let lines = self.lines.get(*index)?;
        let line = lines.partition_point(|begins| *begins <= start);
        let line_start = *lines.get(line.checked_sub(1)?)?;
        let line_end = lines.get(line).map_or(source.text.len(), |next| next - 1);
        let content = &source.text[line_start..line_end];
        let inside = start - line_start..end.min(line_end).max(start) - line_start;
        Some(line_label(&source.name, line, content, start..end, inside, text))
    }
}

/// A label on one line of a text; `span` are the bytes of the text that are meant, and `inside` those of the line.
fn line_label(
    source: &str,
    line: usize,
    content: &str,
    span: Range<usize>,
    inside: Range<usize>,
    text: String,
) -> Label {
    let column = content[..inside.start].chars().count() + 1;
    let (excerpt, excerpt_span) = if content.len() <= WIDEST {
        (content.trim_end_matches('\r').to_owned(), inside)
    } else {
        let from = floor_boundary(content, inside.start.saturating_sub(60));
        let to = floor_boundary(content, from + WIDEST);
        (content[from..to].to_owned(), inside.start - from..inside.end.min(to).max(inside.start) - from)
    };
    let end = excerpt_span.end.min(excerpt.len());
    let excerpt_span = excerpt_span.start.min(end)..end;
    Label { source: source.to_owned(), span, line, column, text, excerpt, excerpt_span }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A problem under construction; places become labels when it is reported.
#[derive(Debug)]
pub(crate) struct Problem {
    diagnostic: Diagnostic,
    primary: Option<(SourceSpan, String)>,
    secondary: Vec<(SourceSpan, String)>,
}

impl Problem {
    /// A problem with this code; the code decides whether it is an error or a warning.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        let diagnostic = Diagnostic {
            code,
            severity: codes::severity(code),
            message: printable(&message.into()),
            primary: None,
            secondary: Vec::new(),
            expected: None,
            help: None,
            fix: None,
        };
        Self { diagnostic, primary: None, secondary: Vec::new() }
    }

    /// Where it is.
    pub(crate) fn at(mut self, place: &SourceSpan, text: impl Into<String>) -> Self {
        self.primary = Some((place.clone(), printable(&text.into())));
        self
    }

    /// Another place that has to do with it.
    pub(crate) fn also(mut self, place: &SourceSpan, text: impl Into<String>) -> Self {
        self.secondary.push((place.clone(), printable(&text.into())));
        self
    }

    /// It is on this line of a file beside the scenario.
    /// `span` are the bytes of the line that are meant.
    pub(crate) fn at_line(mut self, file: &str, line: usize, content: &str, span: Range<usize>) -> Self {
        // What takes the place of an unprintable character may be longer.
        let start = printable(&content[..floor_boundary(content, span.start)]).len();
        let inside = start..printable(&content[..floor_boundary(content, span.end)]).len().max(start);
        self.diagnostic.primary = Some(line_label(
            &printable(file),
            line,
            &printable(content),
            inside.clone(),
            inside,
            String::new(),
        ));
        self
    }

    /// What would have been right.
    pub(crate) fn expected(mut self, text: impl Into<String>) -> Self {
        self.diagnostic.expected = Some(printable(&text.into()));
        self
    }

    /// Advice.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.diagnostic.help = Some(printable(&text.into()));
        self
    }

    /// What to write instead.
    pub(crate) fn fix(mut self, text: impl Into<String>) -> Self {
        self.diagnostic.fix = Some(printable(&text.into()));
        self
    }
}

/// Widest line that is shown whole \[B\].
const WIDEST: usize = 160;

/// Most problems that are reported; a text of millions of them is not meant to be read.
const MOST_REPORTED: usize = 1000;

/// The diagnostic of a scenario that could not be read at all: `source` is its path, `message` the whole sentence.
#[must_use]
pub fn unreadable(source: &str, message: &str) -> Diagnostic {
    let mut diagnostic = Problem::new(codes::FILE_UNREADABLE, message).diagnostic;
    diagnostic.primary = Some(line_label(source, 1, "", 0..0, 0..0, String::new()));
    diagnostic
}

/// The texts and what was found in them.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) sources: Sources,
    pub(crate) diagnostics: Vec<Diagnostic>,
    errors: usize,
    left_out: usize,
}

impl Report {
    /// Whether what is added now is counted and not listed: there are many problems, and an error among them stops the run.
    pub(crate) fn is_full(&self) -> bool {
        self.diagnostics.len() >= MOST_REPORTED && self.has_errors()
    }

    /// Counts a problem that is not listed.
    pub(crate) fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// How many are not listed, as the last diagnostic.
    pub(crate) fn left_out(&self) -> Option<Diagnostic> {
        let count = crate::scenario::language::quantity::grouped(self.left_out as f64);
        let problems = if self.left_out == 1 { "problem is" } else { "problems are" };
        let message = format!("… and {count} more {problems} not listed");
        (self.left_out > 0).then(|| Problem::new(codes::TEXT_LIMITS, message).diagnostic)
    }

    /// Takes a problem in.
    pub(crate) fn add(&mut self, problem: Problem) {
        if self.is_full() {
            return self.leave_out();
        }
        let Problem { mut diagnostic, primary, secondary } = problem;
        if let Some((place, text)) = primary {
            diagnostic.primary = self.sources.label(&place, text);
        }
        diagnostic.secondary =
            secondary.into_iter().filter_map(|(place, text)| self.sources.label(&place, text)).collect();
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        self.diagnostics.push(diagnostic);
    }

    /// Whether anything stops the run.
    pub(crate) const fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How much stops the run.
    pub(crate) const fn errors(&self) -> usize {
        self.errors
    }
}

/// The text without control characters, and with the invisible ones, of which some reorder a terminal's line, as `\\u{202e}`. What the user
/// wrote stays on the line of the message: a line that begins with a name of theirs could be taken for one of the
/// program's own, or for a command of whoever reads the log.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c if is_invisible(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// Most diagnostics of one kind that are shown one by one; of more, the first stands for all.
const MOST_ALIKE: usize = 3;
/// Most places of further ones that are listed.
const MOST_PLACES: usize = 10;

/// The diagnostics in the style of rustc: code, place, the line with carets, what was expected and how to fix it. What is said
/// many times in the same words, but for names and numbers, is shown once with its count and the other places.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for alike in alike(diagnostics) {
        let shown = if alike.len() > MOST_ALIKE { 1 } else { alike.len() };
        let more = (alike.len() > shown).then(|| further(&alike[shown..]));
        for diagnostic in &alike[..shown] {
            let mut group = group(diagnostic, sources);
            if let Some(more) = &more {
                group = group.element(Level::NOTE.message(more.as_str()));
            }
            out.push_str(&renderer.render(&[group]));
            out.push_str("\n\n");
        }
    }
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if errors + warnings > 1 {
        out.push_str(&format!("{}, {}\n", plural(errors, "error"), plural(warnings, "warning")));
    }
    out
}

/// The diagnostics by kind, in the order in which kinds come first: the same code and the same words, advice and fix. Names and
/// numbers within the sentence may differ.
fn alike(diagnostics: &[Diagnostic]) -> Vec<Vec<&Diagnostic>> {
    let mut kinds: BTreeMap<(&str, String, [Option<&str>; 3]), usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&Diagnostic>> = Vec::new();
    for diagnostic in diagnostics {
        let advice = [&diagnostic.expected, &diagnostic.help, &diagnostic.fix].map(Option::as_deref);
        let next = groups.len();
        let index = *kinds.entry((diagnostic.code, words(&diagnostic.message), advice)).or_insert(next);
        if index == next {
            groups.push(Vec::new());
        }
        groups[index].push(diagnostic);
    }
    groups
}

/// A sentence without what stands between backticks and without its numbers.
fn words(message: &str) -> String {
    let mut out = String::new();
    for (index, part) in message.split('`').enumerate() {
        out.push('`');
        if index % 2 == 0 {
            out.extend(part.chars().filter(|c| !c.is_ascii_digit() && *c != '.'));
        }
    }
    out
}

/// How many more there are, and where.
fn further(rest: &[&Diagnostic]) -> String {
    let place = |diagnostic: &&Diagnostic| {
        let label = diagnostic.primary.as_ref()?;
        let marked = label.excerpt.get(label.excerpt_span.clone()).unwrap_or_default().trim();
        let marked: String = marked.chars().take(30).collect();
        let line = format!("{}:{}", label.source, label.line);
        Some(if marked.is_empty() { line } else { format!("{line} ({marked})") })
    };
    let places: Vec<String> = rest.iter().filter_map(place).take(MOST_PLACES).collect();
    let dots = if rest.len() > places.len() { ", …" } else { "" };
    format!("the same {} more: {}{dots}", plural(rest.len(), "time"), places.join(", "))
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()).id(diagnostic.code));
    let labels: Vec<(&Label, AnnotationKind)> = diagnostic
        .primary
        .iter()
        .map(|label| (label, AnnotationKind::Primary))
        .chain(diagnostic.secondary.iter().map(|label| (label, AnnotationKind::Context)))
        .collect();
    if let Some(snippet) = together(&labels, sources) {
        group = group.element(snippet);
    } else {
        for (label, kind) in &labels {
            let snippet =
                Snippet::source(label.excerpt.as_str()).line_start(label.line).path(label.source.as_str());
            group = group.element(snippet.annotation(annotation(label, *kind, label.excerpt_span.clone())));
        }
    }
    if labels.is_empty()
        && let Some(source) = sources.items.first()
    {
        group = group.element(Origin::path(source.name.as_str()));
    }
    if let Some(expected) = &diagnostic.expected {
        group = group.element(Level::NOTE.message(format!("expected {expected}")));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    if let Some(fix) = &diagnostic.fix {
        group = group.element(Level::HELP.with_name(Some("fix")).message(fix.as_str()));
    }
    group
}

/// One snippet for all labels, where they stand in the scenario's own text and near enough to be read together.
fn together<'a>(
    labels: &[(&'a Label, AnnotationKind)],
    sources: &'a Sources,
) -> Option<Snippet<'a, Annotation<'a>>> {
    const FARTHEST: usize = 400;
    let source = sources.items.first()?;
    let first = labels.iter().map(|(label, _)| label.line).min()?;
    let last = labels.iter().map(|(label, _)| label.line).max()?;
    if labels.iter().any(|(label, _)| label.source != source.name) || last - first > FARTHEST {
        return None;
    }
    let line_start = |label: &Label| label.span.start - label.excerpt_span.start;
    let begin = labels.iter().map(|(label, _)| line_start(label)).min()?;
    let end = labels.iter().map(|(label, _)| line_start(label) + label.excerpt.len()).max()?;
    let region = source.text.get(begin..end)?;
    // A clipped excerpt does not begin where its line does, and a long line is better clipped.
    let whole = |label: &Label| {
        source.text.get(line_start(label)..).is_some_and(|rest| rest.starts_with(&label.excerpt))
    };
    if !labels.iter().all(|(label, _)| whole(label)) || region.lines().any(|line| line.len() > WIDEST) {
        return None;
    }
    let mut snippet = Snippet::source(region).line_start(first).path(source.name.as_str());
    for (label, kind) in labels {
        let at = line_start(label) - begin;
        let span = label.excerpt_span.start + at..label.excerpt_span.end + at;
        snippet = snippet.annotation(annotation(label, *kind, span));
    }
    Some(snippet)
}

fn annotation(label: &Label, kind: AnnotationKind, span: Range<usize>) -> Annotation<'_> {
    let annotation = kind.span(span);
    if label.text.is_empty() { annotation } else { annotation.label(label.text.as_str()) }
}

/// The diagnostics as `validate --format json` prints them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DiagnosticsReport<'a> {
    /// Version of this form; a larger first number means that readers must change.
    pub format_version: &'static str,
    /// Whether nothing stops the run.
    pub valid: bool,
    /// Number of errors.
    pub error_count: usize,
    /// Number of warnings.
    pub warning_count: usize,
    /// The diagnostics, in the order in which they are printed.
    pub diagnostics: &'a [Diagnostic],
}

/// The diagnostics in a form that serde can write.
#[must_use]
pub fn diagnostics_json(diagnostics: &[Diagnostic]) -> DiagnosticsReport<'_> {
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    DiagnosticsReport {
        format_version: "1.0",
        valid: count(Severity::Error) == 0,
        error_count: count(Severity::Error),
        warning_count: count(Severity::Warning),
        diagnostics,
    }
}
