//! Data for the scripts of a page: JSON that cannot end its own `<script>` element, and columns of numbers with no more
//! digits than are shown.

use serde::{Serialize, Serializer};

/// The value as JSON without a character that HTML, or JavaScript's idea of a line, could read another way.
///
/// # Errors
/// A sentence, should the value not be possible in JSON.
pub(super) fn json(value: &impl Serialize) -> Result<String, String> {
    let text = serde_json::to_string(value).map_err(|error| format!("cannot embed the data: {error}"))?;
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    // Outside of strings JSON has none of these, and within them every character may be written by its number.
    while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        let (before, special) = rest.split_at(at);
        let mut chars = special.chars();
        let number = chars.next().map_or(0, u32::from);
        out.push_str(before);
        out.push_str(&format!("\\u{number:04x}"));
        rest = chars.as_str();
    }
    out.push_str(rest);
    Ok(out)
}

/// A column of numbers, each with so many decimals at most; `null` where there is none.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// The values.
    pub(super) values: Vec<Option<f64>>,
    /// Decimals that are kept, at most nine.
    pub(super) decimals: u32,
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.values.iter().map(|value| Number::new(*value, self.decimals)))
    }
}

/// A number as JSON has it: a whole number where nothing stands behind the point.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Number {
    None,
    Whole(i64),
    Decimal(f64),
}

impl Number {
    /// The value with so many decimals at most; none where it is not finite.
    #[expect(clippy::cast_possible_truncation, reason = "checked against the range just before")]
    pub(super) fn new(value: Option<f64>, decimals: u32) -> Self {
        let Some(value) = value.filter(|value| value.is_finite()) else { return Self::None };
        let scale = 10_i64.pow(decimals.min(9)) as f64;
        let rounded = (value * scale).round() / scale;
        // A float holds whole numbers exactly up to 2^53.
        let is_whole = rounded.fract().abs() < f64::EPSILON && rounded.abs() < 9e15;
        if is_whole { Self::Whole(rounded as i64) } else { Self::Decimal(rounded) }
    }
}

/// Texts of which few differ: each is kept once, and a column of places says where.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Words {
    words: Vec<String>,
    at: Vec<usize>,
}

impl Words {
    pub(super) fn push(&mut self, word: &str) {
        // Few words: a search is quicker than a map.
        let known = self.words.iter().position(|known| known == word);
        let at = known.unwrap_or_else(|| {
            self.words.push(word.to_owned());
            self.words.len() - 1
        });
        self.at.push(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_end_the_element_that_holds_it() {
        let text = json(&["</script><!--", "a&b", "\u{2028}\u{2029}"]).unwrap();
        assert!(!text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{text}");
        let back: Vec<String> = serde_json::from_str(&text).unwrap();
        assert_eq!(back, ["</script><!--", "a&b", "\u{2028}\u{2029}"]);
    }

    #[test]
    fn numbers_keep_the_digits_that_are_shown_and_no_others() {
        let column = Column {
            values: vec![Some(248.400_000_1), Some(10.0), None, Some(f64::NAN), Some(-0.04)],
            decimals: 1,
        };
        assert_eq!(serde_json::to_string(&column).unwrap(), "[248.4,10,null,null,0]");
    }

    #[test]
    fn a_word_is_kept_once() {
        let mut words = Words::default();
        for word in ["a", "b", "a"] {
            words.push(word);
        }
        assert_eq!(serde_json::to_string(&words).unwrap(), r#"{"words":["a","b"],"at":[0,1,0]}"#);
    }
}
