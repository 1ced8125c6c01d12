//! The recipes of `docs/scale-out.md`, as their engines would run them: each line that names a shard is run with that
//! engine's own variables, and what is merged is what one machine makes.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{arguments, assert_same, home, results, sweep};
use crate::program::{finish, shipped, windtunnel};

/// An engine: the variables of its `index`-th of three jobs.
type Engine = (&'static str, fn(u32) -> Vec<(&'static str, String)>);

const ENGINES: [Engine; 4] = [
    ("AWS_BATCH_JOB_ARRAY_INDEX", |index| vec![("AWS_BATCH_JOB_ARRAY_INDEX", index.to_string())]),
    ("JOB_COMPLETION_INDEX", |index| vec![("JOB_COMPLETION_INDEX", index.to_string())]),
    ("SLURM_ARRAY_TASK_ID", |index| {
        vec![("SLURM_ARRAY_TASK_ID", (index + 1).to_string()), ("SLURM_ARRAY_TASK_COUNT", "3".to_owned())]
    }),
    ("HQ_TASK_ID", |index| vec![("HQ_TASK_ID", index.to_string())]),
];

/// The shard as the recipe of an engine writes it: what stands behind `--shard` on the line with its variable.
fn shard_of(text: &str, variable: &str) -> String {
    let line = text.lines().find(|line| line.contains("--shard") && line.contains(variable));
    let line = line.unwrap_or_else(|| panic!("no recipe uses {variable}"));
    let rest = line.split("--shard ").nth(1).unwrap();
    rest.split('"').nth(1).unwrap_or_else(|| panic!("the shard is quoted: {line}")).to_owned()
}

fn run_shard(home: &Path, shard: &str, out: &str, variables: Vec<(&'static str, String)>) {
    let more = arguments(out, &[]).iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let script = format!("exec \"$0\" {more} --shard \"{shard}\"");
    let mut command = Command::new("bash");
    command.current_dir(home).args(["-c", &script, env!("CARGO_BIN_EXE_windtunnel")]);
    command.env("SHARDS", "3").envs(variables);
    finish(&mut command).exits(0);
}

#[test]
fn every_engine_of_the_guide_gives_what_one_machine_gives() {
    let text = fs::read_to_string(shipped("docs/scale-out.md")).unwrap();
    let home = home();
    sweep(home.path(), "whole", &[]).exits(0);
    let expected = results(&home.path().join("whole"));
    for (variable, variables) in ENGINES {
        let shard = shard_of(&text, variable);
        let mut merge = vec!["merge".to_owned()];
        for index in 0..3 {
            let part = format!("{variable}-{index}");
            run_shard(home.path(), &shard, &part, variables(index));
            merge.push(part);
        }
        let out = format!("{variable}-merged");
        merge.extend(["--quiet".to_owned(), "--out".to_owned(), out.clone()]);
        windtunnel(home.path(), &merge).exits(0);
        assert_same(&home.path().join(out), &expected, variable);
    }
}
