//! Sets of paths, followed into a document level by level.

use crate::path::DocumentPath;

/// Paths with what is said about each. None of them leads into another.
///
/// They are a list in the order of their segments, in which the paths that begin alike stand together: however long a
/// path is, it costs its text, and nothing is as deep as it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paths<T>(Vec<(DocumentPath, T)>);

/// The paths of a set that begin with the same segments, as seen from behind these.
#[derive(Debug)]
pub(crate) struct Layer<'a, T> {
    paths: &'a [(DocumentPath, T)],
    level: usize,
}

/// What a set of paths has at the next segment.
#[derive(Debug)]
pub(crate) enum Step<'a, T> {
    /// A path ends here.
    End(&'a T),
    /// Paths go on from here.
    Below(Layer<'a, T>),
}

impl<T> Paths<T> {
    /// Puts paths in order.
    ///
    /// # Errors
    ///
    /// The path that is the same as another, or leads into what another leads to.
    pub(crate) fn new(mut paths: Vec<(DocumentPath, T)>) -> Result<Self, DocumentPath> {
        sort(&mut paths);
        let conflict = paths
            .windows(2)
            .position(|pair| is_within(&pair[1].0, &pair[0].0));
        match conflict {
            Some(position) => Err(paths.swap_remove(position + 1).0),
            None => Ok(Self(paths)),
        }
    }

    /// Puts paths in order, without those that lead to what another leads to, or into it.
    pub(crate) fn outermost(mut paths: Vec<(DocumentPath, T)>) -> Self {
        sort(&mut paths);
        paths.dedup_by(|(path, _), (kept, _)| is_within(path, kept));
        Self(paths)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(DocumentPath, T)> {
        self.0.iter()
    }

    /// All paths, as seen from the document.
    pub(crate) fn root(&self) -> Layer<'_, T> {
        Layer {
            paths: &self.0,
            level: 0,
        }
    }
}

impl<'a, T> Layer<'a, T> {
    /// What the paths say about a field.
    pub(crate) fn at(&self, name: &str) -> Option<Step<'a, T>> {
        let segment = |path: &DocumentPath| path.segment(self.level).cmp(name);
        let (paths, level) = (self.paths, self.level);
        let from = paths.partition_point(|(path, _)| segment(path).is_lt());
        let paths = &paths[from..];
        let paths = &paths[..paths.partition_point(|(path, _)| segment(path).is_eq())];
        let level = level + 1;
        match paths {
            [] => None,
            [(path, said)] if path.segments().len() == level => Some(Step::End(said)),
            _ => Some(Step::Below(Layer { paths, level })),
        }
    }
}

fn sort<T>(paths: &mut [(DocumentPath, T)]) {
    paths.sort_by(|(one, _), (other, _)| one.segments().cmp(other.segments()));
}

fn is_within(path: &DocumentPath, ancestor: &DocumentPath) -> bool {
    path == ancestor || path.is_below(ancestor)
}
