//! Plausible scenarios, put together at random: everything that belongs together is there, so that most of them run. What
//! must hold of runs holds of them, and of pairs of them: the resolved plan runs alike, another service changes nothing,
//! prices scale the bill, a shorter run is the beginning of a longer one.

use windtunnel::record::RunRecord;
use windtunnel::scenario::Scenario;

use crate::random::Random;
use crate::scenarios::loaded;
use crate::{Fault, Outcome, runs};

fn law(random: &mut Random, low_ms: f64, high_ms: f64) -> String {
    let mean = random.magnitude(low_ms, high_ms);
    match random.below(7) {
        0 | 1 => format!("\"{mean:.3}ms\""),
        2 => format!("{{ exponential = {{ mean = \"{mean:.3}ms\" }} }}"),
        3 => {
            format!("{{ lognormal = {{ mean = \"{mean:.3}ms\", cv = {:.2} }} }}", random.magnitude(0.1, 3.0))
        }
        4 => format!("{{ gamma = {{ mean = \"{mean:.3}ms\", shape = {:.2} }} }}", random.magnitude(0.2, 9.0)),
        5 => format!(
            "{{ weibull = {{ shape = {:.2}, scale = \"{mean:.3}ms\" }} }}",
            random.magnitude(0.5, 4.0)
        ),
        _ => format!(
            "{{ lognormal = {{ median = \"{mean:.3}ms\", p95 = \"{:.3}ms\" }} }}",
            mean * random.magnitude(1.1, 8.0)
        ),
    }
}

fn shapes(random: &mut Random) -> String {
    let rate = random.magnitude(0.2, 12.0);
    let mut shapes = vec![format!("{{ constant = {{ rate = {rate:.3} }} }}")];
    for _ in 0..random.below(3) {
        let at = random.between(1, 20);
        shapes.push(match random.below(4) {
            0 => format!("{{ step = {{ at = \"{at}m\", rate = {:.3} }} }}", random.magnitude(0.1, 20.0)),
            1 => format!(
                "{{ spike = {{ at = \"{at}m\", factor = {:.2}, hold = \"{}m\" }} }}",
                random.magnitude(0.1, 6.0),
                random.between(1, 10)
            ),
            2 => format!(
                "{{ ramp = {{ start = \"{at}m\", end = \"{}m\", to = {:.2} }} }}",
                at + random.between(1, 9),
                random.magnitude(0.1, 9.0)
            ),
            _ => format!(
                "{{ diurnal = {{ mean = {rate:.3}, amplitude = {:.3}, peak_at = \"14:00\" }} }}",
                rate * 0.8
            ),
        });
    }
    shapes.join(", ")
}

fn policy(random: &mut Random, number: usize, is_balanced: bool) -> String {
    if random.once_in(2) {
        // One policy a metric, and a metric of the load balancer only where there is one.
        let (metric, target) = match number % if is_balanced { 3 } else { 2 } {
            0 => ("ECSServiceAverageCPUUtilization", random.magnitude(5.0, 95.0)),
            1 => ("ECSServiceAverageMemoryUtilization", random.magnitude(5.0, 95.0)),
            _ => ("ALBRequestCountPerTarget", random.magnitude(10.0, 500.0)),
        };
        let cooldowns = [0, 30, 60, 120, 300, 600];
        let (out, back) = (cooldowns[random.below(6)], cooldowns[random.below(6)]);
        return format!(
            "[service.S.scaling.target_tracking.p{number}]\nmetric = \"{metric}\"\ntarget_value = {target:.2}\n\
             scale_out_cooldown = \"{out}s\"\nscale_in_cooldown = \"{back}s\"\n"
        );
    }
    let (above, change) =
        if random.once_in(2) { (true, random.between(1, 4)) } else { (false, random.between(1, 3)) };
    let (comparison, bound, sign) = if above {
        ("GreaterThanOrEqualToThreshold", "lower", "")
    } else {
        ("LessThanOrEqualToThreshold", "upper", "-")
    };
    format!(
        "[service.S.scaling.step.p{number}]\nalarm = {{ metric = \"CPUUtilization\", evaluation_periods = {}, comparison = \
         \"{comparison}\", threshold = {:.1} }}\nadjustment_type = \"ChangeInCapacity\"\ncooldown = \"{}s\"\n\
         steps = [{{ {bound} = 0.0, adjustment = {sign}{change} }}]\n",
        random.between(1, 4),
        random.magnitude(1.0, 95.0),
        random.between(0, 300),
    )
}

