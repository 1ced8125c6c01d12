//! The conformance table of docs/validation.md: which case of docs/aws is held by which test. The table is made from one list
//! here; every test it names must exist in the sources, and every case of docs/aws must be in it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::example::NoFiles;
use crate::program::shipped;
use crate::scenario::MINIMAL;
use windtunnel::scenario::{Source, load};

/// A case: its name, the page and heading of docs/aws where it stands (or `oracle`: a table of its own in the tests), what is
/// checked, and the test.
struct Case(&'static str, &'static str, &'static str, &'static str);

const CASES: &[Case] = &[
    Case(
        "S1",
        "step-scaling.md#worked-examples",
        "the walk of the user guide: 10, 11, 14, 13, 10",
        "case_s1_the_walk_of_the_user_guide",
    ),
    Case(
        "S2",
        "step-scaling.md#worked-examples",
        "three steps above 70 at their bounds",
        "case_s2_three_steps_above_seventy",
    ),
    Case(
        "S3",
        "step-scaling.md#worked-examples",
        "the three adjustment types",
        "case_s3_the_three_adjustment_types",
    ),
    Case(
        "S4",
        "step-scaling.md#worked-examples",
        "bounds are inclusive towards the threshold",
        "case_s4_bounds_are_inclusive_towards_the_threshold",
    ),
    Case(
        "S5",
        "step-scaling.md#worked-examples",
        "25 % of 4 with a magnitude of 2 is 2",
        "case_s5_a_minimum_magnitude_raises_one_task_to_two",
    ),
    Case(
        "S6",
        "step-scaling.md#worked-examples",
        "+3 within the cooldown of +2 adds one",
        "case_s6_a_larger_step_within_the_cooldown_adds_only_the_difference",
    ),
    Case(
        "S7",
        "step-scaling.md#worked-examples",
        "+3 and +200 % of 10: 30",
        "case_s7_the_larger_of_two_policies_wins",
    ),
    Case(
        "S8",
        "step-scaling.md#worked-examples",
        "+200 % of 1: 3",
        "case_s8_two_hundred_percent_of_one_are_two_more",
    ),
    Case("S9", "step-scaling.md#worked-examples", "−50 % of 3: 2", "case_s9_half_of_three_is_one"),
    Case(
        "S10",
        "step-scaling.md#worked-examples",
        "no compounding, credit, a full step at the end",
        "case_s10_no_compounding_then_credit_then_a_full_step_at_the_end_of_the_cooldown",
    ),
    Case(
        "S11",
        "step-scaling.md#worked-examples",
        "a deployment blocks scale-in only",
        "case_s11_a_deployment_blocks_scale_in_only",
    ),
    Case("T1", "step-scaling.md#worked-examples", "the ceil rule, both directions", "case_t1_the_ceil_rule"),
    Case(
        "T2",
        "step-scaling.md#worked-examples",
        "the low alarm is strict",
        "case_t2_the_low_alarm_is_strict",
    ),
    Case(
        "T3",
        "step-scaling.md#worked-examples",
        "predictive scaling: not built, refused with `WT010`",
        "case_t3_predictive_scaling_is_refused_in_words",
    ),
    Case(
        "missing data 3 of 3, `0-X-X`",
        "alarms.md#missing-data",
        "four ways to treat missing data",
        "missing_data_row_1_of_3_of_3",
    ),
    Case(
        "missing data 3 of 3, `0----`",
        "alarms.md#missing-data",
        "the same",
        "missing_data_row_2_of_3_of_3",
    ),
    Case(
        "missing data 3 of 3, `-----`",
        "alarms.md#missing-data",
        "the same",
        "missing_data_row_3_of_3_of_3",
    ),
    Case(
        "missing data 3 of 3, `0XX-X`",
        "alarms.md#missing-data",
        "the same",
        "missing_data_row_4_of_3_of_3",
    ),
    Case(
        "missing data 3 of 3, `--X--`",
        "alarms.md#missing-data",
        "the same",
        "missing_data_row_5_of_3_of_3",
    ),
    Case(
        "missing data 2 of 3, `0-X-X`",
        "alarms.md#missing-data",
        "the same",
        "missing_data_row_1_of_2_of_3",
    ),
    Case(
        "missing data 2 of 3, `00X0X`",
        "alarms.md#missing-data",
        "the same",
        "missing_data_row_2_of_2_of_3",
    ),
    Case(
        "missing data 2 of 3, `0-X--`",
        "alarms.md#missing-data",
        "the same",
        "missing_data_row_3_of_2_of_3",
    ),
    Case(
        "missing data 2 of 3, `----0`",
        "alarms.md#missing-data",
        "the same",
        "missing_data_row_4_of_2_of_3",
    ),
    Case(
        "missing data 2 of 3, `---X-`",
        "alarms.md#missing-data",
        "the same",
        "missing_data_row_5_of_2_of_3",
    ),
    Case(
        "premature alarms",
        "alarms.md#premature-alarms",
        "`----X` and `---X-` do not alarm, `--X--` does",
        "the_premature_alarm_rule",
    ),
    Case(
        "few samples of a percentile",
        "alarms.md#percentiles-of-few-samples",
        "10 ÷ (1 − p) from the median up, 10 ÷ p below",
        "the_samples_that_a_percentile_needs_are_those_of_the_documentation",
    ),
    Case(
        "clamp 1",
        "scaling-activities.md#minimum-and-maximum",
        "below min, scale-out: to min at least",
        "clamp_below_the_minimum_a_scale_out_raises_to_it_at_least",
    ),
    Case(
        "clamp 2",
        "scaling-activities.md#minimum-and-maximum",
        "below min, scale-in: untouched",
        "clamp_below_the_minimum_a_scale_in_changes_nothing",
    ),
    Case(
        "clamp 3",
        "scaling-activities.md#minimum-and-maximum",
        "above max, scale-in: to max at least",
        "clamp_above_the_maximum_a_scale_in_lowers_to_it_at_least",
    ),
    Case(
        "clamp 4",
        "scaling-activities.md#minimum-and-maximum",
        "above max, scale-out: untouched",
        "clamp_above_the_maximum_a_scale_out_changes_nothing",
    ),
    Case(
        "clamp 5",
        "scaling-activities.md#minimum-and-maximum",
        "new bounds move the count inside at once",
        "a_scheduled_action_clamps_the_desired_count_ignores_cooldowns_and_starts_none",
    ),
    Case(
        "clamp 6",
        "scaling-activities.md#minimum-and-maximum",
        "at a limit: `AlreadyAtMaxCapacity`, `AlreadyAtMinCapacity`",
        "clamp_at_a_limit_nothing_changes_and_the_code_says_so",
    ),
    Case(
        "policies 1",
        "scaling-activities.md#several-policies",
        "one target-tracking policy a metric: `WT023`",
        "every_invalid_scenario_gives_exactly_the_code_in_its_name",
    ),
    Case(
        "policies 2",
        "scaling-activities.md#several-policies",
        "any one of them scales out",
        "policies_any_one_of_them_scales_out",
    ),
    Case(
        "policies 3",
        "scaling-activities.md#several-policies",
        "all must be ready to scale in; the largest wins",
        "policies_target_tracking_scales_in_only_when_all_are_ready_and_then_to_the_largest",
    ),
    Case(
        "policies 4",
        "scaling-activities.md#several-policies",
        "of several scale-ins the largest result wins",
        "policies_of_two_that_scale_in_at_once_the_larger_result_wins",
    ),
    Case(
        "policies 5",
        "scaling-activities.md#several-policies",
        "one without data vetoes scale-in",
        "policies_one_without_data_vetoes_the_scale_in_of_the_others",
    ),
    Case(
        "policies 6",
        "scaling-activities.md#several-policies",
        "a step policy is not vetoed",
        "policies_a_step_policy_scales_in_whatever_target_tracking_says",
    ),
    Case(
        "cron samples",
        "scheduled-actions.md#cron-expressions",
        "the seven samples of the user guide",
        "cron_samples_of_the_user_guide",
    ),
    Case(
        "scheduled: min above max",
        "scheduled-actions.md#effect",
        "the activity fails, the occurrence is used up",
        "an_action_whose_minimum_would_be_above_the_maximum_fails_and_is_used_up",
    ),
    Case(
        "scheduled: suspended",
        "scheduled-actions.md#suspended-scaling",
        "missed occurrences are skipped",
        "what_is_due_while_scheduled_scaling_is_suspended_is_skipped",
    ),
    Case(
        "scheduled: order",
        "scheduled-actions.md#effect",
        "kept within one target",
        "actions_are_late_by_less_than_the_jitter_and_keep_their_order",
    ),
    Case("`alarm-missing-3of3`", "oracle", "the state table", "missing_data_row_1_of_3_of_3"),
    Case("`alarm-missing-2of3`", "oracle", "the state table", "missing_data_row_1_of_2_of_3"),
    Case("`alarm-2of3`", "oracle", "states of twelve periods", "oracle_alarm_2of3"),
    Case("`alarm-3of3-gte`", "oracle", "states of eight periods", "oracle_alarm_3of3_gte"),
    Case(
        "`step-percent-rounding`",
        "oracle",
        "eight whole percentages (the ninth, −33.35 %, is no whole number and cannot be given)",
        "oracle_step_percent_rounding",
    ),
    Case("`step-boundaries`", "oracle", "twelve metrics", "oracle_step_boundaries"),
    Case("`step-doc-walk`", "oracle", "four desired counts", "case_s1_the_walk_of_the_user_guide"),
    Case(
        "`step-cooldown-doc`",
        "oracle",
        "12, then 13",
        "case_s6_a_larger_step_within_the_cooldown_adds_only_the_difference",
    ),
    Case("`policy-conflict-doc`", "oracle", "30", "case_s7_the_larger_of_two_policies_wins"),
    Case("`tt-nocooldown`", "oracle", "six events", "oracle_tt_nocooldown"),
    Case("`tt-constant-overload`", "oracle", "four events", "oracle_tt_constant_overload"),
    Case("`tt-larger-inside-cooldown`", "oracle", "three events", "oracle_tt_larger_inside_cooldown"),
    Case("`tt-threshold-equality`", "oracle", "one event", "oracle_tt_threshold_equality"),
    Case("`sched-min-raise`", "oracle", "4, 10, 10, 8 through a whole run", "oracle_sched_min_raise"),
];

