use super::Store;
use anyhow::{Context, Result};
use std::path::Path;

impl Store {
    /// A consistent copy into a new file, while others read and write.
    pub async fn copy_to(&self, path: &Path) -> Result<()> {
        let text = path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
        sqlx::query("VACUUM INTO $1")
            .bind(text)
            .execute(self.reader())
            .await
            .with_context(|| format!("cannot copy the store to {}", path.display()))?;
        Ok(())
    }
}
