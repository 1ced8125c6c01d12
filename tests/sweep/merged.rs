//! Shards: whatever their number, what is merged of them is what one machine makes; and parts that do not fit are named.

use super::{assert_same, home, results, sweep};
use crate::program::windtunnel;

#[test]
fn any_number_of_shards_merges_to_the_same_bytes() {
    let home = home();
    sweep(home.path(), "whole", &[]).exits(0);
    let expected = results(&home.path().join("whole"));
    for count in [1, 2, 3, 7] {
        let mut merge = vec!["merge".to_owned()];
        // In any order: the last shard first.
        for index in (1..=count).rev() {
            let (part, shard) = (format!("part-{index}-{count}"), format!("{index}/{count}"));
            sweep(home.path(), &part, &["--shard", &shard]).exits(0);
            merge.push(part);
        }
        let out = format!("merged-{count}");
        merge.extend(["--quiet", "--out", &out].map(str::to_owned));
        windtunnel(home.path(), &merge).exits(0);
        assert_same(&home.path().join(&out), &expected, &format!("{count} shards"));
    }
}

#[test]
fn more_shards_than_cells_do_no_harm() {
    let home = home();
    let cells = ["sweep", "small.toml", "--axis", "seed=1,2", "--quiet"];
    let run = |more: &[&str]| windtunnel(home.path(), &[&cells[..], more].concat()).exits(0);
    run(&["--out", "whole"]);
    for index in ["1", "2", "3"] {
        run(&["--shard", &format!("{index}/3"), "--out", index]);
    }
    windtunnel(home.path(), &["merge", "1", "2", "3", "--out", "merged"]).exits(0);
    assert_same(&home.path().join("merged"), &results(&home.path().join("whole")), "two cells, three shards");
}

#[test]
fn parts_that_are_missing_there_twice_or_foreign_are_named() {
    let home = home();
    for (out, more) in [
        ("one", vec!["--shard", "1/3"]),
        ("two", vec!["--shard", "2/3"]),
        ("again", vec!["--shard", "2/3"]),
        ("three", vec!["--shard", "3/3"]),
        ("seed", vec!["--shard", "3/3", "--seed", "9"]),
        ("half", vec!["--shard", "1/2"]),
    ] {
        sweep(home.path(), out, &more).exits(0);
    }
    let merge = |parts: &[&str], code: i32| {
        let arguments = [&["merge"][..], parts, &["--quiet", "--out", "merged"]].concat();
        windtunnel(home.path(), &arguments).exits(code)
    };
    for (parts, said) in [
        (vec!["one", "three"], "shard 2/3 is missing"),
        (vec!["one", "two", "again", "three"], "shard 2/3 is there more than once: `two`, `again`"),
        (vec!["one", "one", "two", "three"], "`one` is given twice"),
        (vec!["one", "two", "seed"], "`seed` belongs to another sweep than `one`: it differs in the seed"),
        (vec!["one", "half"], "`half` is shard 1/2, but `one` is 1/3"),
        (vec!["one", "nowhere"], "nowhere"),
        (vec!["nowhere"], "nowhere"),
    ] {
        let ran = merge(&parts, 2);
        assert!(ran.stderr.contains(said), "{parts:?}: {}", ran.stderr);
        assert!(!home.path().join("merged").exists());
    }
    let ran = merge(&["one", "three", "--allow-missing"], 0);
    assert!(ran.stdout.contains("24 of 36 runs are there, 12 are missing"), "{}", ran.stdout);
    let summary = std::fs::read_to_string(home.path().join("merged/summary.json")).unwrap();
    assert!(summary.contains("\"partial\": true"));
    let picture = std::fs::read_to_string(home.path().join("merged/pareto.svg")).unwrap();
    assert!(picture.contains("partial 24/36"));
}

#[test]
fn a_merge_leaves_another_sweep_alone_and_no_picture_of_an_older_merge() {
    let home = home();
    let line = ["sweep", "small.toml", "--axis", "seed=1,2", "--quiet", "--out", "line"];
    windtunnel(home.path(), &line).exits(0);
    sweep(home.path(), "whole", &[]).exits(0);
    let kept = results(&home.path().join("line"));
    let refused = windtunnel(home.path(), &["merge", "whole", "--out", "line"]).exits(2);
    assert!(refused.stderr.contains("`line` holds another sweep"), "{}", refused.stderr);
    assert_same(&home.path().join("line"), &kept, "refused");
    // One axis has lines, two have a heat map.
    windtunnel(home.path(), &["merge", "line", "--quiet", "--out", "merged"]).exits(0);
    assert!(home.path().join("merged/lines.png").exists());
    windtunnel(home.path(), &["merge", "whole", "--quiet", "--out", "merged"]).exits(0);
    assert_same(&home.path().join("merged"), &results(&home.path().join("whole")), "an older merge");
}
