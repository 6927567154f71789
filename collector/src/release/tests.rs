use super::{
    add, check, due,
    progress::{Progress, progress},
};
use crate::store::{
    Store,
    ingest::{self, releases},
    roll_outs::NewOrder,
    time,
};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use kiemke_schemas::{
    command::Body,
    release::{Manifest, key_text},
    status::{Outcome, UpdateOutcome},
};

const TARGET: &str = "x86_64-unknown-linux-musl";
const OTHER_TARGET: &str = "x86_64-win7-windows-gnu";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn sealed(version: &str, executable: &[u8], signed_by: u8) -> Vec<u8> {
    let version = version.parse().unwrap();
    let manifest = Manifest::of(version, TARGET.into(), executable, Timestamp::UNIX_EPOCH);
    manifest.seal(&key(signed_by)).unwrap()
}

struct Place {
    store: Store,
    _folder: tempfile::TempDir,
}

impl Place {
    /// Quận 1 with the ward Bến Thành, and Quận 3; nobody but key 1 signs.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Self { store: Store::open(folder.path()).await.unwrap(), _folder: folder };
        for (code, parent) in [("760", None), ("26743", Some("760")), ("770", None)] {
            place
                .execute(
                    "INSERT INTO unit (code, valid_from, parent_code, level, kind, name, full_name)
                     VALUES ($1, '2000-01-01', $2, 'district', 'quận', $1, $1)",
                    &[Some(code), parent],
                )
                .await;
        }
        place.store.set_release_key(&key_text(&key(1).verifying_key()), "test").await.unwrap();
        place
    }

    async fn execute(&self, sql: &'static str, values: &[Option<&str>]) {
        let mut tx = self.store.begin().await.unwrap();
        let mut query = sqlx::query(sql);
        for value in values {
            query = query.bind(value.map(str::to_owned));
        }
        query.execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Connected and active.
    async fn device(&self, id: &str, unit: &str, version: &str, target: &str) {
        self.execute(
            "INSERT INTO device (id, unit_code, state, origin, report_key, enrolled_at, connected, agent_version, agent_target)
             VALUES ($1, $2, 'active', 'observed', $1, '2026-01-01T00:00:00.000Z', 1, $3, $4)",
            &[Some(id), Some(unit), Some(version), Some(target)],
        )
        .await;
    }

    async fn release(&self, version: &str) {
        add(&self.store, &sealed(version, b"program", 1), b"program", "test").await.unwrap();
    }

    async fn roll_out(&self, version: &str, unit: &str) {
        self.store.start_roll_out(version, unit, 60, "test").await.unwrap();
    }

    /// `device version`, ordered like devices.
    async fn due_at(&self, now: Timestamp) -> Vec<String> {
        let due = due(&self.store, now).await.unwrap();
        due.into_iter().map(|(device, order)| format!("{device} {}", order.version)).collect()
    }

    async fn due(&self) -> Vec<String> {
        self.due_at(Timestamp::now()).await
    }

    async fn order_all(&self) {
        let now = Timestamp::now();
        let mut tx = self.store.begin().await.unwrap();
        for (device, order) in due(&self.store, now).await.unwrap() {
            let version = order.version.to_string();
            let new = NewOrder { version: &version, roll_out: order.roll_out, body: &Body::ScanNow };
            tx.order_release(&device, &new, now).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// How the device's first, second, … order ended.
    fn tell(&self, device: &str, order: i64, outcome: Outcome, reason: Option<&str>) {
        let mut connection = self.store.ingest_connection().unwrap();
        let tx = ingest::begin(&mut connection).unwrap();
        let sql = "SELECT counter FROM command WHERE device = ?1 ORDER BY counter LIMIT 1 OFFSET ?2 - 1";
        let counter: i64 = tx.query_row(sql, (device, order), |row| row.get(0)).unwrap();
        let counter = u64::try_from(counter).unwrap();
        let told = UpdateOutcome { version: None, counter, outcome, reason: reason.map(str::to_owned) };
        releases::outcome(&tx, device, &told, Timestamp::now()).unwrap();
        tx.commit().unwrap();
    }

    async fn progress(&self) -> Progress {
        progress(&self.store, None, Timestamp::now()).await.unwrap().remove(0)
    }
}

#[tokio::test]
async fn older_devices_of_the_subtree_with_a_fitting_target_are_due() {
    let place = Place::new().await;
    place.device("a", "26743", "0.1.0", TARGET).await;
    place.device("b", "760", "0.2.0-rc.1", TARGET).await;
    place.device("c-current", "760", "0.2.0", TARGET).await;
    place.device("d-newer", "760", "0.10.0", TARGET).await;
    place.device("e-target", "760", "0.1.0", OTHER_TARGET).await;
    place.device("f-elsewhere", "770", "0.1.0", TARGET).await;
    place.device("g-foreign", "760", "of another maker", TARGET).await;
    place.device("h-away", "760", "0.1.0", TARGET).await;
    place.execute("UPDATE device SET connected = 0 WHERE id = 'h-away'", &[]).await;
    place.device("i-suspended", "760", "0.1.0", TARGET).await;
    place.execute("UPDATE device SET state = 'suspended' WHERE id = 'i-suspended'", &[]).await;
    place.release("0.2.0").await;
    assert_eq!(place.due().await, Vec::<String>::new());
    place.roll_out("0.2.0", "760").await;
    assert_eq!(place.due().await, ["a 0.2.0", "b 0.2.0"]);
    place.order_all().await;
    let found = place.progress().await;
    let counts = [found.updated, found.ordered, found.waiting, found.rejected, found.unsuitable];
    assert_eq!(counts, [2, 2, 1, 0, 2]);
}

#[tokio::test]
async fn nobody_is_ordered_twice_while_an_order_is_pending_nor_after_a_rejection() {
    let place = Place::new().await;
    place.device("a", "760", "0.1.0", TARGET).await;
    place.release("0.2.0").await;
    place.roll_out("0.2.0", "760").await;
    place.order_all().await;
    assert_eq!(place.due().await, Vec::<String>::new());
    let in_a_month = Timestamp::now() + jiff::SignedDuration::from_hours(24 * 30);
    assert_eq!(place.due_at(in_a_month).await, ["a 0.2.0"]);

    place.tell("a", 1, Outcome::Rejected, Some("no report was stored within 600 s"));
    assert_eq!(place.due_at(in_a_month).await, Vec::<String>::new());
    let rejection = place.progress().await.rejections.remove(0);
    assert_eq!(rejection.device, "a");
    assert_eq!(rejection.reason.as_deref(), Some("no report was stored within 600 s"));

    place.roll_out("0.2.0", "760").await;
    assert_eq!(place.due().await, ["a 0.2.0"]);
    place.order_all().await;
    assert_eq!(place.progress().await.rejected, 0);
    // The device repeats what it said of the former order.
    place.tell("a", 1, Outcome::Rejected, Some("no report was stored within 600 s"));
    assert_eq!(place.progress().await.ordered, 1);
    place.tell("a", 2, Outcome::Kept, None);
    assert_eq!(place.progress().await.rejected, 0);
}

#[tokio::test]
async fn of_several_roll_outs_the_highest_version_is_ordered() {
    let place = Place::new().await;
    place.device("a", "26743", "0.1.0", TARGET).await;
    place.device("b", "760", "0.1.0", TARGET).await;
    for version in ["0.10.0", "0.9.0"] {
        place.release(version).await;
    }
    place.roll_out("0.10.0", "26743").await;
    place.roll_out("0.9.0", "760").await;
    assert_eq!(place.due().await, ["a 0.10.0", "b 0.9.0"]);
}

#[tokio::test]
async fn a_stopped_roll_out_withdraws_what_nobody_answered() {
    let place = Place::new().await;
    place.device("mzuhvlpymk6xo3epygfy5h4oea", "760", "0.1.0", TARGET).await;
    place.release("0.2.0").await;
    place.roll_out("0.2.0", "760").await;
    place.order_all().await;
    let device = "mzuhvlpymk6xo3epygfy5h4oea".parse().unwrap();
    let later = Timestamp::now() + jiff::SignedDuration::from_secs(60);
    assert_eq!(place.store.pending_commands(&device, later).await.unwrap().len(), 1);
    assert!(place.store.stop_roll_out("0.2.0", "760", "test").await.unwrap());
    assert!(!place.store.stop_roll_out("0.2.0", "760", "test").await.unwrap());
    assert_eq!(place.store.pending_commands(&device, later).await.unwrap().len(), 0);
    assert_eq!(place.due_at(later).await, Vec::<String>::new());
    assert!(place.progress().await.stopped_at.is_some());
}

#[tokio::test]
async fn what_is_not_signed_by_the_trusted_key_is_not_taken() {
    let place = Place::new().await;
    let refused = async |sealed: Vec<u8>, executable: &[u8]| {
        format!("{:#}", add(&place.store, &sealed, executable, "test").await.unwrap_err())
    };
    assert_eq!(
        refused(sealed("0.2.0", b"program", 2), b"program").await,
        "manifest: the signature does not fit the key"
    );
    assert_eq!(
        refused(sealed("0.2.0", b"program", 1), b"Program").await,
        "manifest, field sha256: it is of another executable"
    );
    place.release("0.2.0").await;
    assert_eq!(
        refused(sealed("0.2.0", b"other", 1), b"other").await,
        format!(
            "manifest, field version: 0.2.0 for {TARGET} is here already with another executable; release a new version"
        )
    );
    place.execute("DELETE FROM setting", &[]).await;
    assert!(refused(sealed("0.3.0", b"x", 1), b"x").await.starts_with("no release key is trusted yet"));
}

#[tokio::test]
async fn damage_is_found() {
    let place = Place::new().await;
    assert_eq!(check(&place.store).await.unwrap(), Vec::<String>::new());
    place.release("0.2.0").await;
    place.release("0.3.0").await;
    assert_eq!(check(&place.store).await.unwrap(), Vec::<String>::new());
    place.execute("UPDATE release SET executable = 'Program' WHERE version = '0.2.0'", &[]).await;
    place.execute("UPDATE release SET sha256 = 'x' WHERE version = '0.3.0'", &[]).await;
    place.roll_out("0.4.0", "760").await;
    assert_eq!(
        check(&place.store).await.unwrap(),
        [
            format!("release 0.2.0 for {TARGET}: manifest, field sha256: it is of another executable"),
            format!("release 0.3.0 for {TARGET}: its row differs from its manifest"),
            "roll-out of 0.4.0 in unit 760: there is no such release".to_owned(),
        ]
    );
}

#[tokio::test]
async fn an_executable_is_read_in_pieces() {
    let place = Place::new().await;
    place.release("0.2.0").await;
    let piece = async |from, bytes| place.store.release_piece("0.2.0", TARGET, from, bytes).await.unwrap();
    assert_eq!((piece(0, 4).await, piece(4, 100).await), (b"prog".to_vec(), b"ram".to_vec()));
    assert_eq!(piece(7, 100).await, b"");
    let row = place.store.release("0.2.0", TARGET).await.unwrap().unwrap();
    assert_eq!((row.size, time::parse(&row.released_at).unwrap()), (7, Timestamp::UNIX_EPOCH));
}
