//! Documents in chunks that the server takes: by number and by bytes.

use std::ops::Range;

use serde_json::value::RawValue;

use super::Written;

/// The most bytes of documents in a request. The server takes bodies of 20 MB
/// (`quarkus.http.limits.max-body-size=20M` in its `application.yaml`); the rest is for the
/// envelope and for whatever stands in front of it. A document above this goes alone, and the
/// server decides.
pub(super) const MAX_BYTES: usize = 19_000_000;

/// Documents for one request, or one document that could not be written.
pub(super) struct Chunk {
    /// The place of the first document in the input.
    pub(super) first: usize,
    pub(super) documents: serde_json::Result<Vec<Box<RawValue>>>,
}

impl Chunk {
    pub(super) fn indices(&self) -> Range<usize> {
        let length = self.documents.as_ref().map_or(1, Vec::len);
        self.first..self.first + length
    }
}

/// Takes documents from an iterator as chunks are asked for.
pub(super) struct Chunks<I> {
    documents: I,
    size: usize,
    max_bytes: usize,
    /// Taken, but for the next chunk.
    pending: Option<Written>,
    /// The place of the next chunk's first document in the input.
    first: usize,
}

impl<I: Iterator<Item = Written>> Chunks<I> {
    pub(super) fn new(documents: I, size: usize, max_bytes: usize) -> Self {
        Self {
            documents,
            size,
            max_bytes,
            pending: None,
            first: 0,
        }
    }
}

impl<I: Iterator<Item = Written>> Iterator for Chunks<I> {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        let mut documents = Vec::new();
        let mut bytes = 0;
        while documents.len() < self.size {
            match self.pending.take().or_else(|| self.documents.next()) {
                Some(Ok(document))
                    if documents.is_empty() || bytes + document.get().len() < self.max_bytes =>
                {
                    bytes += document.get().len() + 1;
                    documents.push(document);
                }
                Some(Err(error)) if documents.is_empty() => {
                    let chunk = Chunk {
                        first: self.first,
                        documents: Err(error),
                    };
                    self.first += 1;
                    return Some(chunk);
                }
                Some(other) => {
                    self.pending = Some(other);
                    break;
                }
                None => break,
            }
        }
        let chunk = Chunk {
            first: self.first,
            documents: Ok(documents),
        };
        self.first = chunk.indices().end;
        (!chunk.indices().is_empty()).then_some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(length: usize) -> Written {
        serde_json::value::to_raw_value(&"x".repeat(length))
    }

    proptest! {
        #[test]
        fn every_document_is_in_one_chunk_in_its_place(count in 0_usize..300, size in 1_usize..101, broken in 0_usize..300) {
            let broken_document = || serde_json::from_str::<Box<RawValue>>("{");
            let documents = (0..count).map(|index| if index == broken { broken_document() } else { text(index) });
            let mut index = 0;
            for chunk in Chunks::new(documents, size, 1000) {
                prop_assert_eq!(chunk.first, index);
                let indices = chunk.indices();
                match chunk.documents {
                    Err(_) => prop_assert_eq!(index, broken),
                    Ok(documents) => {
                        prop_assert!(documents.len() <= size);
                        for (document, index) in documents.iter().zip(indices.clone()) {
                            prop_assert_eq!(document.get().len(), index + 2);
                        }
                    }
                }
                index = indices.end;
            }
            prop_assert_eq!(index, count);
        }
    }

    #[test]
    fn a_chunk_ends_before_it_grows_too_large_and_a_giant_goes_alone() {
        let lengths = [333, 333, 333, 10, 2000, 10];
        let chunks = Chunks::new(lengths.into_iter().map(text), 100, 1000);
        let ranges: Vec<Range<usize>> = chunks.map(|chunk| chunk.indices()).collect();
        assert_eq!(ranges, [0..2, 2..4, 4..5, 5..6]);
    }
}
