//! The picture of a run: its title, the blocks of its services, and its caption.

use plotters::prelude::DrawingBackend;

use super::super::numbers::grouped;
use super::super::words::plain;
use super::ChartError;
use super::block::Block;
use super::canvas::{self, Anchor, Canvas, GREEN_INK, GREY, INK, TextLook, VERMILION, WIDTH};
use super::render::{self, Drawing};
use crate::experiment::{CheckStatus, RunResult};
use crate::results::RunCalendar;

/// Height of the title above the blocks \[px\].
const TITLE_HEIGHT: u32 = 84;
/// Height of the caption below them \[px\].
const CAPTION_HEIGHT: u32 = 34;
/// Space for the sentence that stands where there is no service \[px\].
const EMPTY_HEIGHT: f64 = 200.0;
/// Services that are drawn; a picture of more is too tall to read.
const MOST_SERVICES: usize = 6;

/// The picture as PNG, 1200 px wide.
///
/// # Errors
/// When the drawing library refuses; no result of a run is known that makes it do so.
pub fn chart_png(result: &RunResult) -> Result<Vec<u8>, ChartError> {
    render::to_png(&Picture::new(result))
}

/// The picture as SVG, 1200 px wide. Texts are escaped, and name their font's usual relatives for viewers without it.
///
/// # Errors
/// When the drawing library refuses; no result of a run is known that makes it do so.
pub fn chart_svg(result: &RunResult) -> Result<String, ChartError> {
    render::to_svg(&Picture::new(result))
}

/// Picture to draw: the blocks of the services that fit, and how high they are.
struct Picture<'a> {
    result: &'a RunResult,
    calendar: RunCalendar,
    blocks: Vec<Block<'a>>,
}

impl<'a> Picture<'a> {
    fn new(result: &'a RunResult) -> Self {
        let calendar = RunCalendar::new(&result.scenario);
        let services = result.record.services.iter().take(MOST_SERVICES);
        let blocks = services.map(|service| Block::new(result, service, &calendar)).collect();
        Self { result, calendar, blocks }
    }

    /// Height of the picture \[px\].
    fn height(&self) -> u32 {
        let blocks =
            if self.blocks.is_empty() { EMPTY_HEIGHT } else { self.blocks.iter().map(Block::height).sum() };
        let blocks = u32::try_from(super::super::numbers::whole(blocks)).unwrap_or(0);
        TITLE_HEIGHT + blocks + CAPTION_HEIGHT
    }

    fn caption<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> Result<(), ChartError> {
        let Self { result, calendar, .. } = self;
        let rows_per_column = self.blocks.iter().map(Block::rows_per_column).max().unwrap_or(1);
        let start =
            calendar.zoned(crate::kernel::units::SimTime::ZERO).strftime("%-d %B %Y %H:%M").to_string();
        let mut text = format!("From {start}, times in {}.", calendar.zone_name());
        if rows_per_column > 1 {
            let minutes = grouped(rows_per_column as u64);
            text.push_str(&format!(
                " {minutes} minutes share a column of the picture: lowest and highest are drawn."
            ));
        } else {
            text.push_str(" One value a minute; desired and in-service counts by the instant.");
        }
        if result.scenario.is_approximate() {
            // First, so that no cut takes it away.
            text.insert_str(0, "Requests flow: response times are approximate. ");
        }
        let left_out = result.record.services.len().saturating_sub(MOST_SERVICES);
        if left_out > 0 {
            text.push_str(&format!(" {left_out} more services are in timeline.csv."));
        }
        let look = TextLook::new(12.0, GREY);
        let y = f64::from(self.height()) - 18.0;
        let mark = format!("windtunnel · {:016x}", result.record.fingerprint);
        canvas.text(&mark, Anchor::right(f64::from(WIDTH) - 24.0, y), look)?;
        let space = f64::from(WIDTH) - 72.0 - canvas.width_of(&mark, look);
        let text = canvas.fitted(&text, look, space);
        canvas.text(&text, Anchor::left(24.0, y), look)
    }
}

impl Drawing for Picture<'_> {
    fn size(&self) -> (u32, u32) {
        (WIDTH, self.height())
    }

    fn title(&self) -> String {
        format!("{}: {}", plain(&self.result.scenario.name), plain(&verdict(self.result).0))
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> Result<(), ChartError> {
        canvas.background()?;
        title(canvas, self.result)?;
        let mut top = f64::from(TITLE_HEIGHT);
        for block in &self.blocks {
            block.draw(canvas, top)?;
            top += block.height();
        }
        if self.blocks.is_empty() {
            let place = Anchor::centre(f64::from(WIDTH) / 2.0, top + EMPTY_HEIGHT / 2.0);
            canvas.text("the scenario has no service", place, TextLook::new(16.0, GREY))?;
        }
        self.caption(canvas)
    }
}

fn title<DB: DrawingBackend>(canvas: &mut Canvas<DB>, result: &RunResult) -> Result<(), ChartError> {
    let scenario = &result.scenario;
    let facts = format!("{} · seed {}", plain(&scenario.region), scenario.seed);
    let look = TextLook::new(13.0, GREY);
    let right = f64::from(WIDTH) - 24.0;
    canvas.text(&facts, Anchor::right(right, 30.0), look)?;
    let space = right - canvas.width_of(&facts, look) - 48.0;
    let name = canvas.fitted(&plain(&scenario.name), TextLook::new(26.0, INK).bold(), space);
    canvas.text(&name, Anchor::left(24.0, 30.0), TextLook::new(26.0, INK).bold())?;
    let (verdict, colour) = verdict(result);
    let look = TextLook::new(15.0, colour).bold();
    let verdict = canvas.fitted(&plain(&verdict), look, f64::from(WIDTH) - 48.0);
    canvas.text(&verdict, Anchor::left(24.0, 60.0), look)
}

/// The verdict in one line, and its colour.
fn verdict(result: &RunResult) -> (String, canvas::Colour) {
    let checks = &result.checks;
    let count = checks.len();
    let with = |status| checks.iter().filter(move |check| check.status == status);
    let failed = with(CheckStatus::Fail).count();
    let unjudged = with(CheckStatus::NoData).count();
    if count == 0 {
        return ("No checks declared".to_owned(), GREY);
    }
    if let Some(first) = with(CheckStatus::Fail).next() {
        let others = if failed > 1 { format!(" (and {} more)", failed - 1) } else { String::new() };
        let text = format!("{failed} of {count} checks failed: {} was {}{others}", first.check, first.value);
        return (text, VERMILION);
    }
    if let Some(first) = with(CheckStatus::Inconclusive).next() {
        let note = first.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
        return (format!("Inconclusive: {} was {}{note}", first.check, first.value), GREY);
    }
    if unjudged > 0 {
        return (format!("{unjudged} of {count} checks had nothing to judge"), GREY);
    }
    let text = match checks.as_slice() {
        [only] => format!("Check passed: {} was {}", only.check, only.value),
        _ => format!("All {count} checks passed"),
    };
    (text, GREEN_INK)
}
