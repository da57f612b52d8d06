//! What the database knows about moderators and their sessions.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _, query};
use uuid::Uuid;

use super::super::{Moderator, Role, Session, Unavailable};
use super::{damaged, time};

/// A session as it is stored: of its token only the digest.
pub(in super::super) struct NewSession<'a> {
    pub(in super::super) session: &'a Session,
    pub(in super::super) digest: [u8; 32],
}

/// Makes an account. Whether the name was free.
pub(in super::super) async fn insert(
    conn: &mut AnyConnection,
    name: &str,
    password: &str,
    now: Timestamp,
) -> Result<bool, Unavailable> {
    let done = query(
        "INSERT INTO moderator (name, password, created) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
    )
    .bind(name)
    .bind(password)
    .bind(now.as_millisecond())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Gives an account another password. Whether there is such an account.
pub(in super::super) async fn set_password(
    conn: &mut AnyConnection,
    name: &str,
    password: &str,
) -> Result<bool, Unavailable> {
    let done =
        query("UPDATE moderator SET password = $2 WHERE name = $1").bind(name).bind(password).execute(conn);
    Ok(done.await?.rows_affected() > 0)
}

/// Takes an account away, and its sessions with it. Whether there was one.
pub(in super::super) async fn remove(conn: &mut AnyConnection, name: &str) -> Result<bool, Unavailable> {
    Ok(query("DELETE FROM moderator WHERE name = $1").bind(name).execute(conn).await?.rows_affected() > 0)
}

/// Who may moderate?
pub(in super::super) async fn list(conn: &mut AnyConnection) -> Result<Vec<Moderator>, Unavailable> {
    let rows = query("SELECT name, created, role, totp FROM moderator ORDER BY name").fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            Ok(Moderator {
                name: row.try_get("name")?,
                created: time(row.try_get("created")?, "moderator")?,
                role: role(row)?,
                has_second_factor: row.try_get::<Option<Vec<u8>>, _>("totp")?.is_some(),
            })
        })
        .collect()
}

/// What is the hash of this moderator's password?
pub(in super::super) async fn password_of(
    conn: &mut AnyConnection,
    name: &str,
) -> Result<Option<String>, Unavailable> {
    let row = query("SELECT password FROM moderator WHERE name = $1").bind(name).fetch_optional(conn).await?;
    row.map(|row| Ok(row.try_get("password")?)).transpose()
}

