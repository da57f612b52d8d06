//! Tells when the content folder has changed. Reading it anew is for whoever is told.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

/// How long nothing may happen before a change counts as finished: an editor saves in several steps, and a check-out
/// writes many files.
const QUIET: Duration = Duration::from_millis(200);

/// After how many steps a change is told although it goes on: a folder that never rests must not go unread.
const MOST_STEPS: usize = 5_000;

/// Watches as long as it lives.
#[derive(Debug)]
pub struct Watch {
    stop: Sender<Message>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        // When the thread is gone already there is nobody to stop.
        let _ = self.stop.send(Message::Stop);
    }
}

enum Message {
    /// Something in the folder.
    Changed,
    /// The folder itself: another one has come in its place, as when a link is switched to a new release.
    Replaced,
    Stop,
}

/// Calls back after each change of a folder, from a thread of its own, until the [`Watch`] is dropped.
///
/// # Errors
/// When the folder cannot be watched: it is not there, or the system's limit of watches is reached.
pub fn watch(folder: &Path, changed: impl FnMut() + Send + 'static) -> io::Result<Watch> {
    // Not the canonical path: a link that is switched is to be noticed.
    let folder = std::path::absolute(folder)?;
    let (sender, receiver) = channel();
    let (told, watched) = (sender.clone(), folder.clone());
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let message = match event {
            Ok(event) if event.kind.is_access() => return,
            Ok(event) => message(&event, &watched),
            // Something was missed, so something may have changed.
            Err(error) => {
                tracing::warn!(%error, "watching the content folder");
                Some(Message::Changed)
            }
        };
        if let Some(message) = message {
            // The receiver is gone when the watch is over.
            let _ = told.send(message);
        }
    })
    .map_err(io::Error::other)?;
    watcher.watch(&folder, RecursiveMode::Recursive).map_err(io::Error::other)?;
    if let Some(parent) = folder.parent()
        && let Err(error) = watcher.watch(parent, RecursiveMode::NonRecursive)
    {
        tracing::warn!(%error, "it will not be noticed if the content folder as a whole is replaced");
    }
    std::thread::Builder::new()
        .name("content watch".to_owned())
        .spawn(move || follow(&receiver, &mut watcher, &folder, changed))?;
    Ok(Watch { stop: sender })
}

/// What an event means for the folder; nothing when it is about a neighbour of it.
fn message(event: &Event, folder: &PathBuf) -> Option<Message> {
    if event.need_rescan() || event.paths.iter().any(|path| path != folder && path.starts_with(folder)) {
        Some(Message::Changed)
    } else if event.paths.contains(folder) {
        Some(Message::Replaced)
    } else {
        None
    }
}

fn follow(
    receiver: &Receiver<Message>,
    watcher: &mut RecommendedWatcher,
    folder: &Path,
    mut changed: impl FnMut(),
) {
    while let Ok(mut message) = receiver.recv() {
        for _ in 0..MOST_STEPS {
            match message {
                Message::Changed => {}
                Message::Replaced => again(watcher, folder),
                Message::Stop => return,
            }
            message = match receiver.recv_timeout(QUIET) {
                Ok(next) => next,
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            };
        }
        changed();
    }
}

/// Watches what is now in the folder's place. While nothing is there, its parent tells when something comes.
fn again(watcher: &mut RecommendedWatcher, folder: &Path) {
    // The old folder may be gone, and with it its watch.
    let _ = watcher.unwatch(folder);
    if folder.exists()
        && let Err(error) = watcher.watch(folder, RecursiveMode::Recursive)
    {
        tracing::warn!(%error, "the new content folder cannot be watched");
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Far more than is needed: it is reached only when nothing comes at all.
    const LIMIT: Duration = Duration::from_secs(60);

    fn watched(folder: &Path) -> (Watch, Receiver<()>) {
        let (sender, receiver) = channel();
        let watch =
            watch(folder, move || sender.send(()).unwrap_or_default()).expect("the folder can be watched");
        (watch, receiver)
    }

    #[test]
    fn a_changed_file_calls_back() {
        let parent = tempfile::tempdir().expect("a folder for the test");
        let folder = parent.path().join("content");
        fs::create_dir_all(folder.join("causes")).expect("folders in it");
        let (_watch, told) = watched(&folder);
        fs::write(folder.join("causes/a.md"), "new").expect("a file in it");
        told.recv_timeout(LIMIT).expect("the change is told");
        fs::write(folder.join("causes/a.md"), "newer").expect("a file in it");
        told.recv_timeout(LIMIT).expect("the second change is told too");
    }

    #[test]
    fn a_new_folder_in_the_place_of_the_old_is_watched() {
        let parent = tempfile::tempdir().expect("a folder for the test");
        let folder = parent.path().join("content");
        fs::create_dir(&folder).expect("a folder in it");
        let (_watch, told) = watched(&folder);
        fs::rename(&folder, parent.path().join("old")).expect("it can be renamed");
        told.recv_timeout(LIMIT).expect("the loss is told");
        fs::create_dir(&folder).expect("a folder in it");
        told.recv_timeout(LIMIT).expect("the new folder is told");
        fs::write(folder.join("a.md"), "new").expect("a file in it");
        told.recv_timeout(LIMIT).expect("what changes in it is told");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_is_switched_calls_back() {
        let parent = tempfile::tempdir().expect("a folder for the test");
        let (one, two, link) =
            (parent.path().join("1"), parent.path().join("2"), parent.path().join("content"));
        fs::create_dir(&one).and_then(|()| fs::create_dir(&two)).expect("folders in it");
        std::os::unix::fs::symlink(&one, &link).expect("a link to the first");
        let (_watch, told) = watched(&link);
        std::os::unix::fs::symlink(&two, parent.path().join("next")).expect("a link to the second");
        fs::rename(parent.path().join("next"), &link).expect("it can be switched");
        told.recv_timeout(LIMIT).expect("the switch is told");
        fs::write(two.join("a.md"), "new").expect("a file in it");
        told.recv_timeout(LIMIT).expect("what changes behind the new link is told");
    }

    #[test]
    fn nothing_is_told_once_the_watch_is_dropped() {
        let parent = tempfile::tempdir().expect("a folder for the test");
        let (watch, told) = watched(parent.path());
        drop(watch);
        // The callback is dropped with the thread, and with it the only sender.
        assert_eq!(told.recv_timeout(LIMIT), Err(RecvTimeoutError::Disconnected));
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let parent = tempfile::tempdir().expect("a folder for the test");
        assert!(watch(&parent.path().join("nowhere"), || ()).is_err());
    }
}
