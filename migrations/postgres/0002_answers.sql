-- The same tables as in ../sqlite/0002_answers.sql.

-- What a reader answered to "did this fix it?" under an article, with what the diagnosis had found and nothing of the paste.
-- One network has one row for an article and a day; when it answers again that day, its row changes.
CREATE TABLE answer (
    id TEXT COLLATE "C" PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('fixed', 'partly', 'not-fixed')),
    -- Ids of findings, one space between two.
    findings TEXT NOT NULL,
    -- The hash of the reader's network; NULL once the key of that hash is gone.
    network BYTEA,
    -- Days since 1970 (UTC).
    day BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- Whether it came by a click on a form of ours, or by a program.
    trust TEXT NOT NULL CHECK (trust IN ('bare', 'clicked'))
);

CREATE INDEX answer_by_article ON answer (slug, day, network);
CREATE INDEX answer_by_time ON answer (at);

-- A moderator switched off or on what answers change: for a cause, or with an empty slug for all. No row is ever changed: the
-- newest for a slug holds, and all of them say who did what.
CREATE TABLE learning (
    id TEXT COLLATE "C" PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('off', 'on')),
    by_name TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX learning_by_slug ON learning (slug, id);
