-- How many records each holder has: a key that counts its passkeys by reading them slows down with each.
CREATE TABLE holding (
    holder BLOB PRIMARY KEY,
    records INTEGER NOT NULL CHECK (records >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO holding SELECT holder, count(*) FROM record GROUP BY holder;

CREATE TRIGGER record_added AFTER INSERT ON record BEGIN
    INSERT INTO holding VALUES (new.holder, 1)
        ON CONFLICT (holder) DO UPDATE SET records = records + 1;
END;

CREATE TRIGGER record_removed AFTER DELETE ON record BEGIN
    UPDATE holding SET records = records - 1 WHERE holder = old.holder;
END;

CREATE TRIGGER record_moved AFTER UPDATE OF holder ON record WHEN old.holder <> new.holder BEGIN
    UPDATE holding SET records = records - 1 WHERE holder = old.holder;
    INSERT INTO holding VALUES (new.holder, 1)
        ON CONFLICT (holder) DO UPDATE SET records = records + 1;
END;
