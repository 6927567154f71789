use crate::{
    app::App,
    inventory::{
        DeviceFacts,
        derive::{self, DeviceRecord, Reading, Sections},
        device::Origin,
        line::LineSighting,
        peripheral::PeripheralSighting,
    },
    search::build::DeviceDetails,
    store::{
        checks::CheckSubject,
        derived::{Work, WorkKind},
        devices::DeviceRow,
        time,
    },
};
use anyhow::{Context, Result};
use jiff::Timestamp;
use kiemke_schemas::section::software::PackageSource;

/// What follows from one device's sections.
struct Derived {
    facts: DeviceFacts,
    details: String,
    lines: Vec<LineSighting>,
    peripherals: Vec<PeripheralSighting>,
}

pub async fn derive_all(app: &App, works: &[Work]) -> Result<()> {
    let mut done = Vec::with_capacity(works.len());
    for work in works {
        match derive(app, &work.subject).await {
            Ok(derived) => done.push((work, derived)),
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(device = work.subject, error, "facts could not be derived");
                app.store.work_failed(WorkKind::Device, work, &error, Timestamp::now()).await?;
            }
        }
    }
    let now = Timestamp::now();
    let mut tx = app.store.begin().await?;
    for (work, derived) in &done {
        if let Some(Derived { facts, details, lines, peripherals }) = derived {
            tx.set_facts(facts, details, now).await?;
            for line in lines {
                tx.see_line(&facts.device, &facts.unit, line).await?;
            }
            for peripheral in peripherals {
                tx.see_peripheral(peripheral).await?;
            }
            tx.enqueue_unit(&facts.unit, now).await?;
        }
        tx.work_done(WorkKind::Device, work, now).await?;
    }
    tx.commit().await
}

/// `None` for a device that is no longer there.
async fn derive(app: &App, id: &str) -> Result<Option<Derived>> {
    let Some(row) = app.store.device(id).await? else { return Ok(None) };
    let record = record(app, &row).await?;
    let sections = Sections::decode(&app.store.sections(id).await?);
    let lines = derive::line_sightings(&record, &sections);
    let peripherals = derive::peripheral_sightings(&record, &sections);
    let kept = app.store.line_sightings(id, &record.unit).await?;
    let facts = derive::device_facts(&record, &sections, together(kept, &lines));
    let details = serde_json::to_string(&details(&sections))?;
    Ok(Some(Derived { facts, details, lines, peripherals }))
}

async fn record(app: &App, row: &DeviceRow) -> Result<DeviceRecord> {
    let check = app.store.checks(CheckSubject::Device, std::slice::from_ref(&row.id)).await?.remove(&row.id);
    Ok(DeviceRecord {
        device: row.id.clone(),
        unit: row.unit_code.clone(),
        declared: app.store.declared_device(&row.id).await?,
        origin: if row.origin == "declared" { Origin::Declared } else { Origin::Observed },
        state: row.state()?,
        host_name: row.host_name.clone(),
        peer_address: row.peer_address.as_deref().and_then(|text| text.parse().ok()),
        enrolled_at: time::parse(&row.enrolled_at).context("enrolled_at")?,
        last_seen_at: time::parse_optional(row.last_seen_at.as_deref())?,
        last_report_at: time::parse_optional(row.last_report_at.as_deref())?,
        clock_skew_seconds: row.clock_skew_seconds,
        check,
    })
}

/// What was seen before and what is seen now, one an ASN: the first sight of old, the rest of now.
fn together(kept: Vec<LineSighting>, now: &[LineSighting]) -> Vec<LineSighting> {
    let mut lines = kept;
    for seen in now {
        match lines.iter_mut().find(|line| line.asn == seen.asn) {
            Some(line) => {
                let first_seen_at = line.first_seen_at.min(seen.first_seen_at);
                let last_seen_at = line.last_seen_at.max(seen.last_seen_at);
                *line = LineSighting { first_seen_at, last_seen_at, ..seen.clone() };
            }
            None => lines.push(seen.clone()),
        }
    }
    lines
}

fn details(sections: &Sections) -> DeviceDetails {
    let software = Reading::value(&sections.software).map(|software| {
        let mut kept = software.clone();
        kept.packages.retain(|package| package.source == PackageSource::Registry);
        kept
    });
    DeviceDetails { network: sections.network.value().cloned(), software }
}
