use super::{collector::Collector, spool::Stamp};
use serde_json::Value;
use sqlx::Connection;
use sqlx::{
    Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use std::collections::{BTreeMap, BTreeSet};

/// The collector's store, read beside it.
pub struct Database {
    connection: SqliteConnection,
}

pub struct StoredReport {
    pub boot: u64,
    pub sequence: u64,
    /// `full` or `delta`.
    pub kind: String,
}

#[derive(Debug, PartialEq, Eq)]
pub struct StoredChange {
    pub boot: u64,
    pub sequence: u64,
    pub old: Option<String>,
    pub new: Option<String>,
}

impl Database {
    pub async fn open(collector: &Collector) -> Self {
        let options =
            SqliteConnectOptions::new().filename(collector.data().join("kiemke.sqlite")).read_only(true);
        Self { connection: SqliteConnection::connect_with(&options).await.unwrap() }
    }

    async fn rows(&mut self, sql: &'static str, parameters: &[&str]) -> Vec<SqliteRow> {
        let mut query = sqlx::query(sql);
        for parameter in parameters {
            query = query.bind(*parameter);
        }
        query.fetch_all(&mut self.connection).await.unwrap()
    }

    pub async fn reports(&mut self, device: &str) -> Vec<StoredReport> {
        let sql = "SELECT boot, sequence, kind FROM report WHERE device = $1 ORDER BY boot, sequence";
        let report = |row: &SqliteRow| StoredReport {
            boot: number(row, 0),
            sequence: number(row, 1),
            kind: row.get(2),
        };
        self.rows(sql, &[device]).await.iter().map(report).collect()
    }

    pub async fn all_reports(&mut self) -> BTreeSet<(String, Stamp)> {
        let rows = self.rows("SELECT boot, sequence, device FROM report", &[]).await;
        rows.iter().map(|row| (row.get(2), (number(row, 0), number(row, 1)))).collect()
    }

    pub async fn report_count(&mut self) -> u64 {
        number(&self.rows("SELECT COUNT(*) FROM report", &[]).await[0], 0)
    }

    /// Changes of one section whose path ends so.
    pub async fn changes(&mut self, device: &str, section: &str, path_end: &str) -> Vec<StoredChange> {
        let sql = "SELECT boot, sequence, old_value, new_value FROM device_change
                   WHERE device = $1 AND section = $2 AND path LIKE '%' || $3 ORDER BY boot, sequence";
        let change = |row: &SqliteRow| StoredChange {
            boot: number(row, 0),
            sequence: number(row, 1),
            old: row.get(2),
            new: row.get(3),
        };
        self.rows(sql, &[device, section, path_end]).await.iter().map(change).collect()
    }

    /// The sections that are held, each with the number of the report that brought it.
    pub async fn sections(&mut self, device: &str) -> BTreeMap<String, u64> {
        let rows = self.rows("SELECT name, sequence FROM device_section WHERE device = $1", &[device]).await;
        rows.iter().map(|row| (row.get(0), number(row, 1))).collect()
    }

    /// As it was sent; null where it is not held.
    pub async fn section(&mut self, device: &str, name: &str) -> Value {
        let sql = "SELECT content FROM device_section WHERE device = $1 AND name = $2";
        let rows = self.rows(sql, &[device, name]).await;
        let text = |row: &SqliteRow| zstd::decode_all(row.get::<&[u8], _>(0)).unwrap();
        rows.first().map_or(Value::Null, |row| serde_json::from_slice(&text(row)).unwrap())
    }

    /// Lower-case hex.
    pub async fn certificate_serial(&mut self, device: &str) -> String {
        self.rows("SELECT certificate_serial FROM device WHERE id = $1", &[device]).await[0].get(0)
    }

    /// Reasons of what was turned away, oldest first.
    pub async fn rejections(&mut self) -> Vec<String> {
        let rows = self.rows("SELECT reason FROM rejection ORDER BY id", &[]).await;
        rows.iter().map(|row| row.get(0)).collect()
    }
}

fn number(row: &SqliteRow, column: usize) -> u64 {
    row.get::<i64, _>(column).try_into().unwrap()
}
