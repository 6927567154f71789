use super::{Store, WriteTransaction, actor, devices::DeviceRow, time};
use crate::{
    identity::{authority::IssuedCertificate, fingerprint},
    inventory::{device::DeviceState, peripheral},
};
use anyhow::{Result, bail, ensure};
use jiff::Timestamp;
use kiemke_schemas::enrolment::MachineFingerprint;
use serde_json::json;

pub struct NewDevice<'a> {
    pub id: &'a str,
    pub unit: &'a str,
    pub report_key: &'a [u8; 32],
    pub certificate: &'a IssuedCertificate,
    pub machine: &'a MachineFingerprint,
    pub continues: Option<&'a str>,
    /// Id of the token it enrolled with.
    pub token: &'a str,
    pub at: Timestamp,
}

impl Store {
    /// What an enrolment left to a person: the new device goes on with the history of the old one.
    pub async fn confirm_continuation(&self, old: &str, new: &str, actor: &str) -> Result<()> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let (before, after) = (tx.device(old).await?, tx.device(new).await?);
        ensure!(old != new, "device {old} cannot go on as itself");
        let units = (&before.unit_code, &after.unit_code);
        ensure!(
            units.0 == units.1,
            "device {old} is in unit {}, {new} in {}: move one of them",
            units.0,
            units.1
        );
        ensure!(before.connected == 0, "device {old} is connected: it is another computer");
        let live = matches!(after.state()?, DeviceState::Active | DeviceState::Suspended);
        ensure!(live && after.origin == "observed", "device {new} has no agent that may report");
        if let Some(former) = &after.continues {
            bail!("device {new} goes on as {former} already");
        }
        let heir: Option<String> = sqlx::query_scalar("SELECT id FROM device WHERE continues = $1")
            .bind(old)
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(heir) = heir {
            bail!("device {old} goes on as {heir} already");
        }
        sqlx::query("UPDATE device SET continues = $1 WHERE id = $2")
            .bind(old)
            .bind(new)
            .execute(&mut *tx)
            .await?;
        tx.continue_device(old, new, actor, now).await?;
        tx.enqueue_device(new, now).await?;
        tx.enqueue_unit(&after.unit_code, now).await?;
        tx.commit().await
    }
}

impl WriteTransaction {
    pub async fn find_device(&mut self, id: &str) -> Result<Option<DeviceRow>> {
        Ok(sqlx::query_as("SELECT * FROM device WHERE id = $1").bind(id).fetch_optional(&mut **self).await?)
    }

    /// Devices of a unit that may talk and were enrolled on a machine with this board.
    pub async fn live_devices(&mut self, unit: &str, board: &str) -> Result<Vec<DeviceRow>> {
        Ok(sqlx::query_as(
            "SELECT * FROM device WHERE board = $2 AND unit_code = $1 AND state = 'active' AND report_key IS NOT NULL
             ORDER BY enrolled_at, id",
        )
        .bind(unit)
        .bind(board)
        .fetch_all(&mut **self)
        .await?)
    }

