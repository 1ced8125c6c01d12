//! Log-linear grids of times: every octave is cut into equally many cells, so that a cell is a fixed share of its times wide.
//! Histograms, sketches and discretized distributions of times stand on them. A time is told its cell by the exponent and the
//! leading digits of its floating-point form, which costs no division and no logarithm.

/// Octave of the first cell: it begins at 2¹⁰ ns (1.024 µs), and what is shorter belongs to it too.
pub const FIRST_OCTAVE: u32 = 10;

/// A grid of `2^DIGITS` cells an octave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLinear<const DIGITS: u32>;

impl<const DIGITS: u32> LogLinear<DIGITS> {
    /// Cells of an octave.
    pub const CELLS_PER_OCTAVE: usize = 1 << DIGITS;
    /// Cells up to 2⁶³ ns, beyond every time.
    pub const CELLS: usize = Self::cells(63 - FIRST_OCTAVE as usize + 1);
    /// Exponent and leading digits of the first cell as a floating-point number.
    const ORIGIN: u64 = (1_023 + FIRST_OCTAVE as u64) << DIGITS;

    /// Cells of so many octaves.
    #[must_use]
    pub const fn cells(octaves: usize) -> usize {
        octaves << DIGITS
    }

    /// The cell of a whole time below 2⁶³ \[ns\].
    #[inline]
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_possible_wrap,
        reason = "an index below CELLS"
    )]
    pub const fn cell_of(time: u64) -> usize {
        // Signed numbers are converted to floating point in one instruction.
        let time = time as i64;
        let clipped = if time > 1 << FIRST_OCTAVE { time } else { 1 << FIRST_OCTAVE };
        (((clipped as f64).to_bits() >> (52 - DIGITS)) - Self::ORIGIN) as usize
    }

    /// The cell of a time below 2⁶³ that need not be whole \[ns\].
    #[inline]
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "an index of a cell")]
    pub const fn cell_of_real(time: f64) -> usize {
        const FIRST: f64 = (1_u64 << FIRST_OCTAVE) as f64;
        let clipped = if time > FIRST { time } else { FIRST };
        ((clipped.to_bits() >> (52 - DIGITS)) - Self::ORIGIN) as usize
    }

    /// Beginning of a cell \[ns\]; that of the first is 2¹⁰ here too, though it holds what is shorter.
    #[inline]
    #[must_use]
    pub const fn start(cell: usize) -> f64 {
        f64::from_bits((cell as u64 + Self::ORIGIN) << (52 - DIGITS))
    }

    /// Smallest whole time of a cell \[ns\]; 0 for the first one.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "an octave below 64")]
    pub const fn lower_edge(cell: usize) -> u128 {
        if cell == 0 {
            return 0;
        }
        let octave = (cell >> DIGITS) as u32;
        let digits = (1 << DIGITS) + (cell & (Self::CELLS_PER_OCTAVE - 1)) as u128;
        (digits << (octave + FIRST_OCTAVE)) >> DIGITS
    }

    /// Middle of a cell \[ns\].
    #[must_use]
    pub const fn middle(cell: usize) -> f64 {
        (Self::start(cell) + Self::start(cell + 1)) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Fine = LogLinear<7>;

    #[test]
    fn a_time_lies_within_its_cell_and_a_cell_is_a_fixed_share_wide() {
        for index in 0..100_000_u64 {
            let octave = FIRST_OCTAVE + u32::try_from(index % 52).unwrap();
            let time = (1_u64 << octave) + index.wrapping_mul(0x9E37_79B9_7F4A_7C15) % (1 << octave);
            let cell = Fine::cell_of(time);
            assert!(Fine::lower_edge(cell) <= u128::from(time), "{time}");
            assert!(u128::from(time) < Fine::lower_edge(cell + 1) || octave > 53, "{time}");
            assert_eq!(cell, Fine::cell_of_real(time as f64));
            let (start, next) = (Fine::start(cell), Fine::start(cell + 1));
            assert!(start <= time as f64 && start < Fine::middle(cell) && Fine::middle(cell) < next);
            assert!(next / start - 1.0 <= 1.0 / 128.0);
        }
    }

    #[test]
    fn what_is_shorter_than_the_first_cell_belongs_to_it_and_the_longest_time_to_the_last() {
        assert_eq!((Fine::cell_of(0), Fine::cell_of(1_024), Fine::cell_of(1_032)), (0, 0, 1));
        assert_eq!((Fine::lower_edge(0), Fine::lower_edge(1)), (0, 1_032));
        assert!(Fine::cell_of((1 << 63) - 1) < Fine::CELLS);
        assert_eq!(LogLinear::<5>::cells(44), 44 * 32);
    }
}
