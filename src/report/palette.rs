//! Looks of charts by the role of what they show: the same colours in pictures and on pages, and the one rule for logarithmic
//! axes. The hues are those of Okabe and Ito, which colour-blind readers can tell apart; each has a light and a dark shade with
//! a contrast of at least 3 to its ground.

use std::fmt::Write as _;

/// Values further apart than this factor, all above zero, get a logarithmic axis or logarithmic colours.
pub(super) const LOG_FROM: f64 = 30.0;

/// Whether values from `least` to `most` are drawn logarithmically.
pub(super) fn is_logarithmic(least: f64, most: f64) -> bool {
    least > 1e-200 && most.is_finite() && most > LOG_FROM * least
}

/// Colour as red, green and blue.
pub(super) type Rgb = (u8, u8, u8);

/// Role of a line, an area or a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Requests that arrive.
    Load,
    /// Tasks that are asked for.
    Desired,
    /// Tasks that run.
    Running,
    /// Tasks that receive requests.
    InService,
    /// Tasks that start.
    Starting,
    /// Requests that are not served.
    Lost,
    /// CPU utilization.
    Cpu,
    /// Memory utilization.
    Memory,
    /// Requests for each target.
    PerTarget,
    /// Median of response times.
    P50,
    /// 95th percentile of response times.
    P95,
    /// 99th percentile of response times.
    P99,
    /// Cost of an hour.
    Cost,
    /// Cost so far.
    CostSoFar,
    /// Limit of a check.
    Limit,
    /// Target of a policy.
    Target,
    /// Threshold of an alarm.
    Alarm,
    /// Increase of the desired count.
    ScaleOut,
    /// Decrease of the desired count.
    ScaleIn,
    /// One of several equals, by its number.
    Nth(usize),
}

/// Look of a role.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// Name of its colour in the styles of pages.
    pub(super) name: &'static str,
    /// Colour on a light ground.
    pub(super) light: Rgb,
    /// Colour on a dark ground.
    dark: Rgb,
    /// Lengths of dash and gap on a page \[px\]; empty: a whole line.
    pub(super) dash: &'static [u8],
    /// Width of a line \[px\]: lines that lie on each other show where they part.
    pub(super) width: f64,
}

const fn look(name: &'static str, (light, dark): (Rgb, Rgb), dash: &'static [u8]) -> Look {
    Look { name, light, dark, dash, width: 1.7 }
}

impl Look {
    /// The same with lines so wide \[px\].
    const fn wide(self, width: f64) -> Self {
        Self { width, ..self }
    }
}

const BLUE: (Rgb, Rgb) = ((0, 114, 178), (86, 180, 233));
const GREEN: (Rgb, Rgb) = ((0, 122, 90), (47, 194, 150));
const ORANGE: (Rgb, Rgb) = ((179, 95, 0), (240, 177, 61));
const VERMILION: (Rgb, Rgb) = ((194, 59, 0), (255, 131, 87));
const PURPLE: (Rgb, Rgb) = ((160, 68, 124), (229, 154, 199));
const GREY: (Rgb, Rgb) = ((79, 89, 101), (182, 191, 202));
const INK: (Rgb, Rgb) = ((33, 37, 41), (232, 235, 239));

/// Roles with a colour of their own in the styles.
const ROLES: [Role; 19] = [
    Role::Load,
    Role::Desired,
    Role::Running,
    Role::InService,
    Role::Starting,
    Role::Lost,
    Role::Cpu,
    Role::Memory,
    Role::PerTarget,
    Role::P50,
    Role::P95,
    Role::P99,
    Role::Cost,
    Role::CostSoFar,
    Role::Limit,
    Role::Target,
    Role::Alarm,
    Role::ScaleOut,
    Role::ScaleIn,
];

