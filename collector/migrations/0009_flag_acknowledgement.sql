-- Somebody knows of the flag and says what is being done; it stays open until its reason is gone.
CREATE TABLE flag_acknowledgement (
    flag            TEXT PRIMARY KEY,
    note            TEXT NOT NULL,
    until           TEXT,               -- last day it holds; NULL: without end
    acknowledged_at TEXT NOT NULL,
    acknowledged_by TEXT NOT NULL
);
