use super::{Store, WriteTransaction, time};
use crate::identity::assignment::Assignment;
use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::json;
use sqlx::FromRow;

#[derive(Debug, Clone, FromRow)]
struct TokenRow {
    id: String,
    secret_hash: Vec<u8>,
    unit_code: String,
    uses_total: i64,
    uses_left: i64,
    expires_at: Option<String>,
    created_at: String,
    created_by: String,
    revoked_at: Option<String>,
    assignment: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentToken {
    /// Public part, shown in lists.
    pub id: String,
    /// SHA-256 of the whole secret.
    pub secret_hash: Vec<u8>,
    pub unit: String,
    pub uses_total: i64,
    pub uses_left: i64,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub revoked_at: Option<Timestamp>,
    /// How computers find their unit below the token's.
    pub assignment: Assignment,
}

impl TryFrom<TokenRow> for EnrolmentToken {
    type Error = anyhow::Error;

    fn try_from(row: TokenRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            secret_hash: row.secret_hash,
            unit: row.unit_code,
            uses_total: row.uses_total,
            uses_left: row.uses_left,
            expires_at: time::parse_optional(row.expires_at.as_deref())?,
            created_at: time::parse(&row.created_at)?,
            created_by: row.created_by,
            revoked_at: time::parse_optional(row.revoked_at.as_deref())?,
            assignment: row
                .assignment
                .map_or_else(|| Ok(Assignment::default()), |text| serde_json::from_str(&text))
                .context("rules of a token")?,
        })
    }
}

impl Store {
    pub async fn tokens(&self) -> Result<Vec<EnrolmentToken>> {
        let rows: Vec<TokenRow> = sqlx::query_as("SELECT * FROM enrolment_token ORDER BY created_at, id")
            .fetch_all(self.reader())
            .await?;
        rows.into_iter().map(EnrolmentToken::try_from).collect()
    }

    pub async fn token(&self, id: &str) -> Result<Option<EnrolmentToken>> {
        let row: Option<TokenRow> = sqlx::query_as("SELECT * FROM enrolment_token WHERE id = $1")
            .bind(id)
            .fetch_optional(self.reader())
            .await?;
        row.map(EnrolmentToken::try_from).transpose()
    }

    pub async fn insert_token(&self, token: &EnrolmentToken) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO enrolment_token
               (id, secret_hash, unit_code, uses_total, uses_left, expires_at, created_at, created_by, assignment)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&token.id)
        .bind(&token.secret_hash)
        .bind(&token.unit)
        .bind(token.uses_total)
        .bind(token.uses_left)
        .bind(token.expires_at.map(time::text))
        .bind(time::text(token.created_at))
        .bind(&token.created_by)
        .bind((!token.assignment.rules.is_empty()).then(|| serde_json::to_string(&token.assignment)).transpose()?)
        .execute(&mut *tx)
        .await?;
        let detail = json!({"unit": token.unit, "uses": token.uses_total});
        tx.audit(&token.created_by, "token-create", &token.id, &detail, token.created_at).await?;
        tx.commit().await
    }

    /// False where there is no such token that is still valid.
    pub async fn revoke_token(&self, id: &str, at: Timestamp, actor: &str) -> Result<bool> {
        let mut tx = self.begin().await?;
        let done =
            sqlx::query("UPDATE enrolment_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
                .bind(id)
                .bind(time::text(at))
                .execute(&mut *tx)
                .await?;
        if done.rows_affected() == 1 {
            tx.audit(actor, "token-revoke", id, &serde_json::Value::Null, at).await?;
        }
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

impl WriteTransaction {
    /// Takes one use; false where none was left, so that two enrolments never share the last one.
    pub async fn use_token(&mut self, id: &str) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE enrolment_token SET uses_left = uses_left - 1 WHERE id = $1 AND uses_left > 0",
        )
        .bind(id)
        .execute(&mut **self)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenState {
    Valid,
    Revoked,
    Expired,
    UsedUp,
}

impl TokenState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::UsedUp => "used-up",
        }
    }
}

impl EnrolmentToken {
    pub fn state(&self, now: Timestamp) -> TokenState {
        if self.revoked_at.is_some() {
            TokenState::Revoked
        } else if self.expires_at.is_some_and(|at| at <= now) {
            TokenState::Expired
        } else if self.uses_left <= 0 {
            TokenState::UsedUp
        } else {
            TokenState::Valid
        }
    }
}
