-- The same changes as in ../sqlite/0005_accounts.sql.

-- A moderator decides about comments; an admin also about what lasts: deleting, muted words, locked articles, lifting bans.
-- Whoever had an account could do everything.
ALTER TABLE moderator ADD COLUMN role TEXT NOT NULL DEFAULT 'admin' CHECK (role IN ('moderator', 'admin'));

-- The secret of the second factor; NULL where there is none. "totp_step" is the last step whose code was used.
ALTER TABLE moderator ADD COLUMN totp BYTEA;
ALTER TABLE moderator ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;

-- A code that signs in once in place of the second factor. Only the SHA-256 of it is kept.
CREATE TABLE recovery_code (
    digest BYTEA PRIMARY KEY,
    moderator TEXT COLLATE "C" NOT NULL REFERENCES moderator (name) ON DELETE CASCADE
);

CREATE INDEX recovery_code_by_moderator ON recovery_code (moderator);