fn service(random: &mut Random, name: &str) -> String {
    let mut text =
        format!("[service.S]\n[service.S.traffic]\nshape = [{}]\n[service.S.request]\n", shapes(random));
    text += &format!("cpu_time = {}\n", law(random, 1.0, 400.0));
    if random.once_in(2) {
        text += &format!("wait_time = {}\n", law(random, 1.0, 3_000.0));
    }
    if random.once_in(2) {
        text += &format!("timeout = \"{}ms\"\n", random.between(50, 60_000));
        if random.once_in(2) {
            text += "cancel_timed_out = true\n";
        }
        if random.once_in(2) {
            text += &format!(
                "[service.S.request.retry]\nmax_attempts = {}\nbackoff = \"{}ms\"\n",
                random.between(2, 5),
                random.between(50, 2_000)
            );
        }
    }
    let (cpu, memory) = random.pick(&[&(256, 512), &(512, 1_024), &(1_024, 2_048), &(2_048, 4_096)]);
    text += &format!("[service.S.task]\ncpu = {cpu}\nmemory = {memory}\n");
    if random.once_in(2) {
        text += &format!("concurrency = {}\n", random.between(1, 64));
        if random.once_in(2) {
            text += &format!("queue = {}\n", random.between(0, 200));
        }
    }
    if random.once_in(4) {
        text += "cpu_discipline = \"processor_sharing\"\n";
    }
    if random.once_in(4) {
        text += &format!(
            "base_memory = \"{}MiB\"\nmemory_per_request = \"{}MiB\"\n",
            memory / 3,
            random.between(1, 9)
        );
    }
    if random.once_in(2) {
        text += &format!("[service.S.startup]\napplication_boot = {}\n", law(random, 500.0, 60_000.0));
    }
    if random.below(3) > 0 {
        text += "[service.S.load_balancer]\n";
        if random.once_in(2) {
            let algorithm = random.pick(&["round_robin", "least_outstanding_requests", "weighted_random"]);
            text += &format!("algorithm = \"{algorithm}\"\n");
        }
        text += &format!(
            "deregistration_delay = \"{}s\"\nhealth_check_grace_period = \"{}s\"\n",
            random.between(0, 300),
            random.between(0, 180)
        );
    }
    if random.once_in(6) {
        text += &format!(
            "[service.S.failure]\ntime_to_crash = {{ exponential = {{ mean = \"{}m\" }} }}\n",
            random.between(3, 300)
        );
    }
    let (least, most) = (random.between(0, 4), random.between(4, 30));
    text += &format!(
        "[service.S.scaling]\nmin_capacity = {least}\nmax_capacity = {most}\ndesired_count = {}\n",
        random.between(least, most)
    );
    let is_balanced = text.contains("load_balancer");
    for number in 0..random.below(if is_balanced { 4 } else { 3 }) {
        text += &policy(random, number, is_balanced);
    }
    text.replace("service.S", &format!("service.{name}"))
}

