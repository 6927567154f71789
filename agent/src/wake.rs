//! The machine woke up. Connections from before are dead, and a probe may be due.

use tokio::sync::Notify;

pub static RESUMED: Notify = Notify::const_new();
