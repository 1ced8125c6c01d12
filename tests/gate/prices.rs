//! Prices that are missing: no gate opens on half a bill, whatever the format, and no comparison is made of two halves.

use std::path::Path;

use serde_json::Value;

use crate::cli::folder;
use crate::program::windtunnel;

/// A task behind a load balancer, which has no price in eu-south-1.
const GAP: &str = "schema = 1\nname = \"gap\"\nregion = \"eu-south-1\"\nhorizon = \"24h\"\nfidelity = \"fluid\"\n\
    [service.web.traffic]\nshape = [{ constant = { rate = 5.0 } }]\n\
    [service.web.request]\ncpu_time = \"1ms\"\n\
    [service.web.task]\ncpu = 256\nmemory = 512\n[service.web.load_balancer]\n\
    [service.web.scaling]\nmin_capacity = 1\nmax_capacity = 2\n\
    [checks]\n";
const WORDS: &str = "without alb_hour, alb_lcu in eu-south-1";
const DAY: &str = "if every day were like this one";

fn with(checks: &str) -> tempfile::TempDir {
    let gap = format!("{GAP}{checks}");
    let whole = gap.replace("eu-south-1", "eu-west-1");
    folder(&[("gap.toml", gap.as_bytes()), ("whole.toml", whole.as_bytes())])
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn a_check_of_a_cost_without_a_price_opens_no_gate_in_any_format() {
    let folder =
        with("cost_per_month = \"< 20 USD\"\ncost = \"< 2 USD\"\ncost_per_million_requests = \"< 9 USD\"\n");
    for format in ["text", "json", "junit", "github", "markdown"] {
        let ran = windtunnel(folder.path(), &["check", "gap.toml", "--quiet", "--format", format]).exits(4);
        // Markdown escapes underscores.
        let said = ran.stdout.replace('\\', "");
        assert!(
            said.contains("inconclusive") && said.contains(WORDS) && said.contains(DAY),
            "{format}: {said}"
        );
    }
    // The same with the balancer priced by the scenario, and with a region that has its price.
    let prices = ["--set", "prices.alb_hour=\"0.0252\"", "--set", "prices.alb_lcu=\"0.008\""];
    let ran = windtunnel(folder.path(), &[&["check", "gap.toml", "--quiet"][..], &prices].concat());
    assert!(!ran.stdout.contains("without") && ran.code == Some(1), "{}", ran.stdout);
    let whole = windtunnel(folder.path(), &["check", "whole.toml", "--quiet"]).exits(1).stdout;
    assert!(whole.contains("FAIL     cost_per_month < 20 USD") && !whole.contains("inconclusive"), "{whole}");
}

#[test]
fn only_a_limit_from_above_that_the_priced_part_breaks_alone_fails() {
    for (check, status) in [
        ("cost_per_month = \"< 20 USD\"", "inconclusive"),
        ("cost_per_month = \"< 5 USD\"", "fail"),
        ("cost_per_month = \"<= 5 USD\"", "fail"),
        // More may have to be paid than what has a price, so that neither of these is known.
        ("cost_per_month = \"> 5 USD\"", "inconclusive"),
        ("cost_per_month = \"> 20 USD\"", "inconclusive"),
        ("availability = \">= 99%\"", "pass"),
    ] {
        let folder = with(&format!("{check}\n"));
        let ran = windtunnel(folder.path(), &["check", "gap.toml", "--quiet", "--format", "json"]);
        assert_eq!(ran.json()["checks"][0]["status"], status, "{check}");
        let code =
            [("pass", 0), ("fail", 1), ("inconclusive", 4)].into_iter().find(|(word, _)| *word == status);
        assert_eq!(ran.code, code.map(|(_, code)| code), "{check}");
        // The run itself and its folder say the same.
        windtunnel(folder.path(), &["run", "gap.toml", "--quiet", "--out", "kept"]);
        let kept = windtunnel(folder.path(), &["check", "kept", "--quiet", "--format", "json"]);
        assert_eq!((&kept.json()["checks"][0]["status"], kept.code), (&status.into(), ran.code), "{check}");
    }
}

#[test]
fn every_total_that_is_written_names_what_it_lacks() {
    let folder = with("cost_per_month = \"< 20 USD\"\n");
    let table = windtunnel(folder.path(), &["run", "gap.toml", "--quiet", "--out", "run"]).exits(4).stdout;
    let joined = table.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        format!("a million served requests ({WORDS})"),
        format!("({DAY}; {WORDS})"),
        format!("Total 0.59 {WORDS} not priced"),
    ] {
        assert!(joined.contains(&words), "{words}: {table}");
    }
    let summary: Value = serde_json::from_str(&read(folder.path(), "run/summary.json")).unwrap();
    for cost in [&summary["cost"], &summary["services"]["web"]["cost"]] {
        assert_eq!(cost["unpriced"], serde_json::json!(["alb_hour", "alb_lcu"]));
    }
    // The addresses of a balancer have a price where its hour has none: 2 × 24 h × 0.005.
    let addresses = &summary["services"]["web"]["cost"]["lines"][2];
    assert_eq!((&addresses["item"], &addresses["amount_usd"]), (&"public_ipv4".into(), &"0.24".into()));
    let page = read(folder.path(), "run/report.html");
    assert!(page.matches(WORDS).count() >= 4 && page.contains(DAY), "{}", page.matches(WORDS).count());
    let axis = "service.web.scaling.min_capacity=1,2";
    let commands: [(&[&str], &str); 4] = [
        (&["run", "gap.toml", "--replications", "2"], "estimates.json"),
        (&["sweep", "gap.toml", "--axis", axis], "summary.json"),
        (&["optimize", "gap.toml", "--axis", axis], "optimization.json"),
        (&["forecast", "gap.toml", "--months", "1", "--replications", "2"], "forecast.json"),
    ];
    for (command, file) in commands {
        let arguments = [command, &["--quiet", "--out", "out"]].concat();
        let _ = std::fs::remove_dir_all(folder.path().join("out"));
        let ran = windtunnel(folder.path(), &arguments);
        let joined = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(joined.contains(WORDS), "{command:?}: {}", ran.stdout);
        let json: Value = serde_json::from_str(&read(folder.path(), &format!("out/{file}"))).unwrap();
        assert_eq!(json["unpriced"], serde_json::json!(["alb_hour", "alb_lcu"]), "{command:?}");
        let page = read(folder.path(), "out/report.html");
        assert!(page.contains(WORDS), "{command:?}");
        // A forecast has whole months, and scales none.
        assert_eq!(page.contains(DAY), command[0] != "forecast", "{command:?}");
    }
}

