-- Rules that lead a computer to its unit by subnet or host name; NULL: none.
ALTER TABLE enrolment_token ADD COLUMN assignment TEXT;
