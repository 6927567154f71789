use super::{Store, WriteTransaction, time};
use anyhow::Result;
use jiff::Timestamp;
use serde_json::{Value, json};

impl WriteTransaction {
    /// Who did what to which thing. `Value::Null` where there is nothing more to say.
    pub async fn audit(
        &mut self,
        actor: &str,
        act: &str,
        object: &str,
        detail: &Value,
        at: Timestamp,
    ) -> Result<()> {
        sqlx::query("INSERT INTO audit (at, actor, act, object, detail) VALUES ($1, $2, $3, $4, $5)")
            .bind(time::text(at))
            .bind(actor)
            .bind(act)
            .bind(object)
            .bind(detail.to_string())
            .execute(&mut **self)
            .await?;
        Ok(())
    }
}

impl Store {
    pub async fn audit(&self, actor: &str, act: &str, object: &str, detail: &Value) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.audit(actor, act, object, detail, Timestamp::now()).await?;
        tx.commit().await
    }

    /// A file whose rows were taken in; what stands in its `changed` rows is kept with the things themselves.
    pub async fn audit_import(
        &self,
        actor: &str,
        what: &str,
        file: &str,
        rows: usize,
        changed: usize,
    ) -> Result<()> {
        self.audit(actor, "import", what, &json!({"file": file, "rows": rows, "changed": changed})).await
    }
}
