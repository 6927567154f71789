-- What is switched on for a unit and those below it: every version; the last row of a unit is the current one.
CREATE TABLE unit_setting (
    id         INTEGER PRIMARY KEY,
    unit_code  TEXT NOT NULL,
    settings   TEXT,                    -- JSON without what opens a device; NULL: withdrawn
    secrets    BLOB,                    -- sealed with settings.key; only of the current row
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL
);
CREATE INDEX unit_setting_current ON unit_setting (unit_code, id);

-- The one agent of a unit's network that polls and sweeps.
CREATE TABLE elected_agent (
    unit_code TEXT NOT NULL,
    network   TEXT NOT NULL,            -- 192.168.1.0/24; empty where the agents told none
    device    TEXT NOT NULL,
    since     TEXT NOT NULL,
    PRIMARY KEY (unit_code, network)
);

-- What was sent last to a device that was ever sent settings.
CREATE TABLE device_setting (
    device    TEXT PRIMARY KEY,
    mark      BLOB NOT NULL,            -- keyed hash of the settings: tells a change, and nothing else
    counter   BIGINT NOT NULL,          -- of the command
    sent_at   TEXT NOT NULL,
    in_force  BIGINT,                   -- counter that the device says it obeys
    told_at   TEXT
);
