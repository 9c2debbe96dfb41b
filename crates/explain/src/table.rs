//! Tables of text, whose columns are as wide as what is in them.

/// Rows of cells. A column is aligned right if all that is below its heading are numbers.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(headings: &[&str]) -> Self {
        Self { rows: vec![headings.iter().map(|&heading| heading.into()).collect()] }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// All rows, two blanks from the left and between columns, without blanks at the ends of lines.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let shape: Vec<_> = (0..columns).map(|column| (width(column), self.is_numeric(column))).collect();
        self.rows.iter().map(move |row| {
            let mut line = String::new();
            for (cell, &(width, numeric)) in row.iter().zip(&shape) {
                let blanks = " ".repeat(width - cell.chars().count());
                line += "  ";
                line += &if numeric { blanks + cell } else { format!("{cell}{blanks}") };
            }
            line.trim_end().to_owned() + "\n"
        })
    }

    fn is_numeric(&self, column: usize) -> bool {
        let number = |cell: &String| cell == "-" || cell.parse::<f64>().is_ok();
        self.rows.iter().skip(1).filter_map(|row| row.get(column)).all(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_aligned_right_and_words_left() {
        let mut table = Table::new(&["id", "name"]);
        table.row(["7".into(), "short".into()]);
        table.row(["110".into(), "longer".into()]);
        assert_eq!(table.lines().collect::<String>(), "   id  name\n    7  short\n  110  longer\n");
    }
}