/// Begins a session. Whether the moderator is still there.
pub(in super::super) async fn begin_session(
    conn: &mut AnyConnection,
    new: NewSession<'_>,
) -> Result<bool, Unavailable> {
    let session = new.session;
    let done = query(
        "INSERT INTO session (id, digest, moderator, created, seen, expires) \
         SELECT $1, $2, moderator.name, $4, $5, $6 FROM moderator WHERE moderator.name = $3",
    )
    .bind(session.id.to_string())
    .bind(new.digest.as_slice())
    .bind(&session.moderator)
    .bind(session.created.as_millisecond())
    .bind(session.seen.as_millisecond())
    .bind(session.expires.as_millisecond())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Whose session is this?
pub(in super::super) async fn session_by_digest(
    conn: &mut AnyConnection,
    digest: [u8; 32],
    now: Timestamp,
) -> Result<Option<Session>, Unavailable> {
    let row =
        query(
            "SELECT session.id, session.moderator, session.created, session.seen, session.expires, moderator.role \
             FROM session JOIN moderator ON moderator.name = session.moderator \
             WHERE session.digest = $1 AND session.expires > $2",
        )
            .bind(digest.as_slice())
            .bind(now.as_millisecond())
            .fetch_optional(conn)
            .await?;
    row.as_ref().map(session).transpose()
}

/// Moves the end of a session on.
pub(in super::super) async fn seen(conn: &mut AnyConnection, session: &Session) -> Result<(), Unavailable> {
    query("UPDATE session SET seen = $2, expires = $3 WHERE id = $1")
        .bind(session.id.to_string())
        .bind(session.seen.as_millisecond())
        .bind(session.expires.as_millisecond())
        .execute(conn)
        .await?;
    Ok(())
}

/// Where is this moderator signed in, newest first?
pub(in super::super) async fn sessions_of(
    conn: &mut AnyConnection,
    moderator: &str,
    now: Timestamp,
) -> Result<Vec<Session>, Unavailable> {
    let rows = query(
        "SELECT session.id, session.moderator, session.created, session.seen, session.expires, moderator.role \
         FROM session JOIN moderator ON moderator.name = session.moderator \
         WHERE session.moderator = $1 AND session.expires > $2 ORDER BY session.id DESC",
    )
    .bind(moderator)
    .bind(now.as_millisecond())
    .fetch_all(conn)
    .await?;
    rows.iter().map(session).collect()
}

/// Ends the session with this token.
pub(in super::super) async fn end_by_digest(
    conn: &mut AnyConnection,
    digest: [u8; 32],
) -> Result<(), Unavailable> {
    query("DELETE FROM session WHERE digest = $1").bind(digest.as_slice()).execute(conn).await?;
    Ok(())
}

/// Ends one session of a moderator. Whether there was one.
pub(in super::super) async fn end_by_id(
    conn: &mut AnyConnection,
    moderator: &str,
    id: Uuid,
) -> Result<bool, Unavailable> {
    let done =
        query("DELETE FROM session WHERE id = $1 AND moderator = $2").bind(id.to_string()).bind(moderator);
    Ok(done.execute(conn).await?.rows_affected() > 0)
}

/// Ends all sessions of a moderator.
pub(in super::super) async fn end_all(conn: &mut AnyConnection, moderator: &str) -> Result<(), Unavailable> {
    query("DELETE FROM session WHERE moderator = $1").bind(moderator).execute(conn).await?;
    Ok(())
}

/// What may this moderator do? The answer says whether there is such an account.
pub(in super::super) async fn set_role(
    conn: &mut AnyConnection,
    name: &str,
    role: Role,
) -> Result<bool, Unavailable> {
    let done = query("UPDATE moderator SET role = $2 WHERE name = $1").bind(name).bind(role.id());
    Ok(done.execute(conn).await?.rows_affected() > 0)
}

/// What is the secret of this moderator's second factor, and the last step that was used?
pub(in super::super) async fn totp_of(
    conn: &mut AnyConnection,
    name: &str,
) -> Result<Option<(Vec<u8>, i64)>, Unavailable> {
    let row = query("SELECT totp, totp_step FROM moderator WHERE name = $1").bind(name);
    let Some(row) = row.fetch_optional(conn).await? else { return Ok(None) };
    let secret: Option<Vec<u8>> = row.try_get("totp")?;
    let step = row.try_get("totp_step")?;
    Ok(secret.map(|secret| (secret, step)))
}

/// Sets or takes away the second factor, and forgets the codes that were good once. Whether there is such an account.
pub(in super::super) async fn set_totp(
    conn: &mut AnyConnection,
    name: &str,
    secret: Option<&[u8]>,
    step: i64,
) -> Result<bool, Unavailable> {
    query("DELETE FROM recovery_code WHERE moderator = $1").bind(name).execute(&mut *conn).await?;
    let done = query("UPDATE moderator SET totp = $2, totp_step = $3 WHERE name = $1")
        .bind(name)
        .bind(secret.map(<[u8]>::to_vec))
        .bind(step);
    Ok(done.execute(conn).await?.rows_affected() > 0)
}

/// Notes that the code of a step was used. Whether no later one was.
pub(in super::super) async fn use_step(
    conn: &mut AnyConnection,
    name: &str,
    step: i64,
) -> Result<bool, Unavailable> {
    let done =
        query("UPDATE moderator SET totp_step = $2 WHERE name = $1 AND totp_step < $2").bind(name).bind(step);
    Ok(done.execute(conn).await?.rows_affected() > 0)
}

/// Keeps a code that is good once.
pub(in super::super) async fn add_recovery(
    conn: &mut AnyConnection,
    name: &str,
    digest: [u8; 32],
) -> Result<(), Unavailable> {
    query("INSERT INTO recovery_code (digest, moderator) VALUES ($1, $2)")
        .bind(digest.as_slice())
        .bind(name)
        .execute(conn)
        .await?;
    Ok(())
}

/// Uses such a code up. Whether it was there.
pub(in super::super) async fn use_recovery(
    conn: &mut AnyConnection,
    name: &str,
    digest: [u8; 32],
) -> Result<bool, Unavailable> {
    let done = query("DELETE FROM recovery_code WHERE digest = $1 AND moderator = $2")
        .bind(digest.as_slice())
        .bind(name);
    Ok(done.execute(conn).await?.rows_affected() > 0)
}

/// How many are left?
pub(in super::super) async fn recovery_left(
    conn: &mut AnyConnection,
    name: &str,
) -> Result<i64, Unavailable> {
    let row = query("SELECT count(*) AS n FROM recovery_code WHERE moderator = $1").bind(name);
    super::count(&row.fetch_one(conn).await?)
}

fn role(row: &AnyRow) -> Result<Role, Unavailable> {
    let id: String = row.try_get("role")?;
    id.parse().map_err(|_| damaged("moderator", id))
}

fn session(row: &AnyRow) -> Result<Session, Unavailable> {
    let id: String = row.try_get("id")?;
    Ok(Session {
        id: id.parse().map_err(|error| damaged("session", error))?,
        moderator: row.try_get("moderator")?,
        role: role(row)?,
        created: time(row.try_get("created")?, "session")?,
        seen: time(row.try_get("seen")?, "session")?,
        expires: time(row.try_get("expires")?, "session")?,
    })
}