impl Role {
    /// The look of the role.
    pub(super) const fn look(self) -> Look {
        match self {
            Self::Load => look("load", BLUE, &[]),
            Self::Desired => look("desired", ORANGE, &[]).wide(4.0),
            Self::Running => look("running", GREEN, &[]).wide(2.5),
            Self::InService => look("in-service", INK, &[]).wide(1.0),
            Self::Starting => look("starting", PURPLE, &[2, 3]),
            Self::Lost => look("lost", VERMILION, &[8, 2, 2, 2]),
            Self::Cpu => look("cpu", BLUE, &[]),
            Self::Memory => look("memory", PURPLE, &[8, 3]),
            Self::PerTarget => look("per-target", GREEN, &[]),
            Self::P50 => look("p50", GREEN, &[]),
            Self::P95 => look("p95", BLUE, &[7, 3]),
            Self::P99 => look("p99", VERMILION, &[2, 2]),
            Self::Cost => look("cost", PURPLE, &[]),
            Self::CostSoFar => look("cost-so-far", ORANGE, &[7, 3]),
            Self::Limit => look("limit", INK, &[10, 4]),
            Self::Target => look("target", INK, &[10, 4]),
            Self::Alarm => look("alarm", GREY, &[3, 3]),
            Self::ScaleOut => look("scale-out", VERMILION, &[]),
            Self::ScaleIn => look("scale-in", GREY, &[]),
            Self::Nth(index) => NTH[index % NTH.len()].look(),
        }
    }
}

/// Roles whose colours tell equals apart.
const NTH: [Role; 5] = [Role::Load, Role::Running, Role::Starting, Role::Desired, Role::Alarm];

/// Colours of heat maps from low to high: a light yellow over green to a dark blue, darker as it rises, so that it reads in
/// grey too.
pub(super) const HEAT: [Rgb; 5] =
    [(253, 246, 215), (178, 222, 184), (84, 178, 186), (35, 112, 168), (12, 44, 104)];

/// The colours of roles as properties of the styles: `--p99: light-dark(#c23b00, #ff8357);`.
pub(super) fn style_properties() -> String {
    let hex = |(red, green, blue): Rgb| format!("#{red:02x}{green:02x}{blue:02x}");
    let mut text = String::from("\n:root {\n");
    for role in ROLES {
        let Look { name, light, dark, .. } = role.look();
        let _ = writeln!(text, "  --{name}: light-dark({}, {});", hex(light), hex(dark));
    }
    text.push_str("}\n");
    text
}

/// The rules that scripts of pages share with pictures, as their first lines.
pub(super) fn script_constants() -> String {
    let stops: Vec<String> =
        HEAT.iter().map(|(red, green, blue)| format!("[{red}, {green}, {blue}]")).collect();
    format!("const LOG_FROM = {LOG_FROM};\nconst HEAT = [{}];\n", stops.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as the Web Content Accessibility Guidelines define it.
    fn luminance((red, green, blue): Rgb) -> f64 {
        let one = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
        };
        0.2126 * one(red) + 0.7152 * one(green) + 0.0722 * one(blue)
    }

    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_role_is_seen_on_both_grounds() {
        for role in ROLES {
            let Look { light, dark, name, .. } = role.look();
            assert!(contrast(light, (255, 255, 255)) >= 3.0, "{name} on white");
            assert!(contrast(dark, (20, 23, 28)) >= 3.0, "{name} on black");
        }
    }

    #[test]
    fn no_two_lines_of_a_chart_look_the_same() {
        let charts: [&[Role]; 4] = [
            &[Role::Load, Role::Desired, Role::Running, Role::InService, Role::Starting, Role::Lost],
            &[Role::Cpu, Role::Memory, Role::PerTarget, Role::Target, Role::Alarm],
            &[Role::P50, Role::P95, Role::P99, Role::Limit],
            &[Role::Cost, Role::CostSoFar],
        ];
        for chart in charts {
            for (index, one) in chart.iter().enumerate() {
                for other in &chart[index + 1..] {
                    assert_ne!(one.look().light, other.look().light, "{one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn heat_darkens_as_values_rise() {
        assert!(HEAT.windows(2).all(|pair| luminance(pair[0]) > luminance(pair[1])));
    }
}
