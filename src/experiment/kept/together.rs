//! Whether the files of a folder are of one run. Files that were copied together from several are told by what each says of
//! its run: the scenario's hash, the seed, the fingerprint, the number of rows. A file that cannot be read is left to whoever
//! reads it for its content.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::scenario::{LONGEST_RUN_S, text_sha256};

/// The files of a folder, as bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct FolderFiles<'a> {
    /// `manifest.json`.
    pub manifest: &'a [u8],
    /// `summary.json`.
    pub summary: &'a [u8],
    /// `plan.toml`.
    pub plan: &'a [u8],
    /// `timeline.csv`.
    pub timeline: &'a [u8],
    /// `decisions.csv`, where somebody reads it.
    pub decisions: Option<&'a [u8]>,
    /// `tasks.csv`, where somebody reads it.
    pub tasks: Option<&'a [u8]>,
    /// `estimates.json`, where there were many runs.
    pub estimates: Option<&'a [u8]>,
    /// `replications.csv`, where there were many runs and somebody reads it.
    pub replications: Option<&'a [u8]>,
}

/// What to do about a folder whose files do not belong together.
const REMEDY: &str = "a folder holds the files of one run: copy all of them together, or make them again with `windtunnel run`";

/// Whether the `plan.toml` is the one that the manifest was written with.
///
/// # Errors
/// A sentence: it is not.
pub fn plan_belongs(manifest: &[u8], plan: &[u8]) -> Result<(), String> {
    let manifest = json(manifest);
    let Some(wanted) = manifest["plan_sha256"].as_str() else { return Ok(()) };
    if text_sha256(&String::from_utf8_lossy(plan)) == wanted {
        return Ok(());
    }
    Err(format!(
        "`plan.toml` is not the plan of the run that `manifest.json` tells of, or was changed since (a run is judged by other \
         checks with --checks FILE); {REMEDY}"
    ))
}

/// Whether all files are of one run.
///
/// # Errors
/// A sentence that names the file that does not belong, and what to do.
pub fn of_one_run(files: &FolderFiles<'_>) -> Result<(), String> {
    let (manifest, summary) = (json(files.manifest), json(files.summary));
    let estimates = files.estimates.map(json);
    same_run(&manifest, &summary, estimates.as_ref())?;
    plan_belongs(files.manifest, files.plan)?;
    if let (Some(estimates), Some(rows)) = (&estimates, files.replications) {
        rows_of_runs(rows, estimates, &summary)?;
    }
    rows_of_minutes(files.timeline, &summary)?;
    rows_of_events(files, &summary)
}

/// What a document says of its run.
struct Said<'a> {
    name: &'static str,
    sha256: Option<&'a str>,
    seed: Option<u64>,
    fingerprint: Option<&'a str>,
}

impl Said<'_> {
    /// In what the two differ, in words; what one of them does not say is no difference.
    fn unlike(&self, other: &Said<'_>) -> Option<String> {
        let word = |what: &str, mine: &str, theirs: &str| format!("{what} is {mine}, not {theirs}");
        let texts = [("the SHA-256 of its scenario", self.sha256, other.sha256)];
        for (what, mine, theirs) in texts {
            if let (Some(mine), Some(theirs)) = (mine, theirs)
                && mine != theirs
            {
                return Some(word(what, &short(mine), &short(theirs)));
            }
        }
        if let (Some(mine), Some(theirs)) = (self.seed, other.seed)
            && mine != theirs
        {
            return Some(word("its seed", &mine.to_string(), &theirs.to_string()));
        }
        match (self.fingerprint, other.fingerprint) {
            (Some(mine), Some(theirs)) if mine != theirs => {
                Some(word("its fingerprint", &short(mine), &short(theirs)))
            }
            _ => None,
        }
    }
}

/// The beginning of a hash, which tells two apart; what is no hash is not repeated.
fn short(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).take(12).collect()
}

