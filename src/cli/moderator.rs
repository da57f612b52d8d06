//! `fix401 moderator`: makes, lists and removes the accounts of those who moderate. Passwords are typed, or come from standard
//! input; never from an argument, which everybody on the machine can see.

use std::io::{self, BufRead, IsTerminal as _, Write};

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use crate::comments::{Comments, Role};

/// Reads a new password: twice and without echo from a terminal, else the first line of standard input.
///
/// # Errors
/// When nothing can be read, or the two are not the same.
pub fn new_password() -> anyhow::Result<String> {
    if !io::stdin().is_terminal() {
        return first_line(io::stdin().lock());
    }
    let password = rpassword::prompt_password("Password (12 characters or more): ")?;
    if rpassword::prompt_password("The same again: ")? != password {
        bail!("the two passwords are not the same");
    }
    Ok(password)
}

/// Reads a role.
///
/// # Errors
/// When it is none.
pub fn role(typed: &str) -> anyhow::Result<Role> {
    typed.parse().map_err(|_| anyhow::anyhow!("the role {typed:?} is not known; moderator or admin"))
}

fn first_line(mut input: impl BufRead) -> anyhow::Result<String> {
    let mut line = String::new();
    input.read_line(&mut line).context("the password cannot be read from standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("no password on standard input");
    }
    Ok(password.to_owned())
}

/// Makes an account.
///
/// # Errors
/// When the name is taken or no name, the password is too short, or the database does not answer.
pub async fn add(
    comments: &Comments,
    name: &str,
    password: &str,
    now: Timestamp,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    comments.add_moderator(name, password, now).await?;
    writeln!(out, "{name} can sign in at /moderate now.")?;
    Ok(())
}

/// Gives an account another password; whoever is signed in with it is signed out.
///
/// # Errors
/// When there is no such account, the password is too short, or the database does not answer.
pub async fn password(
    comments: &Comments,
    name: &str,
    password: &str,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    comments.set_password(name, password).await?;
    writeln!(out, "{name} has a new password and is signed out everywhere.")?;
    Ok(())
}

/// Lists the accounts, one on a line, with the day on which each was made.
///
/// # Errors
/// When the database does not answer.
pub async fn list(comments: &Comments, out: &mut dyn Write) -> anyhow::Result<()> {
    let moderators = comments.moderators().await?;
    if moderators.is_empty() {
        writeln!(out, "Nobody yet. fix401 moderator add NAME makes the first account.")?;
    }
    let width = moderators.iter().map(|moderator| moderator.name.chars().count()).max().unwrap_or(0);
    for moderator in moderators {
        let code = if moderator.has_second_factor { ", with a second factor" } else { "" };
        let since = moderator.created.strftime("%Y-%m-%d");
        writeln!(out, "{:width$}  since {since}, {}{code}", moderator.name, moderator.role.id())?;
    }
    Ok(())
}

/// Takes an account away and ends its sessions. What it did stays noted.
///
/// # Errors
/// When there is no such account, or the database does not answer.
pub async fn remove(comments: &Comments, name: &str, out: &mut dyn Write) -> anyhow::Result<()> {
    comments.remove_moderator(name).await?;
    writeln!(out, "{name} is removed and signed out everywhere.")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comments::Settings;

    #[tokio::test]
    async fn accounts_are_made_listed_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("fix401.sqlite3").display());
        let comments = Comments::open(&url, Settings::default()).await.unwrap();
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut out = Vec::new();
        list(&comments, &mut out).await.unwrap();
        add(&comments, "ada", "correct horse battery", now, &mut out).await.unwrap();
        add(&comments, "benedikt", "correct horse battery", now, &mut out).await.unwrap();
        password(&comments, "ada", "another good password", &mut out).await.unwrap();
        list(&comments, &mut out).await.unwrap();
        remove(&comments, "ada", &mut out).await.unwrap();
        let error = remove(&comments, "ada", &mut out).await.unwrap_err();
        assert_eq!(error.to_string(), "There is no moderator named ada.");
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
        Nobody yet. fix401 moderator add NAME makes the first account.
        ada can sign in at /moderate now.
        benedikt can sign in at /moderate now.
        ada has a new password and is signed out everywhere.
        ada       since 2026-11-23, admin
        benedikt  since 2026-11-23, admin
        ada is removed and signed out everywhere.
        ");
    }

    #[test]
    fn a_password_on_standard_input_is_its_first_line() {
        assert_eq!(first_line(&b"correct horse \r\nmore"[..]).unwrap(), "correct horse ");
        assert_eq!(first_line(&b"\n"[..]).unwrap_err().to_string(), "no password on standard input");
        assert_eq!(first_line(&b""[..]).unwrap_err().to_string(), "no password on standard input");
    }
}
