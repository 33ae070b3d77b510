//! A few hundred vectors that lie together.

use super::code::{Query, Row, Scale};
use super::dots::Group;
use super::memory::{Full, Memory};

/// Vectors of a block.
pub(super) const ROWS: usize = 256;

#[derive(Debug)]
pub(super) struct Block {
    /// The higher bits of the codes, which a search reads of every vector.
    high: Vec<Group>,
    low: Vec<Group>,
    coarse_scales: [f32; ROWS],
    scales: [f32; ROWS],
    norms: [f32; ROWS],
    _memory: Memory,
}

/// A copy of a vector, to be moved.
#[derive(Debug)]
pub(super) struct Moved {
    high: Vec<Group>,
    low: Vec<Group>,
    coarse_scale: f32,
    scale: f32,
    norm: f32,
}

impl Block {
    /// An empty block for vectors of so many groups. `entry` bytes are kept elsewhere for each of its vectors.
    pub(super) fn new(groups: usize, entry: usize) -> Result<Self, Full> {
        let each = 2 * groups * size_of::<Group>() + 3 * size_of::<f32>() + entry;
        let memory = Memory::take(ROWS * each)?;
        Ok(Self {
            high: vec![Group::default(); groups * ROWS],
            low: vec![Group::default(); groups * ROWS],
            coarse_scales: [0.0; ROWS],
            scales: [0.0; ROWS],
            norms: [0.0; ROWS],
            _memory: memory,
        })
    }

    fn groups_of(&self, row: usize) -> std::ops::Range<usize> {
        let groups = self.high.len() / ROWS;
        row * groups..(row + 1) * groups
    }

    pub(super) fn row_mut(&mut self, row: usize) -> Row<'_> {
        let groups = self.groups_of(row);
        Row {
            high: &mut self.high[groups.clone()],
            low: &mut self.low[groups],
            scale: Scale {
                coarse: &mut self.coarse_scales[row],
                fine: &mut self.scales[row],
            },
            norm: &mut self.norms[row],
        }
    }

    pub(super) fn row(&self, row: usize) -> Moved {
        let groups = self.groups_of(row);
        Moved {
            high: self.high[groups.clone()].to_vec(),
            low: self.low[groups].to_vec(),
            coarse_scale: self.coarse_scales[row],
            scale: self.scales[row],
            norm: self.norms[row],
        }
    }

    /// Upper bounds of the similarity of each vector to a query, by half of the codes.
    pub(super) fn coarse_bounds(&self, query: &Query) -> [f32; ROWS] {
        query.coarse_bounds(&self.high, &self.coarse_scales, &self.norms)
    }

    /// Closer bounds, by all of the codes.
    pub(super) fn fine_bounds(&self, query: &Query) -> [f32; ROWS] {
        query.fine_bounds([&self.high, &self.low], &self.scales, &self.norms)
    }

    /// The closer bound of one vector.
    pub(super) fn bound_of(&self, row: usize, query: &Query) -> f32 {
        let groups = self.groups_of(row);
        let codes = [&self.high[groups.clone()], &self.low[groups]];
        let [bound] = query.fine_bounds(codes, &[self.scales[row]], &[self.norms[row]]);
        bound
    }
}

impl Row<'_> {
    pub(super) fn copy_from(self, moved: &Moved) {
        self.high.copy_from_slice(&moved.high);
        self.low.copy_from_slice(&moved.low);
        *self.scale.coarse = moved.coarse_scale;
        *self.scale.fine = moved.scale;
        *self.norm = moved.norm;
    }
}
