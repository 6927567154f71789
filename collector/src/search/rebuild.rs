use super::{
    document::Document,
    error::SearchError,
    index::{Live, SearchIndex, lock},
    place,
};
use std::sync::Arc;

/// An index in the making. Changes of the old one reach it too, and win over what [`Rebuild::add`] brings.
/// Dropped unfinished, it leaves the old index as it was.
pub struct Rebuild<'a> {
    search: &'a SearchIndex,
    live: Arc<Live>,
    finished: bool,
}

impl<'a> Rebuild<'a> {
    pub(super) fn new(search: &'a SearchIndex, live: Arc<Live>) -> Self {
        Self { search, live, finished: false }
    }

    /// Documents as the store had them when it was read; each key comes once.
    pub fn add(&self, mut documents: Vec<Document>) -> Result<(), SearchError> {
        let rebuilding = lock(&self.search.rebuilding);
        if let Some(changed) = rebuilding.as_ref() {
            documents.retain(|document| {
                !changed.keys.contains(&document.key) && !changed.units.contains(document.unit())
            });
        }
        self.live.add(&documents, false, None)
    }

    /// Commits and puts the new index in the place of the old one.
    pub fn finish(mut self, marker: &str) -> Result<(), SearchError> {
        let mut rebuilding = lock(&self.search.rebuilding);
        self.live.commit(marker)?;
        self.live.close_writer()?;
        place::switch(&self.search.dir, &self.live.path)?;
        self.search.replace_live(self.live.clone());
        place::remove_others(&self.search.dir, &self.live.path)?;
        *rebuilding = None;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Rebuild<'_> {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        *lock(&self.search.rebuilding) = None;
        if let Err(error) = std::fs::remove_dir_all(&self.live.path) {
            tracing::warn!(%error, path = %self.live.path.display(), "an unfinished search index stays behind");
        }
    }
}
