use crate::{
    identity::fingerprint::{self, Likeness},
    ingest::{
        history,
        known::Hashes,
        prepare::{Fresh, PreparedReport, PreparedSection, Stamp, fresh},
        rejection::Rejection,
    },
    store::time,
};
use kiemke_schemas::{
    ReportKind, Section, SectionName,
    digest::SectionHash,
    enrolment::MachineFingerprint,
    section::{hardware::Hardware, operating_system::OperatingSystem},
};
use rusqlite::{Result, Transaction, params};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The stored sections of one device, as far as needed to compare.
pub struct Sections {
    stored: BTreeMap<SectionName, (SectionHash, Stamp)>,
}

impl Sections {
    pub fn load(tx: &Transaction, report: &PreparedReport) -> Result<Self> {
        let mut select =
            tx.prepare_cached("SELECT name, hash, boot, sequence FROM device_section WHERE device = ?1")?;
        let rows = select.query_map([report.device.as_str()], |row| {
            let stamp = Stamp { boot: row.get::<_, i64>(2)? as u64, sequence: row.get::<_, i64>(3)? as u64 };
            Ok((row.get::<_, String>(0)?, SectionHash(row.get(1)?), stamp))
        })?;
        let mut stored = BTreeMap::new();
        for row in rows {
            let (name, hash, stamp) = row?;
            if let Some(name) = SectionName::parse(&name) {
                stored.insert(name, (hash, stamp));
            }
        }
        Ok(Self { stored })
    }

    pub fn hashes(&self) -> Hashes {
        self.stored.iter().map(|(name, (hash, _))| (*name, *hash)).collect()
    }

    /// Why this report was made on another machine than the one that enrolled, where it was.
    pub fn of_another_machine(&self, report: &PreparedReport, enrolled: Option<&str>) -> Option<String> {
        let section = report.sections.iter().find(|section| section.name == SectionName::Hardware)?;
        if self.stored.get(&section.name).is_some_and(|(hash, _)| *hash == section.hash) {
            return None;
        }
        let hardware = serde_json::from_str::<Section<Hardware>>(section.text.get()).ok()?.value?;
        let seen = MachineFingerprint {
            board_serial: hardware.board.and_then(|board| board.serial),
            system_uuid: hardware.uuid,
            ..Default::default()
        };
        let enrolled: MachineFingerprint = serde_json::from_str(enrolled?).ok()?;
        (fingerprint::compare(&enrolled, &seen) == Likeness::Other).then(|| {
            let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".into());
            format!(
                "section hardware: UUID {} and board {} are not those of the machine that enrolled ({} and {})",
                text(&seen.system_uuid),
                text(&seen.board_serial),
                text(&enrolled.system_uuid),
                text(&enrolled.board_serial)
            )
        })
    }

    /// Whether any section changed; the inner error is for a section that does not read as its type.
    pub fn apply(
        &mut self,
        tx: &Transaction,
        report: &PreparedReport,
        newest_full: Stamp,
        first: bool,
    ) -> Result<std::result::Result<bool, Rejection>> {
        let mut changed = false;
        for section in &report.sections {
            let known = self.stored.get(&section.name).copied();
            let stamp = known.map_or(newest_full, |(_, stamp)| stamp.max(newest_full));
            let same = known.is_some_and(|(hash, _)| hash == section.hash);
            if same {
                if report.stamp > stamp && report.kind == ReportKind::Delta {
                    touch(tx, report, section)?;
                    self.stored.insert(section.name, (section.hash, report.stamp));
                }
                continue;
            }
            let made;
            let fresh = match &section.fresh {
                Some(fresh) => fresh,
                None => match fresh(section.name, section.text.get()) {
                    Ok(fresh) => {
                        made = fresh;
                        &made
                    }
                    Err(rejection) => return Ok(Err(rejection)),
                },
            };
            if report.stamp > stamp {
                self.replace(tx, report, section, fresh, first)?;
                changed = true;
            } else {
                record(tx, report, section.name, "", None, Some(&fresh.value))?;
            }
        }
        if report.kind == ReportKind::Full && report.stamp > newest_full {
            changed |= self.end_missing(tx, report)?;
        }
        Ok(Ok(changed))
    }

