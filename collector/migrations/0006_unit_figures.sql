-- What pages show of many units at once, counted as the forms count; made with the unit's flags.
CREATE TABLE unit_figure (
    unit_code   TEXT PRIMARY KEY,
    lines       BIGINT NOT NULL,
    peripherals BIGINT NOT NULL
);
INSERT INTO derived_work (kind, subject, enqueued_at)
SELECT 'unit', unit_code, '2024-04-01T00:00:00.000Z'
FROM (SELECT unit_code FROM device UNION SELECT unit_code FROM declaration) AS known WHERE true
ON CONFLICT (kind, subject) DO NOTHING;
