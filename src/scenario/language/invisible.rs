//! Characters that are not seen: of a name made of them nobody can tell what it says, or which of two it is.

/// Whether the character has no shape of its own: the Unicode property `Default_Ignorable_Code_Point`, the category `Cf`
/// (format, which has the signs that turn the direction of a line), and the separators of lines and paragraphs (Unicode 16).
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
            | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The same without what writing needs: joiners, and the selectors of the shape of a sign.
#[must_use]
pub fn is_deceptive(c: char) -> bool {
    is_invisible(c) && !matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_told_from_what_is() {
        for c in "\u{ad}\u{61c}\u{115f}\u{180e}\u{200b}\u{200d}\u{2028}\u{2029}\u{202e}\u{2066}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{fff9}\u{e0001}\u{e0041}\u{e0100}".chars() {
            assert!(is_invisible(c), "{}", c.escape_unicode());
        }
        for c in "aé名ü\u{301}🛒\u{3000} -_'\u{fffd}\u{2026}".chars() {
            assert!(!is_invisible(c), "{}", c.escape_unicode());
        }
        assert!(!is_deceptive('\u{200d}') && is_deceptive('\u{202e}'));
    }
}