fn same_run(manifest: &Value, summary: &Value, estimates: Option<&Value>) -> Result<(), String> {
    let manifest = Said {
        name: "manifest.json",
        sha256: manifest["scenario_sha256"].as_str(),
        seed: manifest["seed"].as_u64(),
        fingerprint: manifest["fingerprint"].as_str(),
    };
    let of = |name, document: &'_ Value| {
        let scenario = &document["scenario"];
        (name, scenario["sha256"].as_str().map(str::to_owned), scenario["seed"].as_u64())
    };
    let (name, sha256, seed) = of("summary.json", summary);
    let summary =
        Said { name, sha256: sha256.as_deref(), seed, fingerprint: summary["fingerprint"].as_str() };
    let estimates = estimates.map(|estimates| of("estimates.json", estimates));
    let estimates = estimates.as_ref().map(|(name, sha256, seed)| Said {
        name,
        sha256: sha256.as_deref(),
        seed: *seed,
        fingerprint: None,
    });
    let refuse = |odd: &Said<'_>, other: &Said<'_>, what: String| {
        Err(format!("`{}` is of another run than `{}`: {what}; {REMEDY}", odd.name, other.name))
    };
    if let Some(what) = summary.unlike(&manifest) {
        // The third of them says which of the two is the odd one.
        let is_manifest = estimates
            .as_ref()
            .is_some_and(|third| third.unlike(&summary).is_none() && third.unlike(&manifest).is_some());
        return match manifest.unlike(&summary).filter(|_| is_manifest) {
            Some(what) => refuse(&manifest, &summary, what),
            None => refuse(&summary, &manifest, what),
        };
    }
    match estimates.and_then(|third| third.unlike(&manifest).map(|what| (third, what))) {
        Some((third, what)) => refuse(&third, &manifest, what),
        None => Ok(()),
    }
}

/// `replications.csv`: a row a run, and the first row is the run that the summary tells of.
fn rows_of_runs(bytes: &[u8], estimates: &Value, summary: &Value) -> Result<(), String> {
    let odd = |what: String| Err(format!("`replications.csv` is of other runs: {what}; {REMEDY}"));
    let mut reader = csv::Reader::from_reader(bytes);
    let Ok(columns) = reader.headers().cloned() else { return Ok(()) };
    let Ok(rows) = reader.records().collect::<Result<Vec<_>, _>>() else { return Ok(()) };
    if let Some(wanted) = estimates["replications"].as_u64()
        && wanted != rows.len() as u64
    {
        return odd(format!("it has {} rows, and `estimates.json` tells of {wanted} runs", rows.len()));
    }
    let cell = |row: &csv::StringRecord, name: &str| {
        let place = columns.iter().position(|column| column == name)?;
        row.get(place)?.parse::<u64>().ok()
    };
    let seed = summary["scenario"]["seed"].as_u64();
    for row in &rows {
        if let (Some(found), Some(wanted)) = (cell(row, "seed"), seed)
            && found != wanted
        {
            return odd(format!("a row has the seed {found}, and `summary.json` has {wanted}"));
        }
    }
    let Some(first) = rows.first() else { return Ok(()) };
    for (service, of) in summary["services"].as_object().into_iter().flatten() {
        if let (Some(found), Some(wanted)) =
            (cell(first, &format!("{service}.offered")), of["requests"]["offered"].as_u64())
            && found != wanted
        {
            return odd(format!(
                "its first row was offered {found} requests, and `summary.json`, which is of that run, {wanted}"
            ));
        }
    }
    Ok(())
}

/// The rows of one service in a timeline.
#[derive(Clone, Copy, Debug, Default)]
struct Minutes {
    count: u64,
    /// When the second of them begins \[s\].
    second_s: Option<f64>,
}

