-- The same tables as in ../sqlite/0001_comments.sql. Times are milliseconds since 1970 in UTC, ids are UUIDv7 as
-- text: they sort by time. Booleans, dates and JSON are left out on purpose: see docs/decisions/.
-- Ids and slugs compare by byte, as in SQLite, whatever the language of the database is.

-- A secret that all instances share. The key for "signing" is made once: edit tokens, form tokens and the hashes of
-- tried names depend on it. The keys for "network" hash the networks of visitors; there is one for each period,
-- which begins at "starts", and each is deleted when the period after its own has ended.
CREATE TABLE secret_key (
    purpose TEXT NOT NULL CHECK (purpose IN ('signing', 'network')),
    starts BIGINT NOT NULL,
    key BYTEA NOT NULL CHECK (length(key) = 32),
    PRIMARY KEY (purpose, starts)
);

-- What a reader wrote under an article. No row is ever deleted: a deleted comment has lost its author, text and
-- findings, and keeps its place for the answers under it.
CREATE TABLE comment (
    id TEXT COLLATE "C" PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL,
    -- What it answers, and the comment at the top of the thread: its own id when it answers nothing.
    parent TEXT COLLATE "C" REFERENCES comment (id),
    thread TEXT COLLATE "C" NOT NULL REFERENCES comment (id),
    author TEXT,
    -- Markdown, with secrets masked.
    body TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('fixed', 'partly', 'not-fixed', 'question', 'note')),
    status TEXT NOT NULL CHECK (status IN ('published', 'held', 'hidden', 'deleted')),
    held_because TEXT,
    -- Ids of findings, one space between two.
    findings TEXT NOT NULL,
    created BIGINT NOT NULL,
    edited BIGINT,
    helped BIGINT NOT NULL DEFAULT 0,
    -- The hash of its author's network; NULL once the key of that hash is gone.
    network BYTEA,
    -- SHA-256 of the text without regard to case and spaces, to find the same text again.
    digest BYTEA NOT NULL,
    -- Author and text in lower case, for moderators to search.
    folded TEXT NOT NULL
);

CREATE INDEX comment_by_article ON comment (slug, thread, id);
CREATE INDEX comment_by_status ON comment (status, id);
CREATE INDEX comment_by_outcome ON comment (status, slug, outcome);
CREATE INDEX comment_by_article_and_status ON comment (slug, status, id);
CREATE INDEX comment_by_network ON comment (network, status);
CREATE INDEX comment_by_digest ON comment (digest);
CREATE INDEX comment_by_parent ON comment (parent);
CREATE INDEX comment_by_thread ON comment (thread);

-- A network that said that a comment helped. Deleted when the key of the hash is gone; the count in "comment" stays.
CREATE TABLE helped (
    comment TEXT COLLATE "C" NOT NULL REFERENCES comment (id),
    network BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (comment, network)
);

CREATE INDEX helped_by_time ON helped (at);

-- Something done of which only so much may be done in a time, by the hash of the network that did it, or of the name
-- that it was tried on. Deleted after a day.
CREATE TABLE attempt (
    id TEXT COLLATE "C" PRIMARY KEY,
    who BYTEA NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('comment', 'edit', 'sign-in')),
    at BIGINT NOT NULL
);

CREATE INDEX attempt_by_who ON attempt (who, what, at);
CREATE INDEX attempt_by_time ON attempt (at);

-- A network that may not comment. When it is seen under a new key, the hash is replaced: "hashed" says when that
-- was. A ban whose network was not seen for two periods cannot be recognised any more and is deleted.
CREATE TABLE ban (
    id TEXT COLLATE "C" PRIMARY KEY,
    network BYTEA NOT NULL,
    hashed BIGINT NOT NULL,
    reason TEXT NOT NULL,
    by_name TEXT NOT NULL,
    created BIGINT NOT NULL,
    until BIGINT
);

CREATE INDEX ban_by_network ON ban (network);

-- Somebody who may moderate. The password is an argon2id hash in the PHC string format.
CREATE TABLE moderator (
    name TEXT COLLATE "C" PRIMARY KEY,
    password TEXT NOT NULL,
    created BIGINT NOT NULL
);

-- A moderator who is signed in somewhere. Only the SHA-256 of the cookie's token is kept.
CREATE TABLE session (
    id TEXT COLLATE "C" PRIMARY KEY,
    digest BYTEA NOT NULL UNIQUE,
    moderator TEXT COLLATE "C" NOT NULL REFERENCES moderator (name) ON DELETE CASCADE,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE INDEX session_by_moderator ON session (moderator, id);
CREATE INDEX session_by_end ON session (expires);

-- What a moderator did. The name is kept as text, so that the row outlives the account.
CREATE TABLE deed (
    id TEXT COLLATE "C" PRIMARY KEY,
    by_name TEXT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('publish', 'hide', 'delete', 'ban', 'unban')),
    comment TEXT COLLATE "C" REFERENCES comment (id),
    at BIGINT NOT NULL
);

CREATE INDEX deed_by_comment ON deed (comment, id);

-- Words that readers searched for in vain, in lower case, for moderators to see what is missing. Nothing that looks like a
-- secret is among them. Deleted when nobody searched for them for 90 days.
CREATE TABLE missed_search (
    words TEXT COLLATE "C" PRIMARY KEY,
    times BIGINT NOT NULL,
    latest BIGINT NOT NULL
);

CREATE INDEX missed_search_by_times ON missed_search (times, latest);
