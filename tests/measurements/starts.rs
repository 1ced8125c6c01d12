//! Start-up times that were published, against the distribution that the model draws from, and a mass launch.

use std::fmt::Write as _;

use crate::scenario::{load_text, valid};
use windtunnel::kernel::platform::TaskStage;
use windtunnel::kernel::scaling::aas::ScheduledPlan;
use windtunnel::kernel::simulation::Plan;
use windtunnel::kernel::units::SimTime;
use windtunnel::record::{TaskLifetime, record};

/// Tasks of one run, each started alone, and runs.
const TASKS: u64 = 250;
const RUNS: u64 = 4;

/// What was published: which task, the seconds from one stage to RUNNING, and the image.
struct Published {
    what: &'static str,
    /// Where the clock starts.
    from: TaskStage,
    seconds: f64,
    image: Image,
    /// Why a row may lie outside, as its source says it.
    special: Option<&'static str>,
}

/// How large the image is.
#[derive(Clone, Copy)]
enum Image {
    /// Stated [MiB].
    Stated(u32),
    /// Not stated, but how long its pull took [s].
    Pulled(f64),
    /// Neither: the default of the language.
    Unknown,
}

impl Image {
    /// Its size in the model [MiB]; a stated pull is taken at the default 50 MiB/s.
    fn mib(self) -> u32 {
        match self {
            Self::Stated(mib) => mib,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a few dozen seconds"
            )]
            Self::Pulled(seconds) => (seconds * 50.0).round() as u32,
            Self::Unknown => 150,
        }
    }
}

const fn row(what: &'static str, seconds: f64, image: Image) -> Published {
    Published { what, from: TaskStage::Provisioning, seconds, image, special: None }
}

/// Public samples of `describe-tasks`, of task state events and of what people measured. Created → RUNNING unless `from` says another
/// beginning.
const PUBLISHED: &[Published] = &[
    row("RunTask, us-east-1, 2020-08, 0.25/0.5", 31.1, Image::Pulled(7.0)),
    row("nginx service, eu-west-1, 2020-10, 0.5/1", 28.5, Image::Pulled(7.0)),
    row("aws-cli `describe-tasks` example, task 1", 27.86, Image::Pulled(3.878)),
    row("aws-cli `describe-tasks` example, task 2", 29.1, Image::Pulled(3.64)),
    row("Batch, us-east-1, 2022-11, 0.5/2", 27.4, Image::Pulled(9.9)),
    row("service, ap-northeast-2, 2022-08, 1/2", 56.6, Image::Pulled(21.0)),
    row("service, us-east-2, 2023-05, 0.25/0.5", 19.5, Image::Pulled(4.5)),
    row("AWS guide, `describe-tasks` sample", 23.735, Image::Pulled(8.0)),
    row("python image, us-east-1, 2026-09, first", 23.5, Image::Pulled(6.8)),
    row("python image, us-east-1, 2026-09, second", 26.5, Image::Pulled(6.7)),
    row("task state event, service scale-in", 60.152, Image::Pulled(24.741)),
    row("service, Tokyo, 2026-09, 1.86 GiB, 2/4 (70 to 81 s)", 75.5, Image::Stated(1_905)),
    row("RunTask, Tokyo, 2026-09, 1.86 GiB, 1/2", 51.0, Image::Stated(1_905)),
    row("RunTask, Tokyo, 2026-09, 1.86 GiB, 2/4", 56.4, Image::Stated(1_905)),
    row("2.7 GB image (drorspei.com, 2026-01)", 55.0, Image::Stated(2_575)),
    row("about 250 MB (aws/containers-roadmap#696, 2022-01)", 60.0, Image::Stated(238)),
    row("image inside the VPC, 20 to 40 s (aws/containers-roadmap#696)", 30.0, Image::Unknown),
    row("first containers of a mass launch (vladionescu.me, 2022)", 30.0, Image::Unknown),
    Published {
        what: "scheduled action of 0 to 1 task, StartTime to EndTime, 2021-08",
        from: TaskStage::Scheduled,
        seconds: 31.0,
        image: Image::Unknown,
        special: None,
    },
    Published {
        what: "PENDING to RUNNING, just under 900 MB (aws/containers-roadmap#696, 2020-02)",
        from: TaskStage::Pulling,
        seconds: 70.0,
        image: Image::Stated(858),
        special: None,
    },
    Published {
        what: "service, us-west-2, 2024-04, 1/2",
        from: TaskStage::Provisioning,
        seconds: 74.2,
        image: Image::Pulled(7.9),
        special: Some("waits for another container"),
    },
    Published {
        what: "task state event, 1/2",
        from: TaskStage::Provisioning,
        seconds: 38.25,
        image: Image::Pulled(10.189),
        special: Some("four containers"),
    },
    Published {
        what: "413 MB (elasticscale.com, 2024-04, 53 to 62 s)",
        from: TaskStage::Provisioning,
        seconds: 57.5,
        image: Image::Stated(394),
        special: Some("pull through a NAT instance"),
    },
];

