-- What a page may count a device by: of what was not asked nothing is met.
ALTER TABLE device_facts ADD COLUMN system_known BIGINT NOT NULL DEFAULT 0;     -- the cycle of its system is in the table
ALTER TABLE device_facts ADD COLUMN disk_known BIGINT NOT NULL DEFAULT 0;
UPDATE device_facts SET
  system_known = json_extract(facts, '$.operating_system.support_ends_on') IS NOT NULL,
  disk_known = json_extract(facts, '$.fullest_file_system') IS NOT NULL;
CREATE INDEX device_facts_known ON device_facts (device, kind, protection, system_known, disk_known);

-- How many needs that are declared could be compared with what is there, and how many could not.
ALTER TABLE unit_figure ADD COLUMN equipment_compared BIGINT NOT NULL DEFAULT 0;
ALTER TABLE unit_figure ADD COLUMN equipment_open BIGINT NOT NULL DEFAULT 0;
INSERT INTO derived_work (kind, subject, enqueued_at)
SELECT 'unit', unit_code, '2024-04-01T00:00:00.000Z'
FROM (SELECT unit_code FROM device UNION SELECT unit_code FROM declaration) AS known WHERE true
ON CONFLICT (kind, subject) DO NOTHING;
