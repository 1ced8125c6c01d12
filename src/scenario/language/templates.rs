//! The scenarios that come with the program: one that runs when none is named, and what `init` writes.

/// The scenario that runs when none is named.
pub const FLASH_SALE: &str = include_str!("../../../scenarios/flash-sale.toml");

/// Lines that `init` puts before a scenario, so that an editor with a TOML language server checks it and completes its keys.
macro_rules! template {
    ($path:literal) => {
        concat!(
            "#:schema windtunnel.schema.json\n",
            "# (For editors; `windtunnel schema > windtunnel.schema.json` writes it.)\n\n",
            include_str!($path)
        )
    };
}

/// The name of the schema that templates point to.
pub const SCHEMA_FILE: &str = "windtunnel.schema.json";

/// A scenario to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// Name that `init --template` takes.
    pub name: &'static str,
    /// Description of the template, on one line.
    pub description: &'static str,
    /// The text.
    pub text: &'static str,
    /// The files that the text names, by their paths relative to it, with their contents.
    pub companions: &'static [(&'static str, &'static str)],
}

/// The templates of `init`, the usual one first.
#[must_use]
pub fn templates() -> &'static [Template] {
    &[
        Template {
            name: "web",
            description: "a web service with a daily cycle behind a load balancer, target tracking on CPU",
            text: template!("../../../scenarios/web.toml"),
            companions: &[],
        },
        Template {
            name: "steady",
            description: "two small tasks under light, even traffic for a month",
            text: template!("../../../scenarios/steady-api.toml"),
            companions: &[],
        },
        Template {
            name: "step",
            description: "step scaling: five tasks more above 70 % CPU, five fewer below 30 %",
            text: template!("../../../scenarios/step-70-30.toml"),
            companions: &[],
        },
        Template {
            name: "trace",
            description: "a recorded day of requests, replayed",
            text: template!("../../../scenarios/trace-replay.toml"),
            companions: &[("traces/shop-day.csv", include_str!("../../../scenarios/traces/shop-day.csv"))],
        },
    ]
}
