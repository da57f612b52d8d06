//! `fix401 backup`, `export` and `import`: carries comments, with what moderators decided, from one place to another.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::comments::{Comments, ImportError, Imported};

/// Copies a SQLite database while it is in use.
///
/// # Errors
/// When there is a file of that name, it can't be written, or the database is no SQLite.
pub async fn backup(comments: &Comments, file: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    comments.backup(file).await.with_context(|| file.display().to_string())?;
    writeln!(
        out,
        "The database as it is now is in {}. It holds the keys: keep it as safe as the original.",
        file.display()
    )?;
    Ok(())
}

/// Writes everything as lines of JSON, to a new file or to standard output.
///
/// # Errors
/// When there is a file of that name, it can't be written, or the database does not answer.
pub async fn export(comments: &Comments, file: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    let Some(file) = file else { return Ok(comments.export(out).await?) };
    let named = || file.display().to_string();
    let mut to = BufWriter::new(File::create_new(file).with_context(named)?);
    comments.export(&mut to).await.with_context(named)?;
    to.into_inner()
        .map_err(|error| error.into_error())
        .with_context(named)?
        .sync_all()
        .with_context(named)?;
    writeln!(
        out,
        "Everything is in {}. It holds the keys: keep it as safe as the database.",
        file.display()
    )?;
    Ok(())
}

/// Reads what `export` wrote. Each line that is wrong is printed as `FILE:line: what, and what to do`; nothing is stored then.
/// Whether it was stored.
///
/// # Errors
/// When the file can't be read, or the database does not answer.
pub async fn import(comments: &Comments, file: &Path, out: &mut dyn Write) -> anyhow::Result<bool> {
    let named = || file.display().to_string();
    let lines = BufReader::new(File::open(file).with_context(named)?);
    match comments.import(lines).await {
        Ok(imported) => say(&imported, out)?,
        Err(ImportError::Wrong(problems)) => {
            for problem in problems {
                writeln!(out, "{}:{}: {}", file.display(), problem.line, problem.says)?;
            }
            writeln!(out, "Nothing was imported.")?;
            return Ok(false);
        }
        Err(ImportError::Unreadable(error)) => return Err(error).with_context(named),
        Err(other) => bail!(other),
    }
    Ok(true)
}

fn say(imported: &Imported, out: &mut dyn Write) -> std::io::Result<()> {
    let new: Vec<String> = imported.new.iter().map(|(what, number)| format!("{what} {number}")).collect();
    match new.as_slice() {
        [] => writeln!(out, "Nothing new.")?,
        _ => writeln!(out, "New: {}.", new.join(", "))?,
    }
    if imported.there > 0 {
        writeln!(out, "{} were there already and stay as they are.", imported.there)?;
    }
    if imported.without_keys > 0 {
        writeln!(
            out,
            "{} hashes of networks were left out, bans among them: this database hashes networks with other keys.",
            imported.without_keys
        )?;
    }
    writeln!(out, "A fix401 that runs on this database shows it after a restart.")
}
