-- Computers without an agent, as a person says; the device is 'declared:' and the number.
CREATE TABLE declared_device (
    number      INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,          -- workstation, laptop, server
    maker       TEXT,
    model       TEXT,
    serial      TEXT,
    declared_by TEXT NOT NULL,
    declared_on TEXT NOT NULL
);
