use super::{Store, time};
use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde_json::json;
use sqlx::FromRow;

/// In order of what they may do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Reads and exports
    Reader,
    /// Declares, records checks, edits plans
    Editor,
    /// Everything, users and tokens included
    Administrator,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Reader, Self::Editor, Self::Administrator];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

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

/// `None` leaves what is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    pub role: Option<Role>,
    /// `Some(None)`: every unit.
    pub unit: Option<Option<String>>,
    pub disabled: Option<bool>,
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

    /// Ends the user's sessions: the next one has the new rights.
    pub async fn change_user(&self, name: &str, change: &UserChange, actor: &str) -> Result<()> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let changed = sqlx::query(
            "UPDATE app_user SET role = COALESCE($2, role),
               unit_code = CASE WHEN $3 THEN $4 ELSE unit_code END,
               disabled_at = CASE WHEN $5 THEN NULL WHEN $6 THEN COALESCE(disabled_at, $7) ELSE disabled_at END
             WHERE name = $1",
        )
        .bind(name)
        .bind(change.role.map(Role::as_str))
        .bind(change.unit.is_some())
        .bind(change.unit.clone().flatten())
        .bind(change.disabled == Some(false))
        .bind(change.disabled == Some(true))
        .bind(time::text(now))
        .execute(&mut *tx)
        .await?;
        ensure!(changed.rows_affected() == 1, "field name: there is no user {name}");
        sqlx::query("DELETE FROM web_session WHERE user_name = $1").bind(name).execute(&mut *tx).await?;
        let mut detail = serde_json::Map::new();
        detail.extend(change.role.map(|role| ("role".to_owned(), json!(role))));
        detail.extend(change.unit.as_ref().map(|unit| ("unit".to_owned(), json!(unit))));
        detail.extend(change.disabled.map(|disabled| ("disabled".to_owned(), json!(disabled))));
        tx.audit(actor, "user-changed", name, &detail.into(), now).await?;
        tx.commit().await
    }
}
