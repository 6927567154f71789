-- On which days a line was seen from a unit; the page draws the last 30.
CREATE TABLE line_day (
    unit_code TEXT NOT NULL,
    asn       BIGINT NOT NULL,
    day       TEXT NOT NULL,            -- in Vietnam
    PRIMARY KEY (unit_code, asn, day)
) WITHOUT ROWID;
