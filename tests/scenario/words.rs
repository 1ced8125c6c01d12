//! What is said of what cannot be run: subjects that are not simulated, slips of notation, and the same thing many times.

use windtunnel::scenario::{CODES, explain, explain_topics, render};

use super::{MINIMAL, codes, load_text, valid};

/// What is simulated, by the words people use for it, with the key that turns it on.
const FEATURES: [(&str, &str); 24] = [
    ("killed", "service.<name>.task.out_of_memory"),
    ("out of memory", "service.<name>.task.out_of_memory"),
    ("memory leak", "service.<name>.task.memory_growth_per_hour"),
    ("retries", "service.<name>.request.retry"),
    ("classes of requests", "service.<name>.request.class"),
    ("slow start", "service.<name>.load_balancer.slow_start"),
    ("grace period", "service.<name>.load_balancer.health_check_grace_period"),
    ("container health check", "service.<name>.task.container_health_check"),
    ("least outstanding requests", "service.<name>.load_balancer.algorithm"),
    ("processor sharing", "service.<name>.task.cpu_discipline"),
    ("warm-up", "service.<name>.startup.warm_up"),
    ("crash loop", "fault.N.crash_loop"),
    ("zone outage", "fault.N.zone_outage"),
    ("zones", "service.<name>.availability_zones"),
    ("launch failure", "fault.N.launch_failure"),
    ("slow dependency", "fault.N.slow_dependency"),
    ("scheduled action", "service.<name>.scaling.scheduled"),
    ("step scaling", "service.<name>.scaling.step"),
    ("target tracking", "service.<name>.scaling.target_tracking"),
    ("suspension", "service.<name>.scaling.suspended"),
    ("high-resolution", "service.<name>.monitoring.cpu_utilization"),
    ("custom metric", "service.<name>.metric"),
    ("daylight saving", "timezone"),
    ("savings plan", "forecast"),
];

/// Sentences that say that something is not there.
fn denials(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace('\n', " ");
    let sentences = lower.split(['.', ';', ':', '|']).map(str::to_owned);
    let denies = |sentence: &String| {
        ["not simulated", "not modelled", "not built", "cannot simulate", "cannot be simulated"]
            .iter()
            .any(|words| sentence.contains(words))
    };
    sentences.filter(denies).collect()
}

#[test]
fn no_text_says_of_a_feature_that_it_is_not_there() {
    for (_, key) in FEATURES {
        let text = explain(key).unwrap_or_else(|| panic!("there is no key {key}"));
        let of_key = text.split(key).nth(1).unwrap_or(&text);
        assert!(!of_key.contains("Not built yet"), "{key}");
    }
    let mut texts: Vec<(String, String)> =
        explain_topics().into_iter().map(|topic| (topic.clone(), explain(&topic).unwrap())).collect();
    texts.extend(CODES.iter().map(|code| (code.code.to_owned(), code.explanation.to_owned())));
    let file = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        (name.to_owned(), std::fs::read_to_string(path).unwrap())
    };
    texts.extend(["README.md", "docs/model.md", "docs/scenario.md"].map(file));
    // A sentence as it once stood in the explanation of a code.
    assert!(
        denials("It runs. A real container would be killed, which is not simulated.")[0].contains("killed")
    );
    let mut denied = 0;
    for (topic, text) in texts {
        for sentence in denials(&text) {
            denied += 1;
            for (words, key) in FEATURES {
                assert!(!sentence.contains(words), "{topic} denies `{words}`, which is {key}: {sentence}");
            }
        }
    }
    assert!(denied > 10, "{denied} sentences");
}

#[test]
fn a_key_of_what_is_not_simulated_is_refused_by_its_name_with_what_to_do_instead() {
    let at = |table: &str, key: &str| {
        let loaded = load_text(&format!("{MINIMAL}\n[{table}]\n{key} = 1\n"), &[]);
        assert_eq!(codes(&loaded), ["WT010"], "{key}: {:?}", loaded.diagnostics);
        let found = &loaded.diagnostics[0];
        format!("{} / {}", found.message, found.help.as_deref().unwrap())
    };
    for (key, subject, topic) in [
        ("deployment", "Deployments are not simulated", "deployments"),
        ("capacity_provider", "EC2 instances and capacity providers", "ec2"),
        ("spot", "Fargate Spot is not simulated", "spot"),
        ("sqs", "Queues from which tasks take work", "queues"),
        ("queue", "Queues from which tasks take work", "queues"),
        ("session", "Sessions and connections", "sessions"),
        ("sticky", "Sessions and connections", "sessions"),
        ("lambda", "Lambda functions", "lambda"),
        ("sidecar", "Several containers of a task", "sidecar"),
        ("ec2", "EC2 instances", "ec2"),
        ("eks", "EKS clusters", "eks"),
        ("hpa", "Kubernetes", "kubernetes"),
    ] {
        let text = at("service.web.failure", key);
        assert!(text.starts_with(subject) && text.contains(&format!("explain {topic}")), "{text}");
        assert!(text.contains(&format!("service.web.failure.{key}")), "{text}");
    }
    // A slip of the finger is still one.
    let slip = load_text(&MINIMAL.replace("max_capacity", "max_capcity"), &[]);
    assert!(codes(&slip).contains(&"WT004"));
}

