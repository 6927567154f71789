-- Times are UTC, RFC 3339 text. Only SQL that PostgreSQL understands too.

CREATE TABLE setting (
    key        TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL
);

-- Units -------------------------------------------------------------------------------------------------

CREATE TABLE unit (
    code        TEXT NOT NULL,
    valid_from  TEXT NOT NULL,          -- date; the same code can name another unit later
    valid_to    TEXT,                   -- date, half-open
    parent_code TEXT,
    level       TEXT NOT NULL,
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,
    full_name   TEXT NOT NULL,
    PRIMARY KEY (code, valid_from)
);
CREATE INDEX unit_parent ON unit (parent_code);

CREATE TABLE enrolment_token (
    id          TEXT PRIMARY KEY,       -- public part, shown in lists
    secret_hash BLOB NOT NULL,
    unit_code   TEXT NOT NULL,
    uses_total  BIGINT NOT NULL,
    uses_left   BIGINT NOT NULL,
    expires_at  TEXT,
    created_at  TEXT NOT NULL,
    created_by  TEXT NOT NULL,
    revoked_at  TEXT
);

-- Devices -----------------------------------------------------------------------------------------------

CREATE TABLE device (
    id                 TEXT PRIMARY KEY,
    unit_code          TEXT NOT NULL,
    state              TEXT NOT NULL,   -- active, suspended, revoked, retired
    origin             TEXT NOT NULL,   -- observed, declared
    report_key         BLOB,
    certificate_serial TEXT,
    certificate_ends_at TEXT,
    -- The certificate before the last renewal: its answer may have been lost on the way.
    previous_certificate_serial TEXT,
    fingerprint        TEXT,            -- JSON of MachineFingerprint
    board              TEXT,            -- board serial and UUID in one form; NULL where not both are known
    host_name          TEXT,
    continues          TEXT,            -- device id this one takes over from (reinstalled computer)
    enrolled_at        TEXT NOT NULL,
    enrolled_with      TEXT,            -- token id
    boot               BIGINT NOT NULL DEFAULT 0,
    sequence           BIGINT NOT NULL DEFAULT 0,
    -- The newest full report: what it did not send ended with it, whatever arrives late.
    full_boot          BIGINT NOT NULL DEFAULT 0,
    full_sequence      BIGINT NOT NULL DEFAULT 0,
    state_digest       TEXT,
    last_report_at     TEXT,
    last_seen_at       TEXT,
    connected          BIGINT NOT NULL DEFAULT 0,
    peer_address       TEXT,
    clock_skew_seconds BIGINT,
    agent_version      TEXT
);
CREATE INDEX device_unit ON device (unit_code);
CREATE INDEX device_board ON device (board);

-- One row an accepted report: what makes ingest idempotent.
CREATE TABLE report (
    device      TEXT NOT NULL,
    boot        BIGINT NOT NULL,
    sequence    BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    received_at TEXT NOT NULL,
    bytes       BIGINT NOT NULL,
    PRIMARY KEY (device, boot, sequence)
);

-- The current text of each section, exactly as sent (zstd), so that digests can be compared.
CREATE TABLE device_section (
    device      TEXT NOT NULL,
    name        TEXT NOT NULL,
    hash        BLOB NOT NULL,
    boot        BIGINT NOT NULL,
    sequence    BIGINT NOT NULL,
    observed_at TEXT NOT NULL,          -- agent's clock: when the value was read
    reported_at TEXT NOT NULL,          -- agent's clock: created_at of the report that brought it
    received_at TEXT NOT NULL,
    content     BLOB NOT NULL,
    PRIMARY KEY (device, name)
);

-- History: every change of a device's facts. `path` is a JSON pointer into the section.
CREATE TABLE device_change (
    device      TEXT NOT NULL,
    boot        BIGINT NOT NULL,
    sequence    BIGINT NOT NULL,
    section     TEXT NOT NULL,
    path        TEXT NOT NULL,
    old_value   TEXT,
    new_value   TEXT,
    received_at TEXT NOT NULL,
    PRIMARY KEY (device, boot, sequence, section, path)
);
CREATE INDEX device_change_time ON device_change (device, received_at);

CREATE TABLE observation (
    device      TEXT NOT NULL,
    boot        BIGINT NOT NULL,
    sequence    BIGINT NOT NULL,
    number      BIGINT NOT NULL,        -- place within the report
    at          TEXT NOT NULL,
    event       TEXT NOT NULL,          -- JSON
    PRIMARY KEY (device, boot, sequence, number)
);

-- Acts of people on devices: moved, suspended, revoked, retired, merged.
CREATE TABLE device_act (
    device   TEXT NOT NULL,
    at       TEXT NOT NULL,
    act      TEXT NOT NULL,
    detail   TEXT NOT NULL,             -- JSON
    actor    TEXT NOT NULL
);
CREATE INDEX device_act_device ON device_act (device, at);

-- Derived: rebuilt from the above at any time -----------------------------------------------------------

