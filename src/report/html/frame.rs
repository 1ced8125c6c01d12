//! Common parts of all pages: the document around the content, the templates, styles and scripts, and the pieces that
//! pages are put together from. A page brings its title, its content and the data of its scripts.

use std::sync::LazyLock;

use minijinja::value::Serde;
use minijinja::{Environment, Value};
use serde::Serialize;

use super::embed;
use super::policy::policy;
use crate::report::numbers::typeset;
use crate::report::palette::{script_constants, style_properties};
use crate::report::view::Tile;

const TEMPLATES: &[(&str, &str)] = &[
    ("bill.html", include_str!("assets/bill.html")),
    ("experiment.html", include_str!("assets/experiment.html")),
    ("figures.html", include_str!("assets/figures.html")),
    ("folded.html", include_str!("assets/folded.html")),
    ("list.html", include_str!("assets/list.html")),
    ("origins.html", include_str!("assets/origins.html")),
    ("page.html", include_str!("assets/page.html")),
    ("paste.html", include_str!("assets/paste.html")),
    ("picture.html", include_str!("assets/picture.html")),
    ("plan.html", include_str!("assets/plan.html")),
    ("points.html", include_str!("assets/points.html")),
    ("run.html", include_str!("assets/run.html")),
    ("service.html", include_str!("assets/service.html")),
    ("table.html", include_str!("assets/table.html")),
    ("text.html", include_str!("assets/text.html")),
    ("tiles.html", include_str!("assets/tiles.html")),
    ("verdict.html", include_str!("assets/verdict.html")),
];

/// uPlot's own styles, then ours, which may overrule them.
const BASE_STYLES: &str = concat!(
    "\n",
    include_str!("assets/vendor/uplot-1.6.32/uPlot.min.css"),
    "\n",
    include_str!("assets/page.css"),
    "\n"
);

const UPLOT: &str = concat!(
    "\n/*\n",
    include_str!("assets/vendor/uplot-1.6.32/LICENSE"),
    "*/\n",
    include_str!("assets/vendor/uplot-1.6.32/uPlot.iife.min.js"),
    "\n"
);

/// The scripts in the order in which they lean on each other; in one function. These texts are the whole
/// content of their elements, for the policy knows them by their hash.
const BASE_SCRIPTS: &str = concat!(
    include_str!("assets/document.js"),
    include_str!("assets/numbers.js"),
    include_str!("assets/theme.js"),
    include_str!("assets/legend.js"),
    include_str!("assets/chart.js"),
    include_str!("assets/group.js"),
    include_str!("assets/lane.js"),
    include_str!("assets/log.js"),
    include_str!("assets/drawing.js"),
    include_str!("assets/readout.js"),
    include_str!("assets/cloud.js"),
    include_str!("assets/scatter.js"),
    include_str!("assets/heat.js"),
    include_str!("assets/points.js"),
    include_str!("assets/dots.js"),
    include_str!("assets/fan.js"),
    include_str!("assets/paste.js"),
    include_str!("assets/start.js"),
    "\n}());\n",
);

/// The styles with the colours of roles.
static STYLES: LazyLock<String> = LazyLock::new(|| style_properties() + BASE_STYLES);

/// The scripts in their function, with what they share with pictures.
static SCRIPTS: LazyLock<String> =
    LazyLock::new(|| format!("\n(function () {{\n\"use strict\";\n{}{BASE_SCRIPTS}", script_constants()));

/// A piece of markup whose texts are escaped.
pub(super) type Markup = Value;

/// The templates, ready to be filled.
pub(super) struct Templates(Environment<'static>);

impl Templates {
    /// Reads them.
    ///
    /// # Errors
    /// A sentence, should a template be wrong; the tests would have said so.
    pub(super) fn new() -> Result<Self, String> {
        let mut environment = Environment::new();
        environment.add_filter("typeset", |text: &str| typeset(text));
        for (name, source) in TEMPLATES {
            environment.add_template(name, source).map_err(|error| in_words(name, &error))?;
        }
        Ok(Self(environment))
    }

    /// A piece of markup: the template with the values of `context`, each of them escaped.
    ///
    /// # Errors
    /// A sentence, should the template ask for what `context` does not have.
    pub(super) fn fill(&self, name: &str, context: &impl Serialize) -> Result<Markup, String> {
        let template = self.0.get_template(name).map_err(|error| in_words(name, &error))?;
        let text = template.render(Serde(context)).map_err(|error| in_words(name, &error))?;
        Ok(Value::from_safe_string(text))
    }

    /// The foot of a page: what made the results.
    pub(super) fn origins(&self, origins: &[Origin]) -> Result<Markup, String> {
        self.fill("origins.html", &serde_json::json!({ "origins": origins }))
    }

    /// The figures that matter most, side by side.
    pub(super) fn tiles(&self, tiles: &[Tile]) -> Result<Markup, String> {
        self.fill("tiles.html", &serde_json::json!({ "tiles": tiles }))
    }
}

fn in_words(name: &str, error: &minijinja::Error) -> String {
    format!("cannot fill the template {name}: {error}")
}

/// A line of what made the results, for the foot of a page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Origin {
    /// `Seed`, `Scenario`, …
    pub(super) name: String,
    /// Value, as text.
    pub(super) value: String,
    /// Whether it is a command or a hash: set in a type of fixed width.
    pub(super) is_code: bool,
}

impl Origin {
    pub(super) fn text(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: value.into(), is_code: false }
    }

    pub(super) fn code(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: value.into(), is_code: true }
    }
}

/// A page without its frame.
pub(super) struct HtmlPage<'a, D: Serialize> {
    /// The title of the document.
    pub(super) title: &'a str,
    /// The content of `<main>`.
    pub(super) content: Markup,
    /// Data for the scripts: `assets/start.js` says which keys it knows.
    pub(super) data: &'a D,
}

#[derive(Serialize)]
struct Document<'a> {
    title: &'a str,
    content: &'a Markup,
    data: Value,
    styles: Value,
    uplot: Value,
    scripts: Value,
    policy: Value,
}

impl<D: Serialize> HtmlPage<'_, D> {
    /// The whole document.
    ///
    /// # Errors
    /// A sentence, should a template or the data be wrong.
    pub(super) fn document(&self, templates: &Templates) -> Result<Vec<u8>, String> {
        let document = Document {
            title: self.title,
            content: &self.content,
            data: Value::from_safe_string(embed::json(self.data)?),
            styles: Value::from_safe_string(STYLES.clone()),
            uplot: Value::from_safe_string(UPLOT.to_owned()),
            scripts: Value::from_safe_string(SCRIPTS.clone()),
            policy: Value::from_safe_string(policy(&[&STYLES], &[UPLOT, &SCRIPTS])),
        };
        let text = templates.fill("page.html", &document)?;
        Ok(text.to_string().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_built_in_ends_its_own_element() {
        for script in [UPLOT, &SCRIPTS] {
            assert!(!script.to_lowercase().contains("</script") && !script.contains("<!--"));
        }
        assert!(!STYLES.to_lowercase().contains("</style"));
    }

    #[test]
    fn a_title_is_text() {
        let templates = Templates::new().unwrap();
        let page =
            HtmlPage { title: "<img src=x>&", content: Value::from_safe_string(String::new()), data: &"<b>" };
        let text = String::from_utf8(page.document(&templates).unwrap()).unwrap();
        assert!(text.contains("<title>&lt;img src=x&gt;&amp;</title>"));
        assert!(!text.contains("<img") && !text.contains("\"<b>\""));
    }
}