    fn replace(
        &mut self,
        tx: &Transaction,
        report: &PreparedReport,
        section: &PreparedSection,
        fresh: &Fresh,
        first: bool,
    ) -> Result<()> {
        if self.stored.contains_key(&section.name) {
            let old = content(tx, report, section.name)?;
            for change in history::changes(section.name, &old, &fresh.value) {
                record(tx, report, section.name, &change.path, change.old.as_ref(), change.new.as_ref())?;
            }
        } else if !first {
            record(tx, report, section.name, "", None, Some(&fresh.value))?;
        }
        write(tx, report, section, fresh)?;
        if section.name == SectionName::OperatingSystem {
            set_host_name(tx, report, &fresh.value)?;
        }
        self.stored.insert(section.name, (section.hash, report.stamp));
        Ok(())
    }

    /// What a full report does not send no longer exists.
    fn end_missing(&mut self, tx: &Transaction, report: &PreparedReport) -> Result<bool> {
        let gone: Vec<SectionName> = self
            .stored
            .iter()
            .filter(|(name, (_, stamp))| {
                *stamp < report.stamp && !report.sections.iter().any(|section| section.name == **name)
            })
            .map(|(name, _)| *name)
            .collect();
        for name in &gone {
            let old = content(tx, report, *name)?;
            record(tx, report, *name, "", Some(&old), None)?;
            tx.prepare_cached("DELETE FROM device_section WHERE device = ?1 AND name = ?2")?
                .execute([report.device.as_str(), name.as_str()])?;
            self.stored.remove(name);
        }
        Ok(!gone.is_empty())
    }
}

fn touch(tx: &Transaction, report: &PreparedReport, section: &PreparedSection) -> Result<()> {
    tx.prepare_cached(
        "UPDATE device_section SET boot = ?3, sequence = ?4, observed_at = ?5, reported_at = ?6,
           received_at = ?7 WHERE device = ?1 AND name = ?2",
    )?
    .execute(params![
        report.device.as_str(),
        section.name.as_str(),
        report.stamp.boot as i64,
        report.stamp.sequence as i64,
        time::text(section.observed_at),
        time::text(report.created_at),
        time::text(report.received_at),
    ])?;
    Ok(())
}

fn write(tx: &Transaction, report: &PreparedReport, section: &PreparedSection, fresh: &Fresh) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO device_section
           (device, name, hash, boot, sequence, observed_at, reported_at, received_at, content)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (device, name) DO UPDATE SET hash = excluded.hash, boot = excluded.boot,
           sequence = excluded.sequence, observed_at = excluded.observed_at,
           reported_at = excluded.reported_at, received_at = excluded.received_at,
           content = excluded.content",
    )?
    .execute(params![
        report.device.as_str(),
        section.name.as_str(),
        section.hash.0,
        report.stamp.boot as i64,
        report.stamp.sequence as i64,
        time::text(section.observed_at),
        time::text(report.created_at),
        time::text(report.received_at),
        fresh.packed,
    ])?;
    Ok(())
}

fn content(tx: &Transaction, report: &PreparedReport, name: SectionName) -> Result<Value> {
    let packed: Vec<u8> = tx
        .prepare_cached("SELECT content FROM device_section WHERE device = ?1 AND name = ?2")?
        .query_row([report.device.as_str(), name.as_str()], |row| row.get(0))?;
    crate::store::sections::unpack(&packed).and_then(|text| Ok(serde_json::from_str(&text)?)).map_err(
        |error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, error.into()),
    )
}

fn record(
    tx: &Transaction,
    report: &PreparedReport,
    section: SectionName,
    path: &str,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO device_change (device, boot, sequence, section, path, old_value, new_value, received_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        report.device.as_str(),
        report.stamp.boot as i64,
        report.stamp.sequence as i64,
        section.as_str(),
        path,
        old.map(Value::to_string),
        new.map(Value::to_string),
        time::text(report.received_at),
    ])?;
    Ok(())
}

fn set_host_name(tx: &Transaction, report: &PreparedReport, value: &Value) -> Result<()> {
    let Some(system) = Section::<OperatingSystem>::deserialize(value).ok().and_then(|s| s.value) else {
        return Ok(());
    };
    tx.prepare_cached("UPDATE device SET host_name = ?2 WHERE id = ?1")?
        .execute([report.device.as_str(), &system.host_name])?;
    Ok(())
}
