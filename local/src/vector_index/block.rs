//! A few hundred vectors that lie together.

use super::code::{Query, Row};
use super::dots::Group;
use super::memory::{Full, Memory};

/// Vectors of a block.
pub(super) const ROWS: usize = 256;

#[derive(Debug)]
pub(super) struct Block {
    codes: Vec<Group>,
    scales: [f32; ROWS],
    norms: [f32; ROWS],
    _memory: Memory,
}

/// A copy of a vector, to be moved.
#[derive(Debug)]
pub(super) struct Moved {
    codes: Vec<Group>,
    scale: f32,
    norm: f32,
}

impl Block {
    /// An empty block for vectors of so many groups. `entry` bytes are kept elsewhere for each of its vectors.
    pub(super) fn new(groups: usize, entry: usize) -> Result<Self, Full> {
        let each = groups * size_of::<Group>() + 2 * size_of::<f32>() + entry;
        let memory = Memory::take(ROWS * each)?;
        Ok(Self {
            codes: vec![Group::default(); groups * ROWS],
            scales: [0.0; ROWS],
            norms: [0.0; ROWS],
            _memory: memory,
        })
    }

    fn groups(&self) -> usize {
        self.codes.len() / ROWS
    }

    pub(super) fn row_mut(&mut self, row: usize) -> Row<'_> {
        let groups = self.groups();
        Row {
            codes: &mut self.codes[row * groups..(row + 1) * groups],
            scale: &mut self.scales[row],
            norm: &mut self.norms[row],
        }
    }

    pub(super) fn row(&self, row: usize) -> Moved {
        let groups = self.groups();
        Moved {
            codes: self.codes[row * groups..(row + 1) * groups].to_vec(),
            scale: self.scales[row],
            norm: self.norms[row],
        }
    }

    /// Upper bounds of the similarity of each vector to a query.
    pub(super) fn bounds(&self, query: &Query) -> [f32; ROWS] {
        let mut products = [0; ROWS];
        query
            .kernel
            .products(&self.codes, &query.codes, &mut products);
        query.bounds(&products, &self.scales, &self.norms)
    }

    /// The same of one vector.
    pub(super) fn bound_of(&self, row: usize, query: &Query) -> f32 {
        let groups = self.groups();
        let codes = &self.codes[row * groups..(row + 1) * groups];
        let mut product = [0];
        query.kernel.products(codes, &query.codes, &mut product);
        let [bound] = query.bounds(&product, &[self.scales[row]], &[self.norms[row]]);
        bound
    }
}

impl Row<'_> {
    pub(super) fn copy_from(self, moved: &Moved) {
        self.codes.copy_from_slice(&moved.codes);
        *self.scale = moved.scale;
        *self.norm = moved.norm;
    }
}
