use super::{
    answer::Answer,
    document::Document,
    error::SearchError,
    place,
    rebuild::Rebuild,
    schema::{Fields, schema},
    view::{Request, View},
};
use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};
use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyDocument, Term,
    indexer::{IndexWriterOptions, LogMergePolicy},
};

const WRITER_MEMORY_BYTES: usize = 96 << 20;
const REBUILD_MEMORY_BYTES: usize = 192 << 20;
const REBUILD_WORKERS: usize = 2;
/// A segment is rewritten when this share of it was replaced: searches pass over the dead documents until then.
const DELETED_RATIO_BEFORE_MERGE: f32 = 0.3;
/// Smaller blocks than usual: a hit is one document out of a block.
const STORE_BLOCK_BYTES: usize = 8 << 10;

pub struct SearchIndex {
    pub(super) dir: PathBuf,
    live: RwLock<Arc<Live>>,
    pub(super) rebuilding: Mutex<Option<Rebuilding>>,
}

/// What changed while the index is rebuilt from an older view of the store.
pub(super) struct Rebuilding {
    pub live: Arc<Live>,
    pub keys: HashSet<String>,
    pub units: HashSet<String>,
}

pub(super) struct Live {
    pub path: PathBuf,
    index: Index,
    reader: IndexReader,
    pub fields: Fields,
    writer: Mutex<Option<IndexWriter>>,
    view: RwLock<Arc<View>>,
    refresh: Mutex<()>,
    refreshing: AtomicBool,
    bulk: bool,
}

