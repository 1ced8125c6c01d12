//! A view for a terminal: at most 100 columns, the verdict first. Colour is a parameter; it never carries what the words do not
//! say.

use super::content::{Block, Section, Tile, View};
use super::page::{Look, Page, look_of};
use super::status::status_word;
use super::table::{ResultRow, ResultTable, TableCell};
use crate::report::words::{broken, columns, plain};

impl Block {
    /// Whether it is short enough for a terminal and a pull request.
    pub(super) fn is_brief(&self) -> bool {
        match self {
            Self::Text(_) | Self::List(_) | Self::Code { .. } | Self::Bill(_) => true,
            Self::Table(table) => table.folded.is_empty(),
            Self::Chart(_) | Self::Folded { .. } | Self::Points { .. } => false,
        }
    }
}

impl View {
    /// The sections that a terminal and a pull request show.
    pub(super) fn brief_sections(&self) -> impl Iterator<Item = &Section> {
        let has_content =
            |section: &&Section| !section.is_page_only && section.blocks.iter().any(Block::is_brief);
        self.sections.iter().filter(has_content)
    }

    /// The view for a terminal of `width` columns (at most 100 are used), ending with a line feed.
    #[must_use]
    pub fn terminal_text(&self, width: usize, colour: bool) -> String {
        let mut page = Page::new(width, colour);
        page.paragraph(Look::Bold, "", &self.title);
        page.paragraph(Look::Faint, "", &self.facts.join(" · "));
        page.paragraph(Look::Faint, "", &self.description);
        let verdict = &self.verdict;
        if !verdict.sentence.is_empty() || !verdict.checks.is_empty() {
            page.blank();
        }
        if !verdict.sentence.is_empty() {
            let word = |status| format!("{}  ", status_word(status).to_uppercase());
            // Where the checks follow, each has its own word.
            let word = verdict.status.filter(|_| verdict.checks.is_empty()).map_or(String::new(), word);
            page.paragraph(
                verdict.status.map_or(Look::Bold, look_of),
                "",
                &format!("{word}{}", verdict.sentence),
            );
        }
        page.verdicts(&verdict.checks);
        if !verdict.notes.is_empty() {
            page.blank();
        }
        verdict.notes.iter().for_each(|note| page.paragraph(Look::Usual, "→ ", note));
        tiles(&mut page, &self.tiles);
        for section in self.brief_sections() {
            page.blank();
            if !section.title.is_empty() {
                page.paragraph(Look::Bold, "", &section.title);
            }
            let blocks: Vec<&Block> = section.blocks.iter().filter(|block| block.is_brief()).collect();
            for (index, block) in blocks.iter().enumerate() {
                if index > 0 && matches!(block, Block::Table(_) | Block::Bill(_)) {
                    page.blank();
                }
                add(&mut page, block);
            }
        }
        page.finish()
    }
}

fn add(page: &mut Page, block: &Block) {
    match block {
        Block::Text(text) => page.paragraph(Look::Faint, "  ", text),
        Block::List(items) => items.iter().for_each(|item| page.paragraph(Look::Usual, "→ ", item)),
        Block::Table(table) => add_table(page, table),
        Block::Bill(bill) => add_table(page, &bill.table()),
        Block::Code { text, .. } => text.lines().for_each(|line| page.paragraph(Look::Usual, "  ", line)),
        Block::Chart(_) | Block::Folded { .. } | Block::Points { .. } => {}
    }
}

fn tiles(page: &mut Page, tiles: &[Tile]) {
    if tiles.is_empty() {
        return;
    }
    let mut table = ResultTable::new("", &["", "#", ""]);
    for tile in tiles {
        table.row(vec![
            TableCell::text(tile.name),
            TableCell::number(tile.value.as_str()),
            TableCell::text(tile.note.as_str()),
        ]);
    }
    page.blank();
    add_table(page, &table);
}

/// Blanks between columns.
const GAP: usize = 2;
/// Longest word that is not broken \[columns\].
const LONGEST_WORD: usize = 24;

/// A cell in lines, with the look of each.
type Lines = Vec<(Look, String)>;

