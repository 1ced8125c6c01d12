//! Files of results, damaged: the page, the story and the verdicts are made of them, or a sentence says why not.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use windtunnel::report::experiment_page;
use windtunnel::results::{FolderKind, Manifest};

use crate::random::{Random, damage};
use crate::{Fault, Outcome, runs};

pub(crate) const SMALL: &str = "schema = 1\nname = \"small\"\nhorizon = \"30m\"\n[service.web.traffic]\nshape = [{ constant = { rate = 6.0 } \
    }, { spike = { at = \"8m\", factor = 6.0, hold = \"9m\" } }]\n[service.web.request]\ncpu_time = \"60ms\"\ntimeout = \"5s\"\n\
    [service.web.load_balancer]\n[service.web.scaling]\nmin_capacity = 1\nmax_capacity = 6\n\
    [service.web.scaling.target_tracking.cpu]\nmetric = \"ECSServiceAverageCPUUtilization\"\ntarget_value = 50.0\n[checks]\n\
    p95_response_time = \"< 1s\"\nminutes_over_limit = \"<= 5 with p99_response_time > 500ms\"\ncost = \"< 1 USD\"\n";

/// The program, with nothing on its streams.
pub(crate) fn windtunnel(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_windtunnel"));
    command
        .current_dir(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

type Contents = BTreeMap<String, Vec<u8>>;

fn contents(folder: &Path) -> Contents {
    let entries =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    entries.map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect()
}

/// The files of a folder of each kind, as the program writes them.
fn folders() -> &'static [Contents] {
    static FOLDERS: OnceLock<Vec<Contents>> = OnceLock::new();
    FOLDERS.get_or_init(|| {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("small.toml"), SMALL).unwrap();
        let axis = "service.web.scaling.max_capacity=3,4";
        let commands: [&[&str]; 5] = [
            &["run", "small.toml", "--replications", "3"],
            &[
                "compare",
                "small.toml",
                "--variant",
                "x: service.web.scaling.max_capacity=3",
                "--replications",
                "3",
            ],
            &["sweep", "small.toml", "--axis", axis, "--replications", "2"],
            &["optimize", "small.toml", "--axis", axis],
            &["forecast", "small.toml", "--months", "2", "--replications", "2"],
        ];
        let made = commands.iter().map(|arguments| {
            windtunnel(home.path(), &[arguments, &["--out", arguments[0], "-q"][..]].concat())
                .status()
                .unwrap();
            contents(&home.path().join(arguments[0]))
        });
        made.collect()
    })
}

fn is_read(name: &str) -> bool {
    name != "manifest.json" && [".json", ".csv", ".toml", ".tf"].iter().any(|ending| name.ends_with(ending))
}

pub(crate) fn case(random: &mut Random) -> Outcome {
    let folders = folders();
    // Most of what is read is a run's.
    let mut files = folders[random.below(folders.len() * 2).saturating_sub(folders.len())].clone();
    let names: Vec<String> = files.keys().filter(|name| is_read(name)).cloned().collect();
    let mut damaged = Vec::new();
    for _ in 0..random.between(1, 3) {
        let name = &names[random.below(names.len())];
        damaged.push(name.clone());
        if let Some(content) = files.get_mut(name) {
            damage(content, random);
        }
    }
    let shown: Vec<String> = damaged
        .iter()
        .map(|name| {
            format!(
                "--- {name}\n{}",
                String::from_utf8_lossy(files[name].get(..3_000).unwrap_or(&files[name]))
            )
        })
        .collect();
    random.note(shown.join("\n"));
    let manifest =
        Manifest::read(&files["manifest.json"]).map_err(|_| Fault::new("a manifest cannot be read", ""))?;
    let read = match manifest.command {
        FolderKind::Run => {
            let at = random.pick(&["10m", "00:12", "25m", "0s"]);
            runs::read(&files, Some(at))
        }
        _ => experiment_page(&manifest, &mut |name| {
            let content = files.get(name).ok_or_else(|| format!("`{name}`: no such file"))?;
            Ok(Box::new(Cursor::new(content.clone())) as Box<dyn Read>)
        })
        .map(|_| ()),
    };
    match read {
        Ok(()) => Ok("read".to_owned()),
        Err(message) if message.len() < 4_000 && !message.contains('\u{1b}') => Ok(message),
        Err(message) => {
            Err(Fault::new(format!("a message of {} characters", message.len()), random.last_input()))
        }
    }
}
