//! Lines of text that fit a terminal or a log: sentences that wrap, and tables of right-aligned figures.
//!
//! ```text
//!   Modules      declared  measured -----------     the title, then each group over its columns
//!                   delay    frames      frames     the top line of the column titles, if one has any
//!   module         frames        in         out     their bottom line
//!     src              39    44,100      48,000
//! ```

use alloc::string::String;
use alloc::vec::Vec;

/// A text that grows by lines. What a name brings along can't end a line or drive a terminal.
pub(crate) struct Page {
    text: String,
    width: usize,
}

impl Page {
    /// Lines of up to `width` characters; those of tables may be longer.
    pub(crate) fn new(width: usize) -> Self {
        Self { text: String::new(), width }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    pub(crate) fn blank(&mut self) {
        self.text.push('\n');
    }

    pub(crate) fn line(&mut self, line: &str) {
        let printable = |c: char| if c.is_control() { '?' } else { c };
        self.text.extend(line.trim_end().chars().map(printable));
        self.text.push('\n');
    }

    /// Breaks at spaces; all lines but the first are indented by two.
    pub(crate) fn sentence(&mut self, sentence: &str) {
        let mut line = String::new();
        for word in sentence.split(' ') {
            if !line.trim().is_empty() {
                if length(&line) + 1 + length(word) > self.width {
                    self.line(&line);
                    line = String::from("  ");
                } else {
                    line.push(' ');
                }
            }
            line.push_str(word);
        }
        self.line(&line);
    }

    /// A blank line and the table, unless it has no rows.
    pub(crate) fn table(&mut self, table: &Table) {
        if table.rows.is_empty() {
            return;
        }
        self.blank();
        let layout = Layout::new(table, self.width);
        self.line(&layout.groups(table));
        for row in 0..2 {
            if table.columns.iter().any(|column| !column.title[row].is_empty()) {
                self.line(&layout.cells(table, |n| table.columns[n].title[row]));
            }
        }
        for row in &table.rows {
            match row {
                Row::Heading(heading) => self.line(heading),
                Row::Cells(cells) => {
                    self.line(&layout.cells(table, |n| cells.get(n).map_or("", String::as_str)));
                }
            }
        }
    }
}

/// One column. The first of a table is aligned left, and `group` is then the table's title.
pub(crate) struct Column {
    /// What stands over it and all its neighbours of the same group.
    group: &'static str,
    /// Two lines; the upper one may be empty.
    title: [&'static str; 2],
    words: bool,
}

impl Column {
    /// A column of figures.
    pub(crate) const fn figures(group: &'static str, title: [&'static str; 2]) -> Self {
        Self { group, title, words: false }
    }

    /// A column of words.
    pub(crate) const fn words(group: &'static str, title: [&'static str; 2]) -> Self {
        Self { group, title, words: true }
    }
}

enum Row {
    Heading(String),
    Cells(Vec<String>),
}

/// Rows under columns.
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Row>,
}

impl Table {
    pub(crate) fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new() }
    }

    /// A line of its own, across all columns.
    pub(crate) fn heading(&mut self, heading: String) {
        self.rows.push(Row::Heading(heading));
    }

    /// A cell for each column; those that are left out stay empty.
    pub(crate) fn row(&mut self, cells: impl Into<Vec<String>>) {
        self.rows.push(Row::Cells(cells.into()));
    }

    fn width_of(&self, n: usize) -> usize {
        let titles = self.columns[n].title.iter().map(|title| length(title));
        let cells = self.rows.iter().filter_map(|row| match row {
            Row::Cells(cells) => cells.get(n).map(|cell| length(cell)),
            Row::Heading(_) => None,
        });
        titles.chain(cells).max().unwrap_or(0)
    }

    /// Runs of columns that share a group, as (first, end).
    fn spans(&self) -> Vec<(usize, usize)> {
        let mut spans: Vec<(usize, usize)> = Vec::new();
        for (n, column) in self.columns.iter().enumerate() {
            match spans.last_mut() {
                Some((first, end)) if self.columns[*first].group == column.group => *end = n + 1,
                _ => spans.push((n, n + 1)),
            }
        }
        spans
    }
}

/// Names are not cut to less than this.
const LEAST_NAME: usize = 8;

/// How wide each column is, and how far they are apart.
struct Layout {
    widths: Vec<usize>,
    gap: usize,
}

impl Layout {
    /// Two blanks between columns, or one if that helps the table fit; then the first column is cut.
    fn new(table: &Table, width: usize) -> Self {
        let natural: Vec<usize> = (0..table.columns.len()).map(|n| table.width_of(n)).collect();
        let mut layout = Self::apart(table, &natural, 2);
        if layout.total() > width {
            layout = Self::apart(table, &natural, 1);
        }
        let excess = layout.total().saturating_sub(width);
        let title = table.columns.first().map_or(0, |column| length(column.group));
        if let Some(first) = layout.widths.first_mut() {
            let least = title.max(LEAST_NAME).min(*first);
            *first = first.saturating_sub(excess).max(least);
        }
        layout
    }

    /// The last column of a group is widened if the group's name needs it.
    fn apart(table: &Table, natural: &[usize], gap: usize) -> Self {
        let mut layout = Self { widths: natural.to_vec(), gap };
        for (first, end) in table.spans() {
            let missing = length(table.columns[first].group).saturating_sub(layout.span(first, end));
            layout.widths[end - 1] += missing;
        }
        layout
    }

    fn span(&self, first: usize, end: usize) -> usize {
        self.widths[first..end].iter().sum::<usize>() + self.gap * (end - first - 1)
    }

    fn total(&self) -> usize {
        match self.widths.len() {
            0 => 0,
            columns => self.span(0, columns),
        }
    }

    fn groups(&self, table: &Table) -> String {
        let mut line = String::new();
        for (first, end) in table.spans() {
            let (group, width) = (table.columns[first].group, self.span(first, end));
            line.push_str(group);
            let rest = width.saturating_sub(length(group));
            if first > 0 && !group.is_empty() && rest > 1 {
                line.push(' ');
                line.push_str(&"-".repeat(rest - 1));
            } else {
                line.push_str(&" ".repeat(rest));
            }
            line.push_str(&" ".repeat(self.gap));
        }
        line
    }

    fn cells<'a>(&self, table: &Table, cell: impl Fn(usize) -> &'a str) -> String {
        let mut line = String::new();
        for (n, &width) in self.widths.iter().enumerate() {
            line.push_str(&match table.columns[n].words {
                true => left(cell(n), width),
                false => right(cell(n), width),
            });
            line.push_str(&" ".repeat(self.gap));
        }
        line
    }
}

/// `text` and blanks to its right; cut with a `~` if it is longer than `width`.
pub(crate) fn left(text: &str, width: usize) -> String {
    let long = length(text);
    if long <= width {
        let mut cell = String::from(text);
        cell.push_str(&" ".repeat(width - long));
        return cell;
    }
    let kept = text.chars().take(width.saturating_sub(1));
    kept.chain(core::iter::once('~')).take(width).collect()
}

/// Blanks and `text`. Figures are never cut.
pub(crate) fn right(text: &str, width: usize) -> String {
    let mut cell = " ".repeat(width.saturating_sub(length(text)));
    cell.push_str(text);
    cell
}

/// Characters, which is columns for all but a few scripts.
pub(crate) fn length(text: &str) -> usize {
    text.chars().count()
}