fn add_table(page: &mut Page, table: &ResultTable) {
    let (table, more) = table.shortened();
    let heads: Vec<String> = table.columns.iter().map(|column| plain(&column.name)).collect();
    let rows: Vec<Vec<Lines>> = table.rows.iter().map(cells).collect();
    let is_right = |at: usize| table.columns.get(at).is_some_and(|column| column.is_number);
    let natural = |at: usize| {
        let cells = || rows.iter().filter_map(|row| row.get(at)).flatten();
        let usual = cells().map(|(_, line)| columns(line)).chain([columns(&heads[at])]).max().unwrap_or(0);
        let words = |line: &str| line.split(' ').map(columns).max().unwrap_or(0).min(LONGEST_WORD);
        // A number is never broken; notes and headings are, at their spaces.
        let least = |(look, line): &(Look, String)| {
            if is_right(at) && *look != Look::Faint { columns(line) } else { words(line) }
        };
        let least = cells().map(least).chain([words(&heads[at])]).max().unwrap_or(0);
        ColumnWidth { usual, least }
    };
    let room = page.width.saturating_sub(2 + GAP * heads.len().saturating_sub(1));
    let widths = fitting((0..heads.len()).map(natural).collect(), room);
    if heads.iter().any(|head| !head.is_empty()) {
        let heads: Vec<Lines> = heads.iter().map(|head| vec![(Look::Faint, head.clone())]).collect();
        add_row(page, &heads, &widths, is_right);
    }
    rows.iter().for_each(|row| add_row(page, row, &widths, is_right));
    page.paragraph(Look::Faint, "  ", more.as_deref().unwrap_or_default());
}

/// The cells of a row in lines, before they are wrapped.
fn cells(row: &ResultRow) -> Vec<Lines> {
    let cell = |(at, cell): (usize, &TableCell)| {
        let first = match cell.status {
            Some(status) => (look_of(status), status_word(status).to_uppercase()),
            None if row.is_chosen && at == 0 => (Look::Bold, plain(&cell.text)),
            None => (Look::Usual, plain(&cell.text)),
        };
        let note = (Look::Faint, plain(&cell.note));
        [first, note].into_iter().filter(|(_, line)| !line.is_empty()).collect()
    };
    row.cells.iter().enumerate().map(cell).collect()
}

/// Width that a column would like to have, and the least that it can do with \[columns\].
#[derive(Clone, Copy)]
struct ColumnWidth {
    usual: usize,
    least: usize,
}

/// Widths of columns that fit into `room`: of those that can give way the widest first.
fn fitting(mut columns: Vec<ColumnWidth>, room: usize) -> Vec<usize> {
    while columns.iter().map(|column| column.usual).sum::<usize>() > room {
        let can = columns.iter_mut().filter(|column| column.usual > column.least);
        let Some(widest) = can.max_by_key(|column| column.usual) else { break };
        widest.usual -= 1;
    }
    columns.into_iter().map(|column| column.usual).collect()
}

fn add_row(page: &mut Page, cells: &[Lines], widths: &[usize], is_right: impl Fn(usize) -> bool) {
    let wrapped: Vec<Lines> = cells
        .iter()
        .zip(widths)
        .map(|(lines, width)| {
            let broken = |(look, line): &(Look, String)| -> Lines {
                broken(line, *width).into_iter().map(|piece| (*look, piece)).collect()
            };
            lines.iter().flat_map(broken).collect()
        })
        .collect();
    for at in 0..wrapped.iter().map(Vec::len).max().unwrap_or(0) {
        let mut pieces = vec![(Look::Usual, "  ".to_owned())];
        for (index, (lines, width)) in wrapped.iter().zip(widths).enumerate() {
            let (look, text) = lines.get(at).cloned().unwrap_or((Look::Usual, String::new()));
            let pad = " ".repeat(width.saturating_sub(columns(&text)));
            let gap = if index > 0 { " ".repeat(GAP) } else { String::new() };
            let (before, after) = if is_right(index) { (gap + &pad, String::new()) } else { (gap, pad) };
            pieces.extend([(Look::Usual, before), (look, text), (Look::Usual, after)]);
        }
        let pieces: Vec<(Look, &str)> = pieces.iter().map(|(look, text)| (*look, text.as_str())).collect();
        page.line(&pieces);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_table_wraps_its_widest_column_and_loses_nothing() {
        let texts =
            |widths: &[usize]| widths.iter().map(|usual| ColumnWidth { usual: *usual, least: 8 }).collect();
        assert_eq!(fitting(texts(&[10, 30, 50]), 70), [10, 30, 30]);
        assert_eq!(fitting(texts(&[4, 5]), 70), [4, 5]);
        assert_eq!(fitting(texts(&[20; 9]), 60), [8; 9]);
        let mut table = ResultTable::new("", &["Name", "#Value"]);
        table.chosen(vec![TableCell::text("word ".repeat(20)), TableCell::number("12.5").note("± 3")]);
        let mut page = Page::new(60, false);
        add_table(&mut page, &table);
        let text = page.finish();
        assert_eq!(text.matches("word").count(), 20);
        assert!(text.lines().all(|line| columns(line) <= 60), "{text}");
        assert!(text.lines().next().unwrap().ends_with("Value") && text.contains(" ± 3\n"), "{text}");
    }
}
