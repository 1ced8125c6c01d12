//! The table of docs/validation.md: every report with what people saw, what the program says, and the test that holds it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use crate::program::{names, shipped};

/// A report: what it is about, its public source, what people saw, what the program says now, and the test.
struct Report(&'static str, &'static str, &'static str, &'static str, &'static str);

const REPORTS: &[Report] = &[
    Report(
        "scale-in step with the wrong bound",
        "bradford-hamilton/terraform-ecs-fargate#14",
        "stays at 6 although the low alarm is in ALARM; with an upper bound it scales in",
        "stays at 6 (`no_matching_step`), `WT114`; with an upper bound 3",
        "a_low_step_with_a_lower_bound_never_acts",
    ),
    Report(
        "minimum 0, CPU target, no visitors",
        "aws/copilot-cli#3054",
        "stays at one task",
        "one task, every request served; `WT117`",
        "a_quiet_service_with_a_minimum_of_zero_keeps_its_last_task",
    ),
    Report(
        "a step policy beside target tracking",
        "aws/containers-roadmap#2135",
        "out and in again within the scale-in cooldown",
        "the same; each scale-out says that it ends the cooldown",
        "a_scale_out_ends_the_scale_in_cooldown_of_the_other_policy",
    ),
    Report(
        "boot longer than the health checks, no grace period",
        "hackoregon/civic-devops#263, medplum/medplum#2330",
        "every new task is replaced before it serves; a grace period cures it",
        "no new task serves (`never_healthy`), `WT119`; with 120 s they do",
        "a_boot_longer_than_the_checks_never_serves_and_a_grace_period_cures_it",
    ),
    Report(
        "idle task and deregistration delay",
        "byu-oit/handel#500, seek-oss/skuba#310, aws/copilot-cli#2190",
        "drains for the whole 300 s",
        "300 s",
        "an_idle_task_drains_for_the_whole_deregistration_delay",
    ),
    Report(
        "sparse metric, missing data not breaching",
        "CMSgov/beneficiary-fhir-data#1943",
        "one busy minute scales out more than once",
        "+3 three times",
        "a_sparse_metric_keeps_its_alarm_and_one_busy_minute_acts_more_than_once",
    ),
    Report(
        "tasks that cannot start",
        "Bike4Mind/bike4mind#1956",
        "desired 1, running 0 for two weeks, no alarm",
        "the same; retries up to 27 min apart",
        "a_service_that_cannot_start_its_task_stays_at_none_for_weeks_and_no_alarm_fires",
    ),
    Report(
        "memory target below idle memory",
        "williamcoulter.me",
        "runs to its maximum whatever the load",
        "the maximum at 1 % CPU; `WT126`",
        "a_memory_target_below_idle_memory_grows_to_the_maximum",
    ),
    Report(
        "page cache and a memory target",
        "HHS/simpler-grants-gov#2966, #3044",
        "scales out after hours; not with a target of 99 %",
        "first scale-out after 3.5 h; none with 99 %",
        "memory_that_grows_with_uptime_scales_out_after_hours",
    ),
    Report(
        "load test 10, 100, 200 a second",
        "HHS/simpler-grants-gov#1884, #3027",
        "many errors until enough tasks run, none afterwards",
        "refusals in the first 20 min only; 16 to 18 tasks",
        "a_load_test_refuses_until_enough_tasks_run_and_then_holds",
    ),
    Report(
        "CPU and memory policy, steady load",
        "HHS/simpler-grants-gov#2966",
        "one scale-in a cooldown",
        "20 to 16, at least 300 s apart",
        "two_policies_never_scale_in_twice_within_a_cooldown",
    ),
    Report(
        "overload and health checks",
        "aws/containers-roadmap#480, #1271",
        "slow tasks are found unhealthy and replaced in the spike",
        "all four within a minute, each replaced",
        "an_overload_fails_health_checks_and_tasks_are_replaced_in_the_spike",
    ),
    Report(
        "queue worker",
        "aws/copilot-cli#3016, #3376",
        "new workers share the backlog",
        "not simulated: `WT122`, `WT117`; a queue as a key: `WT010`",
        "a_queue_worker_is_warned_about_and_a_queue_is_refused",
    ),
    Report(
        "target a second instead of a minute",
        "aws/aws-cdk#11446",
        "runs to its maximum",
        "120 proposed, the maximum of 50; `WT124`",
        "a_target_a_second_is_counted_a_minute_and_goes_to_the_maximum",
    ),
    Report(
        "one threshold for both directions",
        "aws/containers-roadmap#525",
        "never settles",
        "more than 40 changes in 3 h; `WT115`",
        "one_threshold_for_both_directions_never_settles",
    ),
    Report(
        "cooldowns of 0",
        "trade-tariff/trade-tariff-backend#3330",
        "flaps; less with 60 and 300 s",
        "the same; `WT105`",
        "cooldowns_of_zero_flap_more_than_those_they_were_changed_to",
    ),
    Report(
        "scale-out in a long scale-in cooldown",
        "aws/containers-roadmap#290",
        "is immediate",
        "two to seven minutes after the step, whatever that cooldown",
        "a_scale_in_cooldown_does_not_delay_a_scale_out",
    ),
    Report(
        "half of the launches fail for hours",
        "Fargate failure of 24 August 2022, a public thread",
        "running tasks fine, launches succeed after a few retries",
        "a scale-out is later by 20 to 300 s on average",
        "half_of_the_launches_failing_delays_a_scale_out_by_retries",
    ),
    Report(
        "scaling during a deployment",
        "aws/containers-roadmap#525, aws/amazon-ecs-agent#2125",
        "desired counts both deployments",
        "not simulated: `WT010`",
        "a_deployment_is_refused_by_name",
    ),
    Report(
        "scale in when no request came",
        "developmentseed/segment-anything-services#20",
        "does not scale in",
        "ALARM without a datapoint, `no_matching_step`; what AWS does with it is not published",
        "a_request_count_without_requests_never_scales_in",
    ),
    Report(
        "overlapping thresholds",
        "azavea/nyc-trees#1706",
        "swings",
        "swings between 2 and 8; `WT115`",
        "thresholds_that_overlap_swing_between_the_bounds",
    ),
    Report(
        "minimum raised for known peaks",
        "trade-tariff/trade-tariff-backend#3347, #3353",
        "one task more at its time, taken back by tracking",
        "within 20 s, and back within 20 min",
        "a_minimum_raised_for_known_peaks_acts_at_once_and_is_taken_back_by_tracking",
    ),
    Report(
        "cooldowns of 30 s, 0 to 100 tasks",
        "PRX/Infrastructure",
        "about six tasks at the peak",
        "1 to 8 tasks; `WT105`, `WT117`",
        "cooldowns_of_half_a_minute_do_not_swing_over_the_whole_range",
    ),
    Report(
        "three policies, steady load",
        "a service of aws/copilot-cli",
        "ten tasks to three, as with the CPU policy alone",
        "3, never below",
        "three_policies_go_no_further_than_the_one_that_needs_most",
    ),
    Report(
        "timeline: load test of five minutes",
        "write-up of an exam (task 52)",
        "2, 4, 3, 2 tasks",
        "mean error of the desired count at most 0.06",
        "timeline_1_a_load_test_of_five_minutes",
    ),
    Report(
        "timeline: three scale-ins of a step policy",
        "public activity log",
        "4, 3, 2, 1, six minutes apart",
        "mean error at most 0.05",
        "timeline_2_three_scale_ins_six_minutes_apart",
    ),
    Report(
        "timeline: out twice, in once at 1.1 % CPU",
        "public note on ECS auto scaling",
        "1, 2, 3, 2 tasks",
        "mean error at most 0.95; 3 to 2 and not to 1",
        "timeline_3_out_twice_and_in_once_at_one_percent",
    ),
    Report(
        "timeline: a hung task",
        "experiment on ECS, us-east-1, 2026",
        "a replacement serves after 52 to 81 s",
        "median between 52 and 78 s",
        "timeline_6_a_hung_task_is_replaced_within_a_minute_and_a_quarter",
    ),
];

#[test]
fn every_report_has_a_test_and_every_test_of_a_report_is_in_the_table() {
    let listed: BTreeSet<&str> = REPORTS.iter().map(|report| report.4).collect();
    assert_eq!(listed.len(), REPORTS.len(), "a report is listed twice");
    let mut known = BTreeSet::new();
    let own = ["table.rs", "loop_laws.rs"];
    for file in names(&shipped("tests/field")).iter().filter(|name| !own.contains(&name.as_str())) {
        let text = fs::read_to_string(shipped("tests/field").join(file)).unwrap();
        let tests =
            text.split("#[test]\n").skip(1).filter_map(|after| after.trim_start().strip_prefix("fn "));
        known.extend(tests.filter_map(|rest| rest.split('(').next()).map(str::to_owned));
    }
    assert_eq!(listed, known.iter().map(String::as_str).collect());
    let mut table = String::from(
        "| report | source | what people saw | what the program says | test |\n|---|---|---|---|---|\n",
    );
    for Report(what, source, seen, says, test) in REPORTS {
        let _ = writeln!(table, "| {what} | {source} | {seen} | {says} | `{test}` |");
    }
    crate::validation::section("reports", &table);
}
