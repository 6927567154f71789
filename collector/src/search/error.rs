use super::language::QueryError;

#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error("search index: {0}")]
    Index(#[from] tantivy::TantivyError),
    #[error("search index: {0}")]
    Io(#[from] std::io::Error),
    #[error("search index: a stored document is damaged: {0}")]
    Stored(#[from] serde_json::Error),
    #[error("the search index is being rebuilt already")]
    AlreadyRebuilding,
}
