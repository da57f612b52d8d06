-- The same changes as in ../postgres/0003_threads.sql.

-- A moderator set the comment on top of its article, or marked it as the official answer: 1, else 0.
ALTER TABLE comment ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1));
ALTER TABLE comment ADD COLUMN official INTEGER NOT NULL DEFAULT 0 CHECK (official IN (0, 1));

-- A page of threads is read from an index, whatever the order, however many there are.
CREATE INDEX comment_tops_by_help ON comment (slug, pinned DESC, helped DESC, id, status) WHERE parent IS NULL;
CREATE INDEX comment_tops_by_time ON comment (slug, id, status) WHERE parent IS NULL;
CREATE INDEX comment_answers ON comment (thread, status, id) WHERE parent IS NOT NULL;
