//! Suggestions for what was misspelt.

use crate::scenario::language::schema;

/// The candidate that `word` most likely misspells, if one is near enough.
pub(crate) fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    if word.chars().count() > 100 {
        return None;
    }
    let lower = word.to_lowercase();
    candidates
        .iter()
        .map(|candidate| (strsim::osa_distance(&lower, &candidate.to_lowercase()), *candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance <= 1.max(candidate.chars().count() / 3))
        .map(|(_, candidate)| candidate)
}

/// The path of a key of that name in another table.
pub(super) fn elsewhere(name: &str) -> Option<String> {
    let mut found = None;
    schema::walk(&mut |path, key| {
        if key.name == name && found.is_none() {
            found = Some(path.to_owned());
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        let keys = ["min_capacity", "max_capacity", "desired_count"];
        assert_eq!(nearest("max_capcity", &keys), Some("max_capacity"));
        assert_eq!(nearest("MIN_CAPACITY", &keys), Some("min_capacity"));
        assert_eq!(nearest("banana", &keys), None);
        assert_eq!(
            elsewhere("deregistration_delay").as_deref(),
            Some("service.<name>.load_balancer.deregistration_delay")
        );
    }
}
