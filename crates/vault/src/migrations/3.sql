-- The revision that last wrote a record, so that what changed can be read without reading all.
ALTER TABLE record ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX record_changed ON record (kind, changed);
-- The passkeys of one site, whichever key they are of.
CREATE INDEX record_rp ON record (rp) WHERE rp IS NOT NULL;

-- The slot's name for people, shown also while the vault is locked.
ALTER TABLE slot ADD COLUMN label TEXT NOT NULL DEFAULT '';
-- Format 3 wraps the private half of a slot's key pair; the vault key is sealed to the public half, so that a new
-- vault key needs no secret of any slot. Empty where a slot of an earlier format was not opened since.
ALTER TABLE slot ADD COLUMN public_key BLOB NOT NULL DEFAULT x'';
ALTER TABLE slot ADD COLUMN sealed_key BLOB NOT NULL DEFAULT x'';

-- Grows with every new vault key, so that a program that holds the last one sees that it is the last one.
ALTER TABLE vault ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1;