/// What docs/aws holds and the table must: numbered cases, and how many of each kind.
const NUMBERED: [(&str, usize); 3] = [("S", 11), ("T", 3), ("clamp ", 6)];
const KINDS: [(&str, usize); 4] =
    [("missing data 3 of 3", 5), ("missing data 2 of 3", 5), ("policies ", 6), ("`", 14)];

/// The names of all test functions below a folder.
fn tests_of(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_of(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            for after in text.split("#[test]\n").skip(1) {
                let name = after.trim_start().strip_prefix("fn ").and_then(|rest| rest.split('(').next());
                found.extend(name.map(str::to_owned));
            }
        }
    }
}

#[test]
fn every_case_of_docs_aws_has_a_test_and_the_table_of_them_is_up_to_date() {
    let mut known = BTreeSet::new();
    tests_of(&shipped("src"), &mut known);
    tests_of(&shipped("tests"), &mut known);
    assert!(known.len() > 250, "{} tests found", known.len());
    let missing: Vec<&str> = CASES.iter().map(|case| case.3).filter(|test| !known.contains(*test)).collect();
    assert!(missing.is_empty(), "no such tests: {missing:?}");
    let names: BTreeSet<&str> = CASES.iter().map(|case| case.0).collect();
    assert_eq!(names.len(), CASES.len(), "a case is listed twice");
    for (prefix, count) in NUMBERED {
        for number in 1..=count {
            assert!(names.contains(format!("{prefix}{number}").as_str()), "{prefix}{number} is not listed");
        }
    }
    let page = fs::read_to_string(shipped("docs/aws/step-scaling.md")).unwrap();
    let examples: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next())
        .filter(|name| name.starts_with(['S', 'T']) && name[1..].parse::<u8>().is_ok())
        .collect();
    assert_eq!(examples.len(), 14);
    let unlisted: Vec<&&str> = examples.iter().filter(|name| !names.contains(**name)).collect();
    assert!(unlisted.is_empty(), "worked examples without a test: {unlisted:?}");
    for (prefix, count) in KINDS {
        assert_eq!(names.iter().filter(|name| name.starts_with(prefix)).count(), count, "{prefix}");
    }
    let mut table = String::from("| case | where | what is checked | test |\n|---|---|---|---|\n");
    for Case(name, place, what, test) in CASES {
        let page =
            place.split_once(".md#").map(|(page, _)| format!("[{}](aws/{place})", page.replace('-', " ")));
        let place = page.unwrap_or_else(|| (*place).to_owned());
        let _ = writeln!(table, "| {name} | {place} | {what} | `{test}` |");
    }
    crate::validation::section("conformance", &table);
}

#[test]
fn case_t3_predictive_scaling_is_refused_in_words() {
    let source = Source { name: "t3.toml".to_owned(), text: MINIMAL.to_owned() };
    let overrides = ["service.web.scaling.predictive.daily.target_value=60".to_owned()];
    let loaded = load(&source, &overrides, None, &mut NoFiles);
    assert!(loaded.scenario.is_none());
    let [only] = loaded.diagnostics.as_slice() else { panic!("{:?}", loaded.diagnostics) };
    assert_eq!(only.code, "WT010");
    assert!(format!("{only:?}").contains("scheduled actions raise capacity"), "{only:?}");
}
