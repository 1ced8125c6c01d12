//! Shares of a sweep, for several machines.

use serde::{Deserialize, Serialize};

/// One of several machines that share a sweep: it runs the cells whose number leaves `index` when divided by `count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ShardFields")]
pub struct Shard {
    /// From 0.
    pub index: u64,
    /// ≥ 1.
    pub count: u64,
}

/// A shard as a file has it.
#[derive(Deserialize)]
struct ShardFields {
    index: u64,
    count: u64,
}

impl TryFrom<ShardFields> for Shard {
    type Error = String;

    fn try_from(ShardFields { index, count }: ShardFields) -> Result<Self, String> {
        Self::new(index, count).ok_or_else(|| format!("there is no shard {index} (from 0) of {count}"))
    }
}

/// Most shares of a sweep.
const MOST_SHARDS: u64 = 1_000_000;

impl Shard {
    /// A sweep on one machine.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// The share `index` (from 0) of `count`; `None` where there is none.
    fn new(index: u64, count: u64) -> Option<Self> {
        (index < count && count <= MOST_SHARDS).then_some(Self { index, count })
    }

    /// A shard as typed: `2/3`, counted from 1.
    ///
    /// # Errors
    /// What a shard is, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(index, count)| {
            Some((index.trim().parse::<u64>().ok()?, count.trim().parse::<u64>().ok()?))
        });
        parts
            .and_then(|(index, count)| Self::new(index.checked_sub(1)?, count))
            .ok_or_else(|| format!("`{text}` is no shard; write I/N with I from 1 to N, such as 2/3"))
    }

    /// The number of cells of the shard, of `cells` cells.
    #[must_use]
    pub const fn cells_of(self, cells: u64) -> u64 {
        if cells <= self.index { 0 } else { (cells - self.index - 1) / self.count + 1 }
    }

    /// The number of its `local`-th cell.
    #[must_use]
    pub const fn cell(self, local: u64) -> u64 {
        self.index + local * self.count
    }

    /// The place of a cell among its own; `None` for another shard's cell.
    #[must_use]
    pub const fn local(self, cell: u64) -> Option<u64> {
        if cell % self.count == self.index { Some(cell / self.count) } else { None }
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_cover_every_cell_once() {
        for cells in [0_u64, 1, 5, 20, 21] {
            for count in [1_u64, 2, 3, 7, 30] {
                let mut seen = vec![0; usize::try_from(cells).unwrap()];
                for index in 0..count {
                    let shard = Shard { index, count };
                    for local in 0..shard.cells_of(cells) {
                        let cell = shard.cell(local);
                        assert_eq!(shard.local(cell), Some(local));
                        seen[usize::try_from(cell).unwrap()] += 1;
                    }
                }
                assert!(seen.iter().all(|times| *times == 1), "{cells} cells, {count} shards");
            }
        }
    }

    #[test]
    fn a_shard_is_counted_from_one() {
        assert_eq!(Shard::parse("2/3"), Ok(Shard { index: 1, count: 3 }));
        for text in ["0/3", "4/3", "1", "1/0", "-1/3", "a/b", "1/2/3", ""] {
            assert!(Shard::parse(text).unwrap_err().contains("such as 2/3"), "{text}");
        }
        assert_eq!(Shard { index: 1, count: 3 }.to_string(), "2/3");
    }
}
