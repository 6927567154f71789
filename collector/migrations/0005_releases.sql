-- Releases of the agent and where they are rolled out.

-- Rust target triple, as reports name it.
ALTER TABLE device ADD COLUMN agent_target TEXT;

CREATE TABLE release (
    version     TEXT NOT NULL,
    target      TEXT NOT NULL,
    size        BIGINT NOT NULL,
    sha256      TEXT NOT NULL,          -- of the executable, lower-case hex
    released_at TEXT NOT NULL,
    manifest    BLOB NOT NULL,          -- sealed by the release key
    executable  BLOB NOT NULL,
    added_at    TEXT NOT NULL,
    added_by    TEXT NOT NULL,
    PRIMARY KEY (version, target)
);

CREATE TABLE roll_out (
    id             INTEGER PRIMARY KEY, -- the higher, the later it was started
    version        TEXT NOT NULL,
    unit_code      TEXT NOT NULL,       -- and everything below it
    spread_seconds BIGINT NOT NULL,
    started_at     TEXT NOT NULL,
    started_by     TEXT NOT NULL,
    stopped_at     TEXT,
    stopped_by     TEXT
);
CREATE UNIQUE INDEX roll_out_active ON roll_out (version, unit_code) WHERE stopped_at IS NULL;

-- The last order of a version to a device, and how it ended.
CREATE TABLE release_order (
    device     TEXT NOT NULL,
    version    TEXT NOT NULL,
    roll_out   BIGINT NOT NULL,
    counter    BIGINT NOT NULL,         -- of the command
    ordered_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    outcome    TEXT,                    -- kept, rejected; NULL: not told yet
    reason     TEXT,
    told_at    TEXT,
    PRIMARY KEY (device, version)
);
