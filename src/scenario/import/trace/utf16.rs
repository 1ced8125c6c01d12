//! UTF-16 as a stream of UTF-8: what spreadsheets save as "Unicode text".

use std::io::Read;

/// Decodes UTF-16 of either order of bytes; what is no character becomes the replacement character.
pub(super) struct Utf16 {
    reader: Box<dyn Read>,
    is_big_endian: bool,
    /// The first half of a pair.
    high: Option<u16>,
    /// Decoded bytes that were not asked for yet.
    pending: Vec<u8>,
    /// Bytes of them that were handed out.
    taken: usize,
}

impl Utf16 {
    /// Whether a text begins with a byte-order mark of UTF-16, and whether its high byte comes first.
    pub(super) fn mark(beginning: &[u8]) -> Option<bool> {
        match beginning {
            [0xfe, 0xff, ..] => Some(true),
            [0xff, 0xfe, ..] => Some(false),
            _ => None,
        }
    }

    pub(super) fn new(reader: Box<dyn Read>, is_big_endian: bool) -> Self {
        Self { reader, is_big_endian, high: None, pending: Vec::new(), taken: 0 }
    }

    /// Decodes another block; `false` at the end.
    fn refill(&mut self) -> std::io::Result<bool> {
        let mut block = Vec::with_capacity(1 << 14);
        self.reader.by_ref().take(1 << 14).read_to_end(&mut block)?;
        self.pending.clear();
        self.taken = 0;
        let units = block.chunks(2).map(|pair| match (pair, self.is_big_endian) {
            ([first, second], true) => u16::from_be_bytes([*first, *second]),
            ([first, second], false) => u16::from_le_bytes([*first, *second]),
            // Half a unit at the very end.
            _ => 0xfffd,
        });
        let units: Vec<u16> = self.high.take().into_iter().chain(units).collect();
        let mut whole = units.as_slice();
        if let Some((last, rest)) = units.split_last()
            && (0xd800..0xdc00).contains(last)
            && !block.is_empty()
        {
            self.high = Some(*last);
            whole = rest;
        }
        let text: String = char::decode_utf16(whole.iter().copied())
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        self.pending = text.into_bytes();
        Ok(!block.is_empty() || !self.pending.is_empty())
    }
}

impl Read for Utf16 {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.taken == self.pending.len() {
            if !self.refill()? {
                return Ok(0);
            }
        }
        let length = out.len().min(self.pending.len() - self.taken);
        out[..length].copy_from_slice(&self.pending[self.taken..self.taken + length]);
        self.taken += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_of_bytes_and_pairs_are_decoded_across_blocks() {
        // A block has 8192 units, so the pair of the rocket lies across its end.
        let text = format!("\u{feff}{}\u{1f680}é,1\r\n", "a".repeat(8190));
        for is_big_endian in [true, false] {
            let bytes: Vec<u8> = text
                .encode_utf16()
                .flat_map(|unit| if is_big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect();
            assert_eq!(Utf16::mark(&bytes), Some(is_big_endian));
            let mut out = String::new();
            Utf16::new(Box::new(std::io::Cursor::new(bytes)), is_big_endian)
                .read_to_string(&mut out)
                .unwrap();
            assert_eq!(out, text);
        }
    }
}
