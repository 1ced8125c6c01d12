//! Formats of what a command prints: one list of names, of which each command declares those that it can print.

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::report::View;
use crate::shell::terminal::{stdout_colour, table_width};

/// Format of what a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// Text and tables for people.
    Text,
    /// One JSON document.
    Json,
    /// One sheet.
    Csv,
    /// Markdown, for pull requests.
    Markdown,
    /// JUnit XML, for test reporters.
    Junit,
    /// Annotations of GitHub Actions.
    Github,
}

/// A format of a command, with the function that makes it of a result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rendering<T> {
    /// The format.
    format: OutputFormat,
    /// Line about it in `--help`.
    about: &'static str,
    /// Function that makes it.
    render: Render<T>,
}

/// Function that makes a format of a result.
#[derive(Clone, Copy, Debug)]
enum Render<T> {
    /// One that makes the view, which is rendered as text or as Markdown.
    View(fn(T) -> View),
    /// One that cannot fail.
    Sure(fn(T) -> String),
    /// One that returns a sentence where it fails.
    Fallible(fn(T) -> Result<String, String>),
}

/// A format of a command: its name, its line in `--help`, and the function that makes it of a result.
pub(super) const fn rendering<T>(
    format: OutputFormat,
    about: &'static str,
    render: fn(T) -> String,
) -> Rendering<T> {
    Rendering { format, about, render: Render::Sure(render) }
}

/// The format for people: a view on the terminal.
pub(super) const fn text<T>(view: fn(T) -> View) -> Rendering<T> {
    Rendering { format: OutputFormat::Text, about: "Text and tables for people", render: Render::View(view) }
}

/// The format for pull requests: the same view as Markdown.
pub(super) const fn markdown<T>(view: fn(T) -> View) -> Rendering<T> {
    let about = "The same as Markdown, for pull requests";
    Rendering { format: OutputFormat::Markdown, about, render: Render::View(view) }
}

/// The same, where making it can fail.
pub(super) const fn fallible<T>(
    format: OutputFormat,
    about: &'static str,
    render: fn(T) -> Result<String, String>,
) -> Rendering<T> {
    Rendering { format, about, render: Render::Fallible(render) }
}

/// Parser of `--format` for a command with these formats.
pub(super) fn parser<T, const N: usize>(
    renderings: [Rendering<T>; N],
) -> impl TypedValueParser<Value = OutputFormat> {
    let value = |one: &Rendering<T>| {
        let name = one.format.to_possible_value().map(|value| value.get_name().to_owned());
        PossibleValue::new(name.unwrap_or_default()).help(one.about)
    };
    let values: Vec<PossibleValue> = renderings.iter().map(value).collect();
    PossibleValuesParser::new(values).try_map(|name| OutputFormat::from_str(&name, false))
}

/// A result in a format of its command.
///
/// # Errors
/// A sentence: it cannot be made, or the command does not declare it.
pub(super) fn rendered<T, const N: usize>(
    format: OutputFormat,
    renderings: [Rendering<T>; N],
    result: T,
) -> Result<String, String> {
    match renderings.into_iter().find(|one| one.format == format).map(|one| one.render) {
        Some(Render::View(view)) if format == OutputFormat::Markdown => Ok(view(result).markdown()),
        Some(Render::View(view)) => Ok(view(result).terminal_text(table_width(), stdout_colour())),
        Some(Render::Sure(render)) => Ok(render(result)),
        Some(Render::Fallible(render)) => render(result),
        None => Err(format!("this command has no format {format:?}")),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command};

    use super::*;

    fn formats() -> [Rendering<&'static str>; 2] {
        [
            rendering(OutputFormat::Text, "for people", |text| format!("<{text}>")),
            rendering(OutputFormat::Junit, "for tests", str::to_owned),
        ]
    }

    #[test]
    fn a_command_takes_the_formats_that_it_declares_and_no_other() {
        let command =
            || Command::new("c").arg(Arg::new("format").long("format").value_parser(parser(formats())));
        let read = |value: &str| {
            let matches = command().try_get_matches_from(["c", "--format", value]).ok()?;
            matches.get_one::<OutputFormat>("format").copied()
        };
        assert_eq!(read("text"), Some(OutputFormat::Text));
        assert_eq!(read("junit"), Some(OutputFormat::Junit));
        assert_eq!((read("json"), read("TEXT"), read("")), (None, None, None));
        assert_eq!(rendered(OutputFormat::Text, formats(), "a"), Ok("<a>".to_owned()));
        assert!(rendered(OutputFormat::Csv, formats(), "a").is_err());
    }
}