/// A change of the documents; applied to the index being rebuilt as well.
enum Change<'a> {
    Upsert(&'a [Document]),
    Delete(&'a [String]),
    ReplaceUnit(&'a str, &'a [Document]),
}

impl SearchIndex {
    /// Opens the index in `dir`. Where there is none of this version, or it is damaged, an empty one takes its
    /// place and [`Self::marker`] is `None` until the first commit: the caller fills it from the store.
    pub fn open(dir: &Path) -> Result<Self, SearchError> {
        std::fs::create_dir_all(dir)?;
        let opened = match place::current(dir)? {
            None => None,
            Some(path) => match Live::open(path) {
                Ok(live) => Some(live),
                Err(error) => {
                    tracing::warn!(%error, dir = %dir.display(), "the search index is damaged and will be rebuilt");
                    None
                }
            },
        };
        let live = match opened {
            Some(live) => live,
            None => {
                let live = Live::create(place::create(dir)?, false)?;
                place::switch(dir, &live.path)?;
                live
            }
        };
        place::remove_others(dir, &live.path)?;
        Ok(Self { dir: dir.to_owned(), live: RwLock::new(Arc::new(live)), rebuilding: Mutex::new(None) })
    }

    pub(super) fn live(&self) -> Arc<Live> {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn replace_live(&self, live: Arc<Live>) {
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = live;
    }

    /// Adds documents, each in the place of the one with its key. Seen by searches after the next commit.
    pub fn upsert(&self, documents: &[Document]) -> Result<(), SearchError> {
        self.apply(&Change::Upsert(documents))
    }

    pub fn delete(&self, keys: &[String]) -> Result<(), SearchError> {
        self.apply(&Change::Delete(keys))
    }

    /// Makes `documents` all that there is of the unit itself (not of the units below it).
    pub fn replace_unit(&self, code: &str, documents: &[Document]) -> Result<(), SearchError> {
        self.apply(&Change::ReplaceUnit(code, documents))
    }

    fn apply(&self, change: &Change<'_>) -> Result<(), SearchError> {
        // Held throughout: a rebuild must not finish between the two.
        let mut rebuilding = lock(&self.rebuilding);
        if let Some(rebuilding) = rebuilding.as_mut() {
            change.remember(rebuilding);
            rebuilding.live.apply(change)?;
        }
        self.live().apply(change)
    }

    /// Makes the changes durable and visible. `marker` says up to where the index follows the store.
    pub fn commit(&self, marker: &str) -> Result<(), SearchError> {
        self.live().commit(marker)
    }

    /// The marker of the last commit; `None` for an index that was never filled.
    pub fn marker(&self) -> Result<Option<String>, SearchError> {
        Ok(self.live().index.load_metas()?.payload)
    }

    pub fn document_count(&self) -> Result<u64, SearchError> {
        Ok(self.live().view().searcher.num_docs())
    }

    /// Blocking, for milliseconds: call it where that is allowed.
    pub fn search(&self, request: &Request) -> Result<Answer, SearchError> {
        let live = self.live();
        live.view().answer(request, &live.fields)
    }

    /// Starts an empty index that replaces this one when it is finished; until then searches see the old one.
    pub fn start_rebuild(&self) -> Result<Rebuild<'_>, SearchError> {
        let mut rebuilding = lock(&self.rebuilding);
        if rebuilding.is_some() {
            return Err(SearchError::AlreadyRebuilding);
        }
        let live = Arc::new(Live::create(place::create(&self.dir)?, true)?);
        *rebuilding = Some(Rebuilding { live: live.clone(), keys: HashSet::new(), units: HashSet::new() });
        Ok(Rebuild::new(self, live))
    }
}

impl Change<'_> {
    fn remember(&self, rebuilding: &mut Rebuilding) {
        let keys = |documents: &[Document]| documents.iter().map(|d| d.key.clone()).collect::<Vec<_>>();
        match self {
            Self::Upsert(documents) => rebuilding.keys.extend(keys(documents)),
            Self::Delete(deleted) => rebuilding.keys.extend(deleted.iter().cloned()),
            Self::ReplaceUnit(code, documents) => {
                rebuilding.units.insert((*code).to_owned());
                rebuilding.keys.extend(keys(documents));
            }
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    pub fn create(path: PathBuf, bulk: bool) -> Result<Self, SearchError> {
        let (schema, _) = schema();
        let settings = IndexSettings { docstore_blocksize: STORE_BLOCK_BYTES, ..IndexSettings::default() };
        let index = Index::builder().schema(schema).settings(settings).create_in_dir(&path)?;
        Self::new(path, index, bulk)
    }

    fn open(path: PathBuf) -> Result<Self, SearchError> {
        let index = Index::open_in_dir(&path)?;
        let damaged = index.validate_checksum()?;
        if let Some(file) = damaged.iter().next() {
            let message = format!("the checksum of {} is wrong", file.display());
            return Err(tantivy::TantivyError::InternalError(message).into());
        }
        if index.schema() != schema().0 {
            return Err(tantivy::TantivyError::SchemaError("other fields than expected".into()).into());
        }
        Self::new(path, index, false)
    }

    fn new(path: PathBuf, index: Index, bulk: bool) -> Result<Self, SearchError> {
        // Segments merged in the background and commits of another process are noticed as well.
        let reader = index.reader_builder().reload_policy(ReloadPolicy::OnCommitWithDelay).try_into()?;
        let view = RwLock::new(Arc::new(View::new(reader.searcher(), None)?));
        let (fields, writer, refresh) = (schema().1, Mutex::new(None), Mutex::new(()));
        let refreshing = AtomicBool::new(false);
        Ok(Self { path, index, reader, fields, writer, view, refresh, refreshing, bulk })
    }

    /// The newest state, or the one before it while a thread prepares what merges and other processes brought.
    fn view(self: &Arc<Self>) -> Arc<View> {
        let view = self.view.read().unwrap_or_else(PoisonError::into_inner).clone();
        if !view.is_of(&self.reader.searcher()) && !self.refreshing.swap(true, Ordering::AcqRel) {
            let live = self.clone();
            std::thread::spawn(move || {
                if let Err(error) = live.refresh() {
                    tracing::error!(%error, "the newest state of the search index cannot be read");
                }
                live.refreshing.store(false, Ordering::Release);
            });
        }
        view
    }

    fn refresh(&self) -> Result<(), SearchError> {
        let _one_at_a_time = lock(&self.refresh);
        let before = self.view.read().unwrap_or_else(PoisonError::into_inner).clone();
        let new = Arc::new(View::new(self.reader.searcher(), Some(&before))?);
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// Makes the last commit visible before it returns.
    fn reload(&self) -> Result<(), SearchError> {
        self.reader.reload()?;
        self.refresh()
    }

    fn with_writer<T>(
        &self,
        act: impl FnOnce(&mut IndexWriter) -> tantivy::Result<T>,
    ) -> Result<T, SearchError> {
        let mut writer = lock(&self.writer);
        if writer.is_none() {
            *writer = Some(self.new_writer()?);
        }
        let result = writer.as_mut().map(act);
        match result {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => {
                // A writer that failed once fails for ever: the next change makes a new one.
                *writer = None;
                Err(error.into())
            }
            None => Err(tantivy::TantivyError::SystemError("no index writer".into()).into()),
        }
    }

    fn new_writer(&self) -> Result<IndexWriter, SearchError> {
        let (workers, memory) =
            if self.bulk { (REBUILD_WORKERS, REBUILD_MEMORY_BYTES) } else { (1, WRITER_MEMORY_BYTES) };
        let options = IndexWriterOptions::builder()
            .num_worker_threads(workers)
            .num_merge_threads(1)
            .memory_budget_per_thread(memory / workers)
            .build();
        let writer: IndexWriter = self.index.writer_with_options(options)?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(DELETED_RATIO_BEFORE_MERGE);
        writer.set_merge_policy(Box::new(policy));
        Ok(writer)
    }

    fn apply(&self, change: &Change<'_>) -> Result<(), SearchError> {
        let key = |key: &str| Term::from_field_text(self.fields.key, key);
        match change {
            Change::Delete(keys) => self.with_writer(|writer| {
                for deleted in *keys {
                    writer.delete_term(key(deleted));
                }
                Ok(())
            }),
            Change::Upsert(documents) => self.add(documents, true, None),
            Change::ReplaceUnit(code, documents) => self.add(documents, true, Some(code)),
        }
    }

    pub fn add(&self, documents: &[Document], replace: bool, unit: Option<&str>) -> Result<(), SearchError> {
        let made: Vec<(Term, TantivyDocument)> = documents
            .iter()
            .map(|document| {
                Ok((Term::from_field_text(self.fields.key, &document.key), self.fields.document(document)?))
            })
            .collect::<serde_json::Result<_>>()?;
        self.with_writer(|writer| {
            if let Some(code) = unit {
                writer.delete_term(Term::from_field_text(self.fields.owner, code));
            }
            for (key, document) in made {
                if replace {
                    writer.delete_term(key);
                }
                writer.add_document(document)?;
            }
            Ok(())
        })
    }

    pub fn commit(&self, marker: &str) -> Result<(), SearchError> {
        self.with_writer(|writer| {
            let mut prepared = writer.prepare_commit()?;
            prepared.set_payload(marker);
            prepared.commit()
        })?;
        self.reload()
    }

    /// Waits for merges and gives the memory of the bulk writer back.
    pub fn close_writer(&self) -> Result<(), SearchError> {
        let writer = lock(&self.writer).take();
        if let Some(writer) = writer {
            writer.wait_merging_threads()?;
        }
        self.reload()
    }
}
