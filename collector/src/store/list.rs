use sqlx::{QueryBuilder, Sqlite};

/// The values of an `IN (`; at most [`super::CODES_PER_QUERY`].
pub(super) fn push_list(query: &mut QueryBuilder<Sqlite>, values: &[impl AsRef<str>]) {
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value.as_ref().to_owned());
    }
}
