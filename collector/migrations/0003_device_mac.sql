-- Adapters of devices: tells which neighbours report themselves.
CREATE TABLE device_mac (
    device TEXT NOT NULL,
    mac    TEXT NOT NULL,               -- lower case with colons
    PRIMARY KEY (device, mac)
);
CREATE INDEX device_mac_by_mac ON device_mac (mac);