/// A service without load whose minimum rises by one task every 200 s.
fn one_by_one(image_mib: u32) -> Plan {
    let text = format!(
        "schema = 1\nname = \"starts\"\nhorizon = \"{}s\"\n[service.s]\ntraffic = {{ shape = [{{ constant = {{ rate = 0.0 }} }}] }}\n\
         request = {{ cpu_time = \"5ms\" }}\ntask = {{ image_size = \"{image_mib}MiB\" }}\n[service.s.scaling]\nmin_capacity = 1\n\
         max_capacity = 400\n",
        200 * (TASKS + 1)
    );
    let mut plan = valid(load_text(&text, &[])).plan;
    plan.services[0].scaling.schedule.actions = (1..=TASKS)
        .map(|k| ScheduledPlan {
            name: format!("{k}"),
            min_capacity: Some(u32::try_from(k + 1).unwrap()),
            max_capacity: None,
            occurrences: vec![SimTime(200 * k * 1_000_000_000)],
        })
        .collect();
    plan
}

/// The lives of the tasks that started alone.
fn lives(image_mib: u32) -> Vec<TaskLifetime> {
    let plan = one_by_one(image_mib);
    (1..=RUNS)
        .flat_map(|seed| {
            record(&plan, seed, 0).unwrap().services.remove(0).task_lifetimes.into_iter().skip(1)
        })
        .collect()
}

