//! Drawing with braille patterns: two by four dots in each character cell.

/// Dots of several curves on a grid of character cells.
pub(super) struct Braille {
    columns: usize,
    rows: usize,
    cells: Vec<Cell>,
}

/// One character cell.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    dots: u32,
    /// The curve that was drawn here last.
    pub(super) owner: Option<usize>,
}

impl Cell {
    /// The cell as a character.
    pub(super) fn character(self) -> char {
        if self.dots == 0 { ' ' } else { char::from_u32(0x2800 + self.dots).unwrap_or(' ') }
    }
}

/// The bit of a dot within its cell, by Unicode's numbering of braille patterns.
pub(super) fn bit(column: usize, row: usize) -> u32 {
    match (column, row) {
        (0, 0) => 0x01,
        (0, 1) => 0x02,
        (0, 2) => 0x04,
        (1, 0) => 0x08,
        (1, 1) => 0x10,
        (1, 2) => 0x20,
        (0, _) => 0x40,
        (_, _) => 0x80,
    }
}

impl Braille {
    /// An empty grid of character cells.
    pub(super) fn new(columns: usize, rows: usize) -> Self {
        Self { columns, rows, cells: vec![Cell::default(); columns * rows] }
    }

    /// Draws from point to point; places run from 0 to 1, right and up.
    pub(super) fn draw_curve(&mut self, owner: usize, places: impl Iterator<Item = (f64, f64)>) {
        let mut previous = None;
        for place in places {
            let dot = self.dot(place);
            self.draw_line(owner, previous.unwrap_or(dot), dot);
            previous = Some(dot);
        }
    }

    /// The cells of a row from left to right.
    pub(super) fn row(&self, row: usize) -> &[Cell] {
        self.cells.chunks(self.columns.max(1)).nth(row).unwrap_or_default()
    }

    #[expect(clippy::cast_possible_truncation, reason = "places lie between 0 and 1")]
    fn dot(&self, (x, y): (f64, f64)) -> (i64, i64) {
        let (right, bottom) = ((self.columns * 2).saturating_sub(1) as f64, (self.rows * 4).saturating_sub(1) as f64);
        ((x * right).round() as i64, ((1.0 - y) * bottom).round() as i64)
    }

    fn draw_line(&mut self, owner: usize, from: (i64, i64), to: (i64, i64)) {
        let (wide, high) = (to.0 - from.0, to.1 - from.1);
        let steps = wide.abs().max(high.abs()).max(1);
        for step in 0..=steps {
            // Rounded to the nearest dot, so that both ends are met exactly.
            let along = |from: i64, length: i64| from + (2 * length * step + length.signum() * steps) / (2 * steps);
            self.light(owner, along(from.0, wide), along(from.1, high));
        }
    }

    fn light(&mut self, owner: usize, x: i64, y: i64) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if let Some(cell) = self.cells.get_mut(y / 4 * self.columns + x / 2) {
            cell.dots |= bit(x % 2, y % 4);
            cell.owner = Some(owner);
        }
    }
}