    pub async fn insert_device(&mut self, new: &NewDevice<'_>) -> Result<()> {
        sqlx::query(
            "INSERT INTO device (id, unit_code, state, origin, report_key, certificate_serial,
               certificate_ends_at, fingerprint, board, host_name, continues, enrolled_at, enrolled_with)
             VALUES ($1, $2, 'active', 'observed', $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(new.id)
        .bind(new.unit)
        .bind(new.report_key.as_slice())
        .bind(&new.certificate.serial)
        .bind(time::text(new.certificate.ends_at))
        .bind(serde_json::to_string(new.machine)?)
        .bind(fingerprint::board_key(new.machine))
        .bind(&new.machine.host_name)
        .bind(new.continues)
        .bind(time::text(new.at))
        .bind(new.token)
        .execute(&mut **self)
        .await?;
        self.device_act(
            new.id,
            "enrolled",
            &json!({"unit": new.unit, "token": new.token}),
            actor::ENROLMENT,
            new.at,
        )
        .await
    }

    /// The certificate before it stays valid: the answer that carries the new one may be lost.
    pub async fn replace_certificate(&mut self, id: &str, certificate: &IssuedCertificate) -> Result<()> {
        sqlx::query(
            "UPDATE device SET previous_certificate_serial = certificate_serial, certificate_serial = $2,
               certificate_ends_at = $3 WHERE id = $1",
        )
        .bind(id)
        .bind(&certificate.serial)
        .bind(time::text(certificate.ends_at))
        .execute(&mut **self)
        .await?;
        Ok(())
    }

    /// A reinstalled computer: what was seen and checked goes over to its new identity, the old one retires.
    pub async fn continue_device(&mut self, old: &str, new: &str, actor: &str, at: Timestamp) -> Result<()> {
        self.move_sightings(old, new).await?;
        self.copy_checks(old, new).await?;
        sqlx::query("UPDATE device SET state = 'retired' WHERE id = $1")
            .bind(old)
            .execute(&mut **self)
            .await?;
        self.device_act(old, "continued", &json!({"by": new}), actor, at).await?;
        self.device_act(new, "continues", &json!({"device": old}), actor, at).await?;
        self.enqueue_device(old, at).await
    }

    /// A thing known by its place is known by the place at the new device; what that saw already stays newer.
    async fn move_sightings(&mut self, old: &str, new: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO peripheral_sighting (identity, device, unit_code, content, first_seen_at, last_seen_at)
             SELECT CASE WHEN substr(identity, 1, length($3)) = $3 THEN $4 || substr(identity, length($3) + 1)
               ELSE identity END, $2, unit_code, content, first_seen_at, last_seen_at
             FROM peripheral_sighting WHERE device = $1
             ON CONFLICT (identity, device) DO UPDATE SET
               first_seen_at = MIN(peripheral_sighting.first_seen_at, excluded.first_seen_at),
               last_seen_at = MAX(peripheral_sighting.last_seen_at, excluded.last_seen_at)",
        )
        .bind(old)
        .bind(new)
        .bind(peripheral::at_host(old))
        .bind(peripheral::at_host(new))
        .execute(&mut **self)
        .await?;
        sqlx::query(
            "INSERT INTO line_sighting (device, asn, unit_code, content, first_seen_at, last_seen_at)
             SELECT $2, asn, unit_code, content, first_seen_at, last_seen_at FROM line_sighting WHERE device = $1
             ON CONFLICT (device, asn, unit_code) DO UPDATE SET
               first_seen_at = MIN(line_sighting.first_seen_at, excluded.first_seen_at),
               last_seen_at = MAX(line_sighting.last_seen_at, excluded.last_seen_at)",
        )
        .bind(old)
        .bind(new)
        .execute(&mut **self)
        .await?;
        for sql in [
            "DELETE FROM peripheral_sighting WHERE device = $1",
            "DELETE FROM line_sighting WHERE device = $1",
        ] {
            sqlx::query(sql).bind(old).execute(&mut **self).await?;
        }
        Ok(())
    }

    /// The device's own, and those of things known by their place at it.
    async fn copy_checks(&mut self, old: &str, new: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO security_check (subject_kind, subject, checked_on, checked_by, document,
               valid_until, recorded_at, recorded_by)
             SELECT subject_kind, CASE WHEN subject_kind = 'device' THEN $2
               ELSE $4 || substr(subject, length($3) + 1) END,
               checked_on, checked_by, document, valid_until, recorded_at, recorded_by
             FROM security_check WHERE (subject_kind = 'device' AND subject = $1)
               OR (subject_kind = 'peripheral' AND substr(subject, 1, length($3)) = $3)",
        )
        .bind(old)
        .bind(new)
        .bind(peripheral::at_host(old))
        .bind(peripheral::at_host(new))
        .execute(&mut **self)
        .await?;
        Ok(())
    }
}
