//! Settings from the environment.

/// The variable that says how many threads work.
const THREADS: &str = "RAYON_NUM_THREADS";

/// The wanted number of threads, by `RAYON_NUM_THREADS`; `None` where it says nothing, or 0: one a core.
///
/// # Errors
/// A sentence: it is no number.
pub fn wanted_threads() -> Result<Option<usize>, String> {
    match std::env::var_os(THREADS) {
        Some(value) => threads_of(&value.to_string_lossy()),
        None => Ok(None),
    }
}

fn threads_of(value: &str) -> Result<Option<usize>, String> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let number = value.parse::<usize>();
    let number =
        number.map_err(|_| format!("{THREADS} is `{value}`, and no number of threads; 0 is one a core"))?;
    Ok((number > 0).then_some(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_threads_is_a_number() {
        assert_eq!(threads_of(" 7 "), Ok(Some(7)));
        assert_eq!((threads_of("0"), threads_of("")), (Ok(None), Ok(None)));
        for bad in ["-1", "many", "99999999999999999999999"] {
            assert!(threads_of(bad).unwrap_err().contains(bad));
        }
    }
}
