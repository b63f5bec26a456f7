CREATE TABLE vault (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id BLOB NOT NULL CHECK (length(id) = 16),
    -- 1: its owner locked it; the keyring does not open it until the passphrase did.
    locked INTEGER NOT NULL CHECK (locked IN (0, 1)),
    -- Grows with every change, so that others can see that there was one.
    revision INTEGER NOT NULL,
    header BLOB NOT NULL
) STRICT;

CREATE TABLE slot (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    kind INTEGER NOT NULL,
    parameters BLOB NOT NULL,
    wrapped BLOB NOT NULL,
    "check" BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Without a row number, which would tell the order of adding.
CREATE TABLE record (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    kind INTEGER NOT NULL,
    holder BLOB NOT NULL,
    rp BLOB,
    lookup BLOB NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX record_holder ON record (holder, rp);