#[test]
fn explain_knows_what_is_not_simulated() {
    for topic in [
        "ec2",
        "eks",
        "kubernetes",
        "lambda",
        "spot",
        "savings plan",
        "savings plans",
        "deployments",
        "sessions",
        "websockets",
        "queues",
        "gpu",
        "windows",
        "multi-region",
        "database",
    ] {
        let text = explain(topic).unwrap_or_else(|| panic!("{topic}"));
        assert!(text.len() > 200 && text.contains("Instead: "), "{text}");
    }
}

#[test]
fn sizes_of_a_task_in_other_units_are_refused_with_the_numbers() {
    let fix = |overrides: &[&str]| {
        let loaded = load_text(MINIMAL, overrides);
        assert!(loaded.scenario.is_none(), "{overrides:?}");
        loaded.diagnostics[0].fix.clone().unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
    };
    assert_eq!(fix(&["service.web.task.memory=\"4GB\""]), "memory = 4096");
    assert_eq!(fix(&["service.web.task.memory=\"0.5 GB\""]), "memory = 512");
    assert_eq!(fix(&["service.web.task.cpu=\"1 vCPU\""]), "cpu = 1024");
    assert_eq!(fix(&["service.web.task.cpu=\".25 vCPU\""]), "cpu = 256");
    assert_eq!(fix(&["service.web.task.cpu=\"1024\""]), "write 1024 without quotes");
    let both = ["service.web.task.cpu=2", "service.web.task.memory=4096"];
    assert!(fix(&both).starts_with("cpu = 2048, memory = 4096"));
    let both = ["service.web.task.cpu=2", "service.web.task.memory=4"];
    assert!(fix(&both).starts_with("cpu = 2048, memory = 4096"));
    assert_eq!(fix(&["checks.availability=>= 99.9"]), "availability = \">= 99.9%\"");
    // Without the sign a share is at most 1, and is read as one.
    let share = valid(load_text(MINIMAL, &["checks.availability=>= 0.999"]));
    assert!((share.checks[0].limit - 0.999).abs() < 1e-12);
}

#[test]
fn a_newer_version_of_the_language_says_to_update_the_program() {
    let newer = load_text(&MINIMAL.replace("schema = 1", "schema = 2"), &[]);
    assert_eq!(codes(&newer), ["WT015"]);
    let help = newer.diagnostics[0].help.as_deref().unwrap();
    assert!(help.contains("update windtunnel"), "{help}");
    let none = load_text(&MINIMAL.replace("schema = 1", "schema = 0"), &[]);
    assert_eq!(none.diagnostics[0].fix.as_deref(), Some("schema = 1"));
}

#[test]
fn a_windows_path_in_double_quotes_says_how_to_write_it() {
    for path in [r"C:\data\x.csv", r"C:\Users\me\x.csv", r"data\new.csv"] {
        let text = MINIMAL
            .replace("shape = [{ constant = { rate = 5.0 } }]", &format!("trace = {{ file = \"{path}\" }}"));
        let loaded = load_text(&text, &[]);
        let first = &loaded.diagnostics[0];
        assert!(["WT001", "WT013"].contains(&first.code), "{path}: {first:?}");
        let help = first.help.as_deref().unwrap_or_else(|| panic!("{path}: {first:?}"));
        assert!(help.contains("backslash") && help.contains("single quotes"), "{help}");
    }
    let other = load_text("name = flash-sale", &[]);
    assert!(other.diagnostics.iter().all(|d| d.help.is_none()), "{:?}", other.diagnostics);
}

#[test]
fn the_same_error_many_times_is_shown_once_with_its_places() {
    let mut text = "schema = 1\nname = \"many\"\nhorizon = \"1h\"\n".to_owned();
    for i in 0..20 {
        text.push_str(&format!(
            "[service.s{i}]\ntraffic.shape = [{{ constant = {{ rate = 5.0 }} }}]\nrequest.cpu_time = \"20ms\"\ntask.cpu = \"1 \
             vCPU\"\nscaling.min_capacity = 2\nscaling.max_capacity = 4\n"
        ));
    }
    let loaded = load_text(&text, &[]);
    assert_eq!(loaded.diagnostics.len(), 20);
    let shown = render(&loaded.diagnostics, &loaded.sources, false);
    assert_eq!(shown.matches("error[WT006]").count(), 1, "{shown}");
    assert!(shown.contains("the same 19 times more: test.toml:13 (\"1 vCPU\")"), "{shown}");
    assert!(shown.contains("fix: cpu = 1024") && shown.contains("20 errors, 0 warnings"), "{shown}");
    // Three of a kind, and other fixes, are shown one by one.
    let three = load_text(&MINIMAL.replace("min_capacity", "min_capcity"), &["nam=1", "horizo=2"]);
    let shown = render(&three.diagnostics, &three.sources, false);
    assert_eq!(shown.matches("error[WT004]").count(), 3, "{shown}");
}
