//! A table of figures, as text and as JSON.

use std::fmt;

use serde::Serialize;

/// Figures of one experiment, a row per allocator. A cell that was not measured is `None`.
#[derive(Serialize)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

/// A column: its name with the unit, and how many decimals are worth showing.
#[derive(Serialize, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) decimals: usize,
}

#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) allocator: &'static str,
    pub(crate) cells: Vec<Option<f64>>,
}

impl Table {
    pub(crate) fn new(title: impl Into<String>, columns: &[(&str, usize)]) -> Self {
        let columns =
            columns.iter().map(|&(name, decimals)| Column { name: name.to_owned(), decimals }).collect();
        Self { title: title.into(), columns, rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, allocator: &'static str, cells: Vec<Option<f64>>) {
        self.rows.push(Row { allocator, cells });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        let widths: Vec<usize> = self.columns.iter().map(|column| column.name.len().max(7) + 2).collect();
        write!(f, "  {:<18}", "")?;
        for (column, width) in self.columns.iter().zip(&widths) {
            write!(f, "{:>width$}", column.name)?;
        }
        writeln!(f)?;
        for row in &self.rows {
            write!(f, "  {:<18}", row.allocator)?;
            for ((cell, column), width) in row.cells.iter().zip(&self.columns).zip(&widths) {
                match cell {
                    Some(figure) => write!(f, "{figure:>width$.0$}", column.decimals)?,
                    None => write!(f, "{:>width$}", "-")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Mean of the middle half, where outliers are left out and the steps of a coarse timer even out.
pub(crate) fn middle_mean(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let quarter = figures.len() / 4;
    let middle = figures.get(quarter..figures.len() - quarter).filter(|middle| !middle.is_empty())?;
    Some(middle.iter().sum::<f64>() / middle.len() as f64)
}

/// The middle figure; of two, the upper. None of none.
pub(crate) fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}