#[test]
fn bills_with_other_lines_are_not_compared() {
    let folder = with("cost_change = \"<= 5%\"\n");
    let check = ["check", "gap.toml", "--baseline", "whole.toml", "--quiet", "--format", "json"];
    let judged = windtunnel(folder.path(), &check).exits(4).json();
    let outcome = &judged["checks"][0];
    assert_eq!((&outcome["status"], &outcome["value"]), (&"inconclusive".into(), &"not comparable".into()));
    assert!(outcome["estimate"].is_null() && outcome["note"].as_str().unwrap().contains(WORDS), "{outcome}");
    // Both lack the same, so there is a difference; nobody knows whether it is that of the whole bill.
    let same = ["check", "gap.toml", "--baseline", "gap.toml", "--quiet", "--format", "json"];
    let same = windtunnel(folder.path(), &same).exits(4).json();
    assert_eq!(
        (&same["checks"][0]["status"], &same["checks"][0]["value"]),
        (&"inconclusive".into(), &"0 %".into())
    );

    let few = ["--replications", "2", "--quiet"];
    let diff = [&["diff", "whole.toml", "gap.toml"][..], &few].concat();
    let text = windtunnel(folder.path(), &diff).stdout;
    assert!(text.contains("Cost is not compared") && text.contains("not comparable"), "{text}");
    let json = windtunnel(folder.path(), &[&diff[..], &["--format", "json"]].concat()).json();
    assert!(json["figures"]["cost_per_month_usd"]["difference"].is_null());
    assert!(json["bill_not_comparable"].as_str().unwrap().contains(WORDS));
    assert!(!json["figures"]["web.response_time_p99_ms"]["difference"].is_null());

    let compare = [&["compare", "whole.toml", "gap.toml", "--out", "out"][..], &few].concat();
    let text = windtunnel(folder.path(), &compare).stdout;
    assert!(
        text.contains("its cost a month is not compared") && text.contains("None is called the cheapest"),
        "{text}"
    );
    let json: Value = serde_json::from_str(&read(folder.path(), "out/comparison.json")).unwrap();
    assert!(json["cheapest_that_passes"].is_null());
    let cost = &json["variants"][1]["figures"]["cost_per_month_usd"];
    assert!(cost.get("difference").is_none() && !cost["value"].is_null(), "{cost}");
    let page = read(folder.path(), "out/report.html");
    assert!(page.contains("not comparable") && page.contains("the bills do not have the same lines"));

    // A sweep and a search do not run what they cannot compare.
    let axes = ["--axis", "region=eu-south-1,eu-west-1"];
    let sweep = [&["sweep", "gap.toml", "--out", "sweep"][..], &axes, &["--quiet"]].concat();
    let text = windtunnel(folder.path(), &sweep).stdout;
    assert!(text.contains("1 run failed;") && text.contains("it is not comparable"), "{text}");
}
