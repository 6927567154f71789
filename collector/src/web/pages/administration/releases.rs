//! Releases of the agent that are here, and how far they are rolled out.

use crate::{
    release::progress::{self, Progress, Rejection},
    store::{releases::ReleaseRow, time},
    web::{
        error::WebError,
        format::{self, When},
        viewer::Viewer,
    },
};

pub struct ReleasesView {
    pub lines: Vec<ReleaseLine>,
    pub roll_outs: Vec<RollOutLine>,
}

pub struct ReleaseLine {
    pub version: String,
    pub target: String,
    pub size: String,
    pub added: When,
}

pub struct RollOutLine {
    pub version: String,
    pub unit: String,
    pub since: When,
    pub stopped: bool,
    /// Text and count, without those that are none.
    pub counts: Vec<(String, String)>,
    pub rejections: Vec<RejectionLine>,
}

pub struct RejectionLine {
    pub href: String,
    pub name: String,
    /// As the agent says it, in English.
    pub reason: Option<String>,
}

impl ReleasesView {
    pub async fn of(viewer: &Viewer) -> Result<Self, WebError> {
        let mut rows = viewer.store().releases().await?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.version.parse::<semver::Version>().ok()));
        let all = progress::progress(viewer.store(), None, viewer.now).await?;
        Ok(Self {
            lines: rows.into_iter().map(|row| line(viewer, row)).collect::<Result<_, _>>()?,
            roll_outs: all.into_iter().map(|one| roll_out(viewer, one)).collect::<Result<_, _>>()?,
        })
    }
}

fn line(viewer: &Viewer, row: ReleaseRow) -> Result<ReleaseLine, WebError> {
    Ok(ReleaseLine {
        added: When::new(viewer.l(), time::parse(&row.added_at)?, viewer.now),
        size: format::bytes(row.size.unsigned_abs()),
        version: row.version,
        target: row.target,
    })
}

fn roll_out(viewer: &Viewer, one: Progress) -> Result<RollOutLine, WebError> {
    let l = viewer.l();
    let counts = [
        ("release-updated", one.updated),
        ("release-ordered", one.ordered),
        ("release-waiting", one.waiting),
        ("release-rejected", one.rejected),
        ("release-unsuitable", one.unsuitable),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    Ok(RollOutLine {
        counts: counts.map(|(key, count)| (l.t(key), format::count(count))).collect(),
        since: When::new(l, time::parse(&one.started_at)?, viewer.now),
        stopped: one.stopped_at.is_some(),
        rejections: one.rejections.into_iter().map(shown).collect(),
        version: one.version,
        unit: one.unit,
    })
}

fn shown(rejection: Rejection) -> RejectionLine {
    RejectionLine {
        href: format!("/devices/{}", rejection.device),
        name: rejection.host_name.unwrap_or(rejection.device),
        reason: rejection.reason,
    }
}
