//! Traces as people have them, damaged: columns, formats of time, units, gaps, compressed or not.

use std::io::{Cursor, Read, Write};

use windtunnel::scenario::{Files, Severity, Source, load};

use crate::random::{Random, damage};
use crate::{Fault, Outcome, runs};

/// The one file that there is.
struct Only(Vec<u8>);

impl Files for Only {
    fn open(&mut self, _: &str) -> Result<Box<dyn Read>, String> {
        Ok(Box::new(Cursor::new(self.0.clone())))
    }
}

fn rows(random: &mut Random) -> String {
    let (header, kind) = match random.below(5) {
        0 => ("timestamp,requests", 0),
        1 => ("time_s,requests", 1),
        2 => ("timestamp,requests,errors", 2),
        3 => ("Timestamp;RequestCount", 3),
        _ => ("ts,requests", 1),
    };
    let mut text = format!("{header}\n");
    let step = random.pick(&[&1_u64, &10, &60, &300, &3_600]);
    for row in 0..random.between(0, 60) {
        let second = row * step;
        let count = random.below(200);
        let clock =
            format!("2026-10-05T{:02}:{:02}:{:02}", second / 3_600 % 24, second / 60 % 60, second % 60);
        text += &match kind {
            0 => format!("{clock}Z,{count}\n"),
            1 => format!("{second},{count}\n"),
            2 => format!("{clock}+02:00,{count},0\n"),
            _ => format!("{};{count},5\n", clock.replace('T', " ")),
        };
    }
    text
}

pub(crate) fn case(random: &mut Random) -> Outcome {
    let mut bytes = rows(random).into_bytes();
    for _ in 0..random.below(4) {
        damage(&mut bytes, random);
    }
    let shown = String::from_utf8_lossy(&bytes).into_owned();
    if random.once_in(6) {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&bytes).unwrap();
        bytes = encoder.finish().unwrap();
        if random.once_in(3) {
            damage(&mut bytes, random);
        }
    }
    let mut trace = "file = \"t.csv\"".to_owned();
    for (key, values) in [
        ("column", &["\"requests\"", "\"RequestCount\"", "1"][..]),
        ("unit", &["\"count\"", "\"per_second\"", "\"count_per_minute\""]),
        ("gaps", &["\"zero\"", "\"hold\"", "\"error\""]),
    ] {
        if random.once_in(3) {
            trace += &format!(", {key} = {}", random.pick(values));
        }
    }
    let arrivals = random.pick(&["", "arrivals = \"exact_counts\"\n"]);
    let horizon = random.pick(&["", "horizon = \"20m\"\n"]);
    let text = format!(
        "schema = 1\nname = \"trace\"\n{horizon}start = \"2026-10-05T00:00:00Z\"\n[service.s.traffic]\n{arrivals}trace = {{ {trace} }}\n\
         [service.s.request]\ncpu_time = \"5ms\"\n[service.s.scaling]\nmin_capacity = 1\nmax_capacity = 3\n"
    );
    random.note(format!("{text}\n--- t.csv\n{shown}"));
    let source = Source { name: "fuzz.toml".to_owned(), text: text.clone() };
    let loaded = load(&source, &[], None, &mut Only(bytes));
    let failed = loaded.diagnostics.iter().any(|found| found.severity == Severity::Error);
    if loaded.scenario.is_none() != failed {
        return Err(Fault::new("a scenario with an error, or none without", random.last_input()));
    }
    let codes: Vec<&str> = loaded.diagnostics.iter().map(|found| found.code).collect();
    let ran = match loaded.scenario {
        Some(scenario) if random.once_in(4) => runs::ran(scenario),
        Some(_) => Ok("valid".to_owned()),
        None => Ok(String::new()),
    };
    ran.map(|word| format!("{} {word}", codes.join(" ")))
        .map_err(|what| Fault::new(what, random.last_input()))
}
