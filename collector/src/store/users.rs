use super::{Store, time};
use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde_json::json;
use sqlx::FromRow;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Everything, users and tokens included
    Administrator,
    /// Declares, records checks, edits plans
    Editor,
    /// Reads and exports
    Reader,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Editor => "editor",
            Self::Reader => "reader",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    pub name: String,
    pub password_hash: String,
    pub role: Role,
    /// Sees this unit and those below it; `None`: every unit.
    pub unit: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize)]
pub struct UserRow {
    pub name: String,
    pub role: String,
    #[serde(rename = "unit")]
    pub unit_code: Option<String>,
    pub created_at: String,
    pub disabled_at: Option<String>,
}

impl Store {
    pub async fn users(&self) -> Result<Vec<UserRow>> {
        Ok(sqlx::query_as(
            "SELECT name, role, unit_code, created_at, disabled_at FROM app_user ORDER BY name",
        )
        .fetch_all(self.reader())
        .await?)
    }

    pub async fn insert_user(&self, user: &NewUser, actor: &str) -> Result<()> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let made = sqlx::query(
            "INSERT INTO app_user (name, password_hash, role, unit_code, created_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING",
        )
        .bind(&user.name)
        .bind(&user.password_hash)
        .bind(user.role.as_str())
        .bind(&user.unit)
        .bind(time::text(now))
        .execute(&mut *tx)
        .await?;
        ensure!(made.rows_affected() == 1, "field name: there is a user {} already", user.name);
        let detail = json!({"role": user.role, "unit": user.unit});
        tx.audit(actor, "user-added", &user.name, &detail, now).await?;
        tx.commit().await
    }

    /// Ends the user's sessions: whoever knew the old password is out.
    pub async fn set_password(&self, name: &str, password_hash: &str, actor: &str) -> Result<()> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let changed = sqlx::query("UPDATE app_user SET password_hash = $2 WHERE name = $1")
            .bind(name)
            .bind(password_hash)
            .execute(&mut *tx)
            .await?;
        ensure!(changed.rows_affected() == 1, "field name: there is no user {name}");
        sqlx::query("DELETE FROM web_session WHERE user_name = $1").bind(name).execute(&mut *tx).await?;
        tx.audit(actor, "password-reset", name, &serde_json::Value::Null, now).await?;
        tx.commit().await
    }
}