impl Minutes {
    /// How many there have to be. Rows are minutes of the calendar: the first is shorter where the run begins within one.
    fn expected(self, horizon_s: f64) -> u64 {
        const MINUTE_S: f64 = 60.0;
        let first_s = self.second_s.unwrap_or(MINUTE_S).clamp(0.0, MINUTE_S);
        // Seconds are decimal here: a whole number of minutes may come out a little above itself.
        1 + whole(((horizon_s - first_s) / MINUTE_S - 1e-9).ceil().max(0.0))
    }
}

/// The length of a run as `summary.json` has it \[s\].
///
/// # Errors
/// A sentence: no run is so long.
pub fn checked_horizon(horizon_s: f64) -> Result<f64, String> {
    if horizon_s > 0.0 && horizon_s <= LONGEST_RUN_S as f64 {
        return Ok(horizon_s);
    }
    Err(format!(
        "`summary.json` is not what `windtunnel run` writes: its `horizon_s` is {horizon_s}, and a run lasts at most {LONGEST_RUN_S} s; \
         make the results again"
    ))
}

/// `timeline.csv`: a row a minute and service.
fn rows_of_minutes(bytes: &[u8], summary: &Value) -> Result<(), String> {
    let (Some(services), Some(horizon_s)) =
        (summary["services"].as_object(), summary["scenario"]["horizon_s"].as_f64())
    else {
        return Ok(());
    };
    checked_horizon(horizon_s)?;
    let odd =
        |what: String| Err(format!("`timeline.csv` is not the whole timeline of the run: {what}; {REMEDY}"));
    let mut reader = csv::Reader::from_reader(bytes);
    let columns = reader.headers().cloned().unwrap_or_default();
    let place = |wanted: &str| columns.iter().position(|name| name == wanted);
    let Some(service) = place("service") else { return odd("it has no column `service`".to_owned()) };
    let time = place("time_s");
    let mut rows: BTreeMap<String, Minutes> = BTreeMap::new();
    let mut row = csv::StringRecord::new();
    while let Ok(true) = reader.read_record(&mut row) {
        let minutes = rows.entry(row.get(service).unwrap_or_default().to_owned()).or_default();
        minutes.count += 1;
        if minutes.count == 2 {
            minutes.second_s = time.and_then(|time| row.get(time)?.parse().ok());
        }
    }
    for service in services.keys() {
        // A name that a spreadsheet would take for a formula has an apostrophe before it.
        let found = rows.remove(service).or_else(|| rows.remove(&format!("'{service}"))).unwrap_or_default();
        let (count, minutes) = (found.count, found.expected(horizon_s));
        if count != minutes {
            return odd(format!("it has {count} rows of `{service}`, and the run has {minutes} minutes"));
        }
    }
    match rows.keys().next() {
        Some(other) => odd(format!("`summary.json` knows no service `{other}`")),
        None => Ok(()),
    }
}

/// `decisions.csv` and `tasks.csv` have rows where the summary counts what they list.
fn rows_of_events(files: &FolderFiles<'_>, summary: &Value) -> Result<(), String> {
    let counts_any = |counts: [[&str; 2]; 2]| {
        let mut services = summary["services"].as_object().into_iter().flatten();
        let is_counted = |service: &Value| {
            counts.iter().any(|[table, key]| service[table][key].as_u64().is_some_and(|count| count > 0))
        };
        services.any(|(_, service)| is_counted(service))
    };
    let changes = counts_any([["scaling", "scale_out"], ["scaling", "scale_in"]]);
    let tasks = counts_any([["tasks", "started"], ["tasks", "running_max"]]);
    for (name, bytes, is_counted) in
        [("decisions.csv", files.decisions, changes), ("tasks.csv", files.tasks, tasks)]
    {
        let Some(bytes) = bytes.filter(|_| is_counted) else { continue };
        if csv::Reader::from_reader(bytes).records().next().is_none() {
            return Err(format!(
                "`{name}` is empty, and `summary.json` counts what it should list; {REMEDY}"
            ));
        }
    }
    Ok(())
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of minutes, which is never negative"
)]
fn whole(value: f64) -> u64 {
    value as u64
}
