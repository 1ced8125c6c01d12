//! `--variant 'faster: KEY=VALUE; KEY=VALUE'`: a name and some overrides.

use crate::scenario;

/// A variant of the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VariantArg {
    /// Name of the variant in reports.
    pub(super) name: String,
    /// `KEY=VALUE`, at least one.
    pub(super) overrides: Vec<String>,
}

/// Reads a name, a colon, and overrides with semicolons between them; semicolons within quotes, brackets and braces
/// belong to their value.
pub(super) fn parse(text: &str) -> Result<VariantArg, String> {
    let example = "write a name and what changes, such as 'faster: service.web.scaling.max_capacity=40'";
    let (name, rest) = text.split_once(':').ok_or(example)?;
    let name = name.trim();
    if name.is_empty() || name.contains('=') {
        return Err(format!("the variant has no name; {example}"));
    }
    let parts = scenario::split_outside(rest, ';');
    let overrides: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if overrides.is_empty() {
        return Err(format!("the variant `{name}` changes nothing; {example}"));
    }
    if overrides.iter().any(|text| is_seed(text)) {
        return Err(format!(
            "the variant `{name}` cannot have a seed of its own: all variants run with the same random numbers; --seed changes \
             them for all"
        ));
    }
    Ok(VariantArg { name: name.to_owned(), overrides })
}

/// Whether an override is one of the seed, which the settings of an experiment share.
pub(super) fn is_seed(set: &str) -> bool {
    set.split_once('=').is_some_and(|(key, _)| key.trim() == "seed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_has_a_name_and_overrides() {
        let variant = parse("big: service.web.task.cpu=2048; service.web.task.memory = 4096;").unwrap();
        assert_eq!(variant.name, "big");
        assert_eq!(variant.overrides, ["service.web.task.cpu=2048", "service.web.task.memory = 4096"]);
        let nested = parse("a: k={ x = \"1;2\" }; l=[\"3;4\"]").unwrap();
        assert_eq!(nested.overrides, ["k={ x = \"1;2\" }", "l=[\"3;4\"]"]);
        for wrong in ["", "k=1", ": k=1", "a:", "a: ;", "k=1: x", "a: k=1; seed = 2"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
