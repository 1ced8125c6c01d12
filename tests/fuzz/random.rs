//! Random numbers of a case, and what is made of them: the same on every machine.

/// SplitMix64 with the input that a case made last, for whoever has to tell of a panic.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
    input: String,
}

/// The FNV-1a hash of texts.
pub(crate) fn digest(parts: &[&str]) -> u64 {
    parts
        .iter()
        .flat_map(|part| part.bytes().chain([0xff]))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Values that are at an edge of something.
const EDGES: [&str; 34] = [
    "0",
    "1",
    "-1",
    "2",
    "0.0",
    "-0.0",
    "1e-9",
    "1e300",
    "-1e300",
    "1e999",
    "nan",
    "inf",
    "-inf",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "4294967296",
    "1000000000",
    "0.5",
    "100.0",
    "\"\"",
    "\"1s\"",
    "\"0s\"",
    "\"1ns\"",
    "\"365d\"",
    "\"1000000h\"",
    "\"1TiB\"",
    "\"1B\"",
    "\"-5s\"",
    "true",
    "[]",
    "{}",
    "[1, 2]",
    "\"\u{202e}x\"",
];

impl Random {
    pub(crate) fn of(seed: u64, kind: &str, number: u64) -> Self {
        let mut random = Self {
            state: seed ^ digest(&[kind]) ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            input: String::new(),
        };
        random.next();
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`, which is above zero.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or(0)
    }

    /// From `low` to `high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// Whether something happens that does once in `n` times.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    pub(crate) fn edge(&mut self) -> &'static str {
        self.pick(&EDGES)
    }

    /// A number from `low` to `high`, evenly in its order of magnitude.
    pub(crate) fn magnitude(&mut self, low: f64, high: f64) -> f64 {
        let share = self.next() as f64 / u64::MAX as f64;
        low * (high / low).powf(share)
    }

    /// Notes what the case is about to try.
    pub(crate) fn note(&mut self, input: impl Into<String>) {
        self.input = input.into();
    }

    pub(crate) fn last_input(&self) -> String {
        self.input.clone()
    }
}

/// Changes a byte, a digit, a line or a stretch of a text.
pub(crate) fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    if bytes.is_empty() {
        return bytes.extend(random.edge().bytes());
    }
    let at = random.below(bytes.len());
    match random.below(8) {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << random.below(8),
        2 => drop(bytes.drain(at..(at + 1 + random.below(20)).min(bytes.len()))),
        3 => {
            let piece: Vec<u8> = bytes[at..(at + 1 + random.below(60)).min(bytes.len())].to_vec();
            let to = random.below(bytes.len());
            drop(bytes.splice(to..to, piece));
        }
        4 => {
            let odd = random.pick(&[
                "\n",
                "\r",
                "\"",
                ",",
                "\0",
                "\u{feff}",
                "=",
                "[",
                "}",
                "\u{1f600}",
                "\t",
                "-",
            ]);
            drop(bytes.splice(at..at, odd.bytes()));
        }
        // A number becomes another one.
        _ => {
            let Some(first) = bytes[at..].iter().position(u8::is_ascii_digit).map(|first| at + first) else {
                return;
            };
            let is_number = |byte: &u8| byte.is_ascii_digit() || b".eE-".contains(byte);
            let last = bytes[first..]
                .iter()
                .position(|byte| !is_number(byte))
                .map_or(bytes.len(), |length| first + length);
            let edge = random.edge().trim_matches('"').to_owned();
            drop(bytes.splice(first..last, edge.into_bytes()));
        }
    }
}

/// Takes pieces away from an input as long as it still fails: halves, then quarters, then lines.
pub(crate) fn shrink(input: &str, fails: impl Fn(&str) -> bool) -> String {
    let mut lines: Vec<String> = input.lines().map(str::to_owned).collect();
    let mut size = lines.len() / 2;
    let mut tries = 0;
    while size > 0 {
        let mut at = 0;
        while at < lines.len() && tries < 400 {
            let mut fewer = lines.clone();
            drop(fewer.drain(at..(at + size).min(lines.len())));
            tries += 1;
            if fails(&(fewer.join("\n") + "\n")) { lines = fewer } else { at += size }
        }
        size /= 2;
    }
    lines.join("\n") + "\n"
}
