//! The words of a key, each bound to its value where it is declared: [`choices!`](crate::scenario::language::choices) gives
//! the key table the words and the builder their values, so that no word can be accepted and then read as another. For an
//! enum it binds every variant, which the compiler checks.

/// State of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Yes.
    Built,
    /// Not in this version; the advice what to do instead.
    NotBuilt(&'static str),
}

/// One word of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) word: &'static str,
    pub(crate) state: State,
}

impl Choice {
    /// A word with a value; for [`choices!`](crate::scenario::language::choices) only.
    pub(crate) const fn bound(word: &'static str) -> Self {
        Self { word, state: State::Built }
    }

    /// A word of the language that this version cannot simulate; for
    /// [`choices!`](crate::scenario::language::choices) only.
    pub(crate) const fn not_built(word: &'static str, instead: &'static str) -> Self {
        Self { word, state: State::NotBuilt(instead) }
    }
}

/// The words of a key and their values.
#[derive(Debug)]
pub(crate) struct Choices<T: 'static> {
    /// The words with a value, then those that are not built.
    pub(crate) words: &'static [Choice],
    /// The values of the first words, in their order.
    pub(crate) values: &'static [T],
}

impl<T: Copy> Choices<T> {
    /// The value of a word; `None` where it is none of these, or not built.
    pub(crate) fn value(&self, word: &str) -> Option<T> {
        let index = self.words.iter().position(|choice| choice.word == word)?;
        self.values.get(index).copied()
    }
}

impl<T: Copy + PartialEq> Choices<T> {
    /// The first word of a value; `None` where no word stands for it.
    pub(crate) fn word(&self, value: T) -> Option<&'static str> {
        let index = self.values.iter().position(|known| *known == value)?;
        self.words.get(index).map(|choice| choice.word)
    }
}

/// A value that has a word in the language, which is AWS's own where AWS has one.
pub trait Word {
    /// The word.
    fn word(self) -> &'static str;
}

/// Declares the words of a key: `NAME: Enum { "word" => Variant, … }` binds every variant of an enum, and
/// `NAME = Type { "word" => value, … }` binds values. `not built { "word": "advice", … }` behind it lists words that are
/// part of the language and refused with an advice.
macro_rules! choices {
    ($(#[$meta:meta])* $vis:vis $name:ident: $type:ident { $($word:literal => $variant:ident),+ $(,)? }) => {
        $(#[$meta])*
        $vis const $name: $crate::scenario::language::choices::Choices<$type> =
            $crate::scenario::language::choices::Choices {
                words: &[$($crate::scenario::language::choices::Choice::bound($word)),+],
                values: &[$($type::$variant),+],
            };

        impl $crate::scenario::language::choices::Word for $type {
            fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
    (
        $(#[$meta:meta])* $vis:vis $name:ident = $type:ty { $($word:literal => $value:expr),+ $(,)? }
        $(not built { $($later:literal: $instead:literal),+ $(,)? })?
    ) => {
        $(#[$meta])*
        $vis const $name: $crate::scenario::language::choices::Choices<$type> =
            $crate::scenario::language::choices::Choices {
                words: &[
                    $($crate::scenario::language::choices::Choice::bound($word),)+
                    $($($crate::scenario::language::choices::Choice::not_built($later, $instead),)+)?
                ],
                values: &[$($value),+],
            };
    };
}

pub(crate) use choices;

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Colour {
        Red,
        Blue,
    }

    choices! { COLOURS: Colour { "red" => Red, "blue" => Blue } }
    choices! { AMOUNTS = u32 { "one" => 1, "two" => 2 } not built { "many": "count them" } }

    #[test]
    fn a_word_has_its_value_and_a_value_its_word() {
        assert_eq!(COLOURS.value("blue"), Some(Colour::Blue));
        assert_eq!(COLOURS.value("green"), None);
        assert_eq!((Colour::Red.word(), COLOURS.word(Colour::Red)), ("red", Some("red")));
        assert_eq!((AMOUNTS.value("two"), AMOUNTS.word(1)), (Some(2), Some("one")));
    }

    #[test]
    fn a_word_that_is_not_built_is_known_and_has_no_value() {
        assert_eq!(AMOUNTS.value("many"), None);
        let many = AMOUNTS.words.last().map(|choice| choice.state);
        assert_eq!(many, Some(State::NotBuilt("count them")));
    }
}
