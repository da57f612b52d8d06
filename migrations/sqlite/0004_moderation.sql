-- The same tables as in ../postgres/0004_moderation.sql.

-- What a moderator took the comment for; the filter for spam learned it. NULL until somebody says.
ALTER TABLE comment ADD COLUMN judged TEXT CHECK (judged IN ('spam', 'fine'));

-- A reader who asks the moderators to look at a comment. "settled" is when one of them did. The hash of the network keeps
-- one reader from asking twice; it is NULL once its key is gone.
CREATE TABLE report (
    id TEXT PRIMARY KEY NOT NULL,
    comment TEXT NOT NULL REFERENCES comment (id),
    reason TEXT NOT NULL CHECK (reason IN ('spam', 'secret', 'harmful', 'rude', 'other')),
    network BLOB,
    at INTEGER NOT NULL,
    settled INTEGER
) STRICT;

CREATE INDEX report_by_comment ON report (comment, settled);
CREATE INDEX report_open ON report (settled, comment);
CREATE INDEX report_by_network ON report (network, at);

-- An article under which nobody can write. What stands there stays.
CREATE TABLE article_lock (
    slug TEXT PRIMARY KEY NOT NULL,
    reason TEXT NOT NULL,
    by_name TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;

-- A word that holds a comment, as it was typed and as it is compared.
CREATE TABLE muted_word (
    folded TEXT PRIMARY KEY NOT NULL,
    word TEXT NOT NULL,
    by_name TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;

-- In how many comments that were judged a word stood. Words are counted by a hash into a fixed number of places, so that
-- the table has an end; one place more counts the comments.
CREATE TABLE spam_word (
    place INTEGER PRIMARY KEY NOT NULL,
    spam INTEGER NOT NULL,
    fine INTEGER NOT NULL
) STRICT;

-- What moderators did, as before, without a closed list of what that can be: the program has it.
CREATE TABLE deed_2 (
    id TEXT PRIMARY KEY NOT NULL,
    by_name TEXT NOT NULL,
    what TEXT NOT NULL,
    comment TEXT REFERENCES comment (id),
    -- What it was done to when it was no comment: an article, a word, an account.
    about TEXT,
    at INTEGER NOT NULL
) STRICT;

INSERT INTO deed_2 (id, by_name, what, comment, at) SELECT id, by_name, what, comment, at FROM deed;
DROP TABLE deed;
ALTER TABLE deed_2 RENAME TO deed;
CREATE INDEX deed_by_comment ON deed (comment, id);