fn head(random: &mut Random, minutes: u64) -> String {
    let mut text =
        format!("schema = 1\nname = \"plan\"\nhorizon = \"{minutes}m\"\nseed = {}\n", random.below(1_000));
    if random.once_in(4) {
        text += "fidelity = \"auto\"\n";
    }
    if random.once_in(4) {
        text += &format!(
            "start = \"2026-{:02}-{:02}T{:02}:{:02}:{:02}Z\"\n",
            random.between(1, 12),
            random.between(1, 28),
            random.between(0, 23),
            random.between(0, 59),
            random.between(0, 59)
        );
    }
    text += "[checks]\navailability = \">= 50%\"\n";
    if random.once_in(2) {
        let choice = random.pick(&[
            "tt_scale_in_mode = \"proportional_ceil\"",
            "cooldown_credit = \"subtract_added\"",
            "alarm_reinvoke = \"120s\"",
            "tt_datapoints = \"alarm_window\"",
            "metric_counts_draining = false",
            "task_stop_seconds = \"200s\"",
        ]);
        text += &format!("[assumptions]\n{choice}\n");
    }
    text
}

fn run(text: &str, settings: &[&str]) -> Result<Option<(Scenario, RunRecord)>, String> {
    let settings: Vec<String> = settings.iter().map(|text| (*text).to_owned()).collect();
    let Some(scenario) = loaded(text, &settings).scenario else { return Ok(None) };
    Ok(runs::record(&scenario)?.map(|record| (scenario, record)))
}

/// Whether two runs of services are the same in everything that a user sees.
fn same(a: &RunRecord, b: &RunRecord, services: usize) -> bool {
    let pairs = a.services.iter().zip(&b.services).take(services);
    pairs.into_iter().all(|(a, b)| {
        a.requests == b.requests
            && a.timeline == b.timeline
            && a.decisions == b.decisions
            && a.invoice == b.invoice
    })
}

/// What pairs of runs have in common.
fn relations(text: &str, minutes: u64, which: usize) -> Result<(), String> {
    let Some((scenario, record)) = run(text, &[])? else { return Ok(()) };
    let services = record.services.len();
    match which {
        0 => {
            let Some((_, again)) = run(&scenario.resolved_toml, &[])? else {
                return Err("its resolved plan is no scenario".to_owned());
            };
            if again.fingerprint != record.fingerprint {
                return Err("its resolved plan gives another run".to_owned());
            }
        }
        1 => {
            // A service without requests, last by name, whose tasks are never replaced.
            let more = format!(
                "{text}[service.zz.traffic]\nshape = [{{ constant = {{ rate = 0.0 }} }}]\n[service.zz.request]\ncpu_time = \"1ms\"\n[service.zz.scaling]\nmin_capacity = 0\nmax_capacity = 1\ndesired_count = 0\n"
            );
            if let Some((_, with)) = run(&more, &[])?
                && !same(&record, &with, services)
            {
                return Err("a service that does nothing changes the others".to_owned());
            }
        }
        2 => {
            let longer = format!("horizon={}m", minutes + 7);
            if let Some((_, long)) = run(text, &[&longer])? {
                for (short, long) in record.services.iter().zip(&long.services) {
                    let rows = short.timeline.len().saturating_sub(1);
                    let differ = short.timeline.iter().zip(&long.timeline).take(rows).find(|(a, b)| {
                        a.offered != b.offered || a.desired != b.desired || a.running != b.running
                    });
                    if let Some((a, _)) = differ {
                        return Err(format!(
                            "a longer run is another one from {} s on",
                            a.start.as_secs_f64()
                        ));
                    }
                }
            }
        }
        _ => {
            let again = runs::record(&scenario)?;
            if again.is_some_and(|again| again.fingerprint != record.fingerprint) {
                return Err("the same plan gave another run".to_owned());
            }
        }
    }
    Ok(())
}

pub(crate) fn case(random: &mut Random) -> Outcome {
    let minutes = random.between(2, 40);
    let mut text = head(random, minutes);
    for name in ["a", "b", "c"].iter().take(1 + random.below(5) / 2) {
        text += &service(random, name);
    }
    random.note(text.clone());
    let which = random.below(16);
    let told = crate::scenarios::tried(&text, &[], true)
        .and_then(|word| if which < 4 { relations(&text, minutes, which).map(|()| word) } else { Ok(word) });
    told.map_err(|what| Fault::new(what, text))
}