/// Seconds from a stage to RUNNING, sorted.
fn to_running(lives: &[TaskLifetime], from: TaskStage) -> Vec<f64> {
    let seconds = |life: &TaskLifetime| {
        Some(life.came_to(TaskStage::Booting)?.as_secs_f64() - life.came_to(from)?.as_secs_f64())
    };
    let mut times: Vec<f64> = lives.iter().filter_map(seconds).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// The time below which that share of them lies.
fn quantile(times: &[f64], share: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let index = (share * (times.len() - 1) as f64).round() as usize;
    times[index]
}

#[test]
fn published_start_up_times_lie_within_the_model_and_the_table_of_them_is_up_to_date() {
    let mut table = String::from(
        "| task | published | image | model 2.5 % | median | 97.5 % | the row lies at | |\n|---|---:|---:|---:|---:|---:|---:|---|\n",
    );
    let (mut judged, mut within) = (0_u32, 0_u32);
    for row in PUBLISHED {
        let times = to_running(&lives(row.image.mib()), row.from);
        assert!(times.len() > 990, "{}", times.len());
        let (low, middle, high) = (quantile(&times, 0.025), quantile(&times, 0.5), quantile(&times, 0.975));
        let place = times.iter().filter(|time| **time < row.seconds).count() as f64 / times.len() as f64;
        let inside = (low..=high).contains(&row.seconds);
        if row.special.is_none() {
            judged += 1;
            within += u32::from(inside);
        }
        let image = match row.image {
            Image::Stated(mib) => format!("{mib} MiB"),
            Image::Pulled(seconds) => format!("pull {seconds:.1} s"),
            Image::Unknown => "not stated".to_owned(),
        };
        let note = row.special.unwrap_or(if inside { "" } else { "outside" });
        let _ = writeln!(
            table,
            "| {} | {:.1} s | {image} | {low:.1} s | {middle:.1} s | {high:.1} s | {:.0} % | {note} |",
            row.what,
            row.seconds,
            100.0 * place
        );
    }
    let _ = writeln!(
        table,
        "\n{within} of {judged} rows without a stated special cause lie within 2.5 % to 97.5 %."
    );
    // Four of five was the aim. The model is narrower than what was seen: one pull rate for every task, and a short tail of
    // container starts. docs/validation.md says so; a row that leaves the range is noticed here.
    assert!(within >= 14 && judged == 20, "{table}");
    crate::validation::section("starts", &table);
}

/// AWS's benchmark leaves 23 s from the trigger to ready capacity, with metrics of 60 and of 20 s alike
/// (`docs/aws/reaction-times.md#scale-out`).
#[test]
fn one_more_task_runs_twenty_three_seconds_after_the_decision_on_average() {
    let times = to_running(&lives(50), TaskStage::Scheduled);
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    assert!((mean / 23.0 - 1.0).abs() <= 0.20, "{mean}");
}

/// Seconds from the decision to start 3 500 tasks of five services to the last of them RUNNING.
fn mass_launch(efficiency: f64) -> f64 {
    let services: String = (0..5)
        .map(|k| {
            format!(
                "[service.s{k}]\ntraffic = {{ shape = [{{ constant = {{ rate = 0.0 }} }}] }}\nrequest = {{ cpu_time = \"5ms\" }}\n\
                 [service.s{k}.scaling]\nmin_capacity = 0\nmax_capacity = 1000\n"
            )
        })
        .collect();
    let text = format!(
        "schema = 1\nname = \"mass\"\nhorizon = \"20m\"\n[assumptions]\nlaunch_efficiency = {efficiency}\n{services}"
    );
    let mut plan = valid(load_text(&text, &[])).plan;
    for service in &mut plan.services {
        let occurrences = vec![SimTime(60_000_000_000)];
        service.scaling.schedule.actions = vec![ScheduledPlan {
            name: "all".to_owned(),
            min_capacity: Some(700),
            max_capacity: None,
            occurrences,
        }];
        service.scaling.schedule.jitter = windtunnel::kernel::units::SimDuration::ZERO;
    }
    let record = record(&plan, 1, 0).unwrap();
    let running: Vec<f64> = record
        .services
        .iter()
        .flat_map(|service| &service.task_lifetimes)
        .filter_map(|life| life.came_to(TaskStage::Booting))
        .map(|at| at.as_secs_f64() - 60.0)
        .collect();
    assert_eq!(running.len(), 3_500);
    running.iter().copied().fold(0.0, f64::max)
}

/// 3 500 tasks of five services ran after about 270 s (vladionescu.me, 2022).
#[test]
fn three_thousand_five_hundred_tasks_run_within_about_four_and_a_half_minutes() {
    let [half, usual, whole] = [0.5, 0.7, 1.0].map(mass_launch);
    assert!((usual / 270.0 - 1.0).abs() <= 0.15, "{usual}");
    assert!(half > usual && usual > whole, "{half} {usual} {whole}");
    // The documented refill alone is too soon: (3 500 − 100) ÷ 20 = 170 s and a start.
    assert!(whole < 0.85 * 270.0, "{whole}");
    let table = format!(
        "| `launch_efficiency` | 0.5 | 0.7 | 1 | published |\n|---|---:|---:|---:|---:|\n\
         | 3 500 tasks of five services running | {half:.0} s | {usual:.0} s | {whole:.0} s | about 270 s |\n"
    );
    crate::validation::section("mass launch", &table);
}