CREATE TABLE derived_work (
    kind        TEXT NOT NULL,          -- device; unit; clock: a unit of which only the time changed
    subject     TEXT NOT NULL,
    revision    BIGINT NOT NULL DEFAULT 1,  -- raised when enqueued again; work is done only if unchanged
    enqueued_at TEXT NOT NULL,
    attempts    BIGINT NOT NULL DEFAULT 0,
    not_before  TEXT,
    last_error  TEXT,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX derived_work_age ON derived_work (kind, enqueued_at);

CREATE TABLE device_facts (
    device     TEXT PRIMARY KEY,
    unit_code  TEXT NOT NULL,
    kind       TEXT NOT NULL,           -- this and protection stand in the facts too: pages count by them
    protection TEXT NOT NULL,           -- unknown, absent, installed
    facts      TEXT NOT NULL,           -- JSON of inventory::DeviceFacts
    details    TEXT NOT NULL,           -- JSON of what search finds beside the facts
    derived_at TEXT NOT NULL
);
CREATE INDEX device_facts_unit ON device_facts (unit_code, kind, protection);

-- Sightings are history as well: they outlive the section that brought them.
CREATE TABLE peripheral_sighting (
    identity      TEXT NOT NULL,
    device        TEXT NOT NULL,
    unit_code     TEXT NOT NULL,        -- of the device when it was seen
    content       TEXT NOT NULL,        -- JSON of the section's peripheral
    first_seen_at TEXT NOT NULL,
    last_seen_at  TEXT NOT NULL,
    PRIMARY KEY (identity, device)
);
CREATE INDEX peripheral_sighting_device ON peripheral_sighting (device);

CREATE TABLE line_sighting (
    device        TEXT NOT NULL,
    asn           BIGINT NOT NULL,
    unit_code     TEXT NOT NULL,
    content       TEXT NOT NULL,        -- JSON of inventory::line::LineSighting
    first_seen_at TEXT NOT NULL,
    last_seen_at  TEXT NOT NULL,
    PRIMARY KEY (device, asn, unit_code)
);

CREATE TABLE flag (
    id        TEXT PRIMARY KEY,
    rule      TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    device    TEXT,
    system    TEXT,
    since     TEXT NOT NULL,
    closed_at TEXT,
    evidence  TEXT NOT NULL             -- JSON
);
CREATE UNIQUE INDEX flag_open ON flag (rule, unit_code, COALESCE(device, ''), COALESCE(system, '')) WHERE closed_at IS NULL;
CREATE INDEX flag_unit ON flag (unit_code, closed_at);

-- What people say ---------------------------------------------------------------------------------------

-- Every declared value ever; the last row of (unit, system, field) is the current one.
CREATE TABLE declaration (
    id          INTEGER PRIMARY KEY,
    unit_code   TEXT NOT NULL,
    system      TEXT NOT NULL DEFAULT '',
    field       TEXT NOT NULL,
    value       TEXT,                   -- NULL: withdrawn
    declared_by TEXT NOT NULL,
    declared_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
);
CREATE INDEX declaration_current ON declaration (unit_code, system, field, id);

CREATE TABLE security_check (
    id           INTEGER PRIMARY KEY,
    subject_kind TEXT NOT NULL,         -- device, peripheral
    subject      TEXT NOT NULL,         -- device id or peripheral identity
    checked_on   TEXT NOT NULL,
    checked_by   TEXT NOT NULL,
    document     TEXT,
    valid_until  TEXT,
    recorded_at  TEXT NOT NULL,
    recorded_by  TEXT NOT NULL
);
CREATE INDEX security_check_subject ON security_check (subject_kind, subject, id);

CREATE TABLE price (
    item        TEXT NOT NULL,
    year        BIGINT NOT NULL DEFAULT 0,  -- 0: any year
    unit_price  BIGINT NOT NULL,        -- whole đồng
    source      TEXT NOT NULL,
    changed_at  TEXT NOT NULL,
    changed_by  TEXT NOT NULL,
    PRIMARY KEY (item, year)
);

-- A planner's edit of a computed need; NULL leaves the computed value.
CREATE TABLE procurement_edit (
    unit_code  TEXT NOT NULL,
    item       TEXT NOT NULL,
    quantity   BIGINT,
    unit_price BIGINT,
    year       BIGINT,
    source     TEXT,
    stage      TEXT,
    adopted    BIGINT NOT NULL DEFAULT 0,
    note       TEXT,
    computed_quantity BIGINT,           -- what was computed when the edit was made: shows drift
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (unit_code, item)
);

-- Talking back and logging in ---------------------------------------------------------------------------

CREATE TABLE command (
    id         INTEGER PRIMARY KEY,
    device     TEXT NOT NULL,
    counter    BIGINT NOT NULL,
    body       TEXT NOT NULL,           -- JSON of schemas::command::Body
    issued_at  TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    sent_at    TEXT,
    UNIQUE (device, counter)
);

-- Reports and connections that were turned away.
CREATE TABLE rejection (
    id        INTEGER PRIMARY KEY,
    at        TEXT NOT NULL,
    device    TEXT,
    peer      TEXT,
    reason    TEXT NOT NULL,            -- stable code: signature, schema-version, too-large, …
    detail    TEXT NOT NULL
);

CREATE TABLE app_user (
    name          TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL,        -- administrator, editor, reader
    unit_code     TEXT,                 -- NULL: every unit
    language      TEXT NOT NULL DEFAULT 'vi',
    created_at    TEXT NOT NULL,
    disabled_at   TEXT
);

CREATE TABLE web_session (
    id_hash    BLOB PRIMARY KEY,
    user_name  TEXT NOT NULL,
    csrf       TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL,
    ends_at    TEXT NOT NULL
);

CREATE TABLE audit (
    id     INTEGER PRIMARY KEY,
    at     TEXT NOT NULL,
    actor  TEXT NOT NULL,
    act    TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL                -- JSON
);
