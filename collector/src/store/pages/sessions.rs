use crate::store::{Store, time};
use anyhow::Result;
use jiff::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone, FromRow)]
pub struct SessionRow {
    pub user_name: String,
    pub csrf: String,
    pub role: String,
    pub unit_code: Option<String>,
    pub language: String,
}

#[derive(Debug, Clone, FromRow)]
pub struct LoginRow {
    pub name: String,
    pub password_hash: String,
}

impl Store {
    /// A live session of a user who is not disabled.
    pub async fn session(&self, id_hash: &[u8], now: Timestamp) -> Result<Option<SessionRow>> {
        Ok(sqlx::query_as(
            "SELECT s.user_name, s.csrf, u.role, u.unit_code, u.language
             FROM web_session s JOIN app_user u ON u.name = s.user_name
             WHERE s.id_hash = $1 AND s.ends_at > $2 AND u.disabled_at IS NULL",
        )
        .bind(id_hash)
        .bind(time::text(now))
        .fetch_optional(self.reader())
        .await?)
    }

    /// For the login form: `None` for an unknown or disabled user.
    pub async fn login_of(&self, name: &str) -> Result<Option<LoginRow>> {
        let sql = "SELECT name, password_hash FROM app_user WHERE name = $1 AND disabled_at IS NULL";
        Ok(sqlx::query_as(sql).bind(name).fetch_optional(self.reader()).await?)
    }

    /// Also forgets sessions that have ended.
    pub async fn start_session(
        &self,
        id_hash: &[u8],
        user: &str,
        csrf: &str,
        now: Timestamp,
        ends: Timestamp,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM web_session WHERE ends_at <= $1")
            .bind(time::text(now))
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO web_session (id_hash, user_name, csrf, created_at, seen_at, ends_at)
             VALUES ($1, $2, $3, $4, $4, $5)",
        )
        .bind(id_hash)
        .bind(user)
        .bind(csrf)
        .bind(time::text(now))
        .bind(time::text(ends))
        .execute(&mut *tx)
        .await?;
        tx.audit(user, "login", user, &serde_json::Value::Null, now).await?;
        tx.commit().await
    }

    pub async fn end_session(&self, id_hash: &[u8]) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM web_session WHERE id_hash = $1").bind(id_hash).execute(&mut *tx).await?;
        tx.commit().await
    }

    pub async fn set_user_language(&self, user: &str, language: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE app_user SET language = $2 WHERE name = $1")
            .bind(user)
            .bind(language)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}
