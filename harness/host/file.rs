//! Writes a result file: whole or not at all. An earlier file stays until the new one is complete.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// How many symbolic links are followed. Linux follows as many.
const MOST_LINKS: usize = 40;
/// How long a pipe or a device may take.
const LONGEST: Duration = Duration::from_secs(30);
/// The permissions of a new file, without those that the umask takes.
#[cfg(unix)]
const NEW: u32 = 0o666;

/// Held while a file is replaced.
static REPLACING: Mutex<()> = Mutex::new(());

/// Where the bytes go.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Stdout,
    Stderr,
    /// A pipe, a device or an open file, which cannot be replaced.
    Stream(PathBuf),
    /// A regular file, or none yet.
    Regular(PathBuf),
}

/// Writes a file. `-` is standard output. A regular file is replaced when the new one is complete; it keeps its
/// permissions, and a symbolic link keeps pointing to it. A pipe, a device and an open file (`/dev/fd/3`) are written
/// directly, within 30 s.
///
/// If the folder takes no new file, an existing file is written in place.
///
/// # Errors
/// When the file cannot be written. An earlier regular file is then unchanged.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match Place::of(path)? {
        Place::Stdout => stream(io::stdout(), bytes),
        Place::Stderr => stream(io::stderr(), bytes),
        Place::Stream(path) => in_time(path, bytes.to_vec()),
        Place::Regular(path) => replace(&path, bytes),
    }
}

/// Checks that a file can be written. Changes no file and leaves no file behind. A pipe or a device is not tried.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn try_out(path: &Path) -> io::Result<()> {
    let Place::Regular(path) = Place::of(path)? else { return Ok(()) };
    if path.exists() {
        return OpenOptions::new().append(true).open(path).map(drop);
    }
    temporary(&path, None).map(drop)
}

/// Reports whether the bytes go to a stream, so that nothing is replaced.
pub(crate) fn is_stream(path: &Path) -> bool {
    !matches!(Place::of(path), Ok(Place::Regular(_)))
}

/// Waits until no file is being replaced, and lets no other replacement begin. For the end of the program.
pub(crate) fn finish() -> MutexGuard<'static, ()> {
    REPLACING.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Place {
    fn of(path: &Path) -> io::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::Stdout);
        }
        let mut at = path.to_owned();
        for _ in 0..MOST_LINKS {
            match descriptor(&at) {
                Some("1") => return Ok(Self::Stdout),
                Some("2") => return Ok(Self::Stderr),
                Some(_) => return Ok(Self::Stream(at)),
                None => {}
            }
            match fs::symlink_metadata(&at) {
                Ok(there) if there.is_symlink() => {
                    let to = fs::read_link(&at)?;
                    at = at.parent().unwrap_or(Path::new("")).join(to);
                }
                Ok(there) if there.is_file() => return Ok(Self::Regular(at)),
                Ok(there) if there.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
                Ok(_) => return Ok(Self::Stream(at)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Regular(at)),
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("too many symbolic links"))
    }
}

/// Returns the number of an open file that a path names: `/dev/stdout`, `/dev/fd/3`, `/proc/self/fd/3`.
fn descriptor(path: &Path) -> Option<&str> {
    match path.to_str()? {
        "/dev/stdout" => Some("1"),
        "/dev/stderr" => Some("2"),
        path => {
            let number = path.strip_prefix("/dev/fd/").or_else(|| path.strip_prefix("/proc/self/fd/"))?;
            number.bytes().all(|digit| digit.is_ascii_digit()).then_some(number)
        }
    }
}

fn stream(mut to: impl io::Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes)?;
    to.flush()
}

/// Writes to a pipe or a device. A pipe waits for its reader, which may never come.
fn in_time(path: PathBuf, bytes: Vec<u8>) -> io::Result<()> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // An open file is written at its end: what others wrote to it stays.
        let opened = OpenOptions::new().write(true).append(descriptor(&path).is_some()).open(&path);
        let _ = sender.send(opened.and_then(|file| stream(file, &bytes)));
    });
    let late = || io::Error::new(io::ErrorKind::TimedOut, format!("nothing read it within {} s", LONGEST.as_secs()));
    receiver.recv_timeout(LONGEST).unwrap_or_else(|_| Err(late()))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let _replacing = finish();
    let there = fs::metadata(path).ok();
    let done = temporary(path, there.as_ref()).and_then(|mut new| {
        new.write_all(bytes)?;
        on_disk(new.as_file())?;
        new.persist(path).map(drop).map_err(|failed| failed.error)
    });
    match done {
        Err(error) if there.is_some() && is_of_folder(&error) => {
            let mut file = OpenOptions::new().write(true).truncate(true).open(path)?;
            file.write_all(bytes)?;
            on_disk(&file)
        }
        done => done,
    }
}

/// Reports whether the folder takes no new file, or the file is a mount of its own.
fn is_of_folder(error: &io::Error) -> bool {
    use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem | ResourceBusy)
}

/// Returns a new file in the same folder, with the owner and the permissions of an existing one. It is removed unless it
/// is kept.
fn temporary(path: &Path, there: Option<&Metadata>) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".fivewhys-").suffix(".tmp");
    #[cfg(unix)]
    let permissions: fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(NEW);
    #[cfg(unix)]
    builder.permissions(permissions);
    let new = builder.tempfile_in(folder)?;
    if let Some(there) = there {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            // Only root may give a file away. For others the permissions decide.
            let _ = std::os::unix::fs::fchown(new.as_file(), Some(there.uid()), Some(there.gid()));
        }
        new.as_file().set_permissions(there.permissions())?;
    }
    Ok(new)
}

/// Waits until the file is on the disk: a full disk may say so only now.
fn on_disk(file: &File) -> io::Result<()> {
    match file.sync_all() {
        // Some file systems cannot.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        done => done,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use rstest::rstest;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[rstest]
    #[case("-", Place::Stdout)]
    #[case("/dev/stdout", Place::Stdout)]
    #[case("/proc/self/fd/1", Place::Stdout)]
    #[case("/dev/fd/2", Place::Stderr)]
    #[case("/dev/fd/3", Place::Stream("/dev/fd/3".into()))]
    #[case("/dev/full", Place::Stream("/dev/full".into()))]
    #[case("nowhere.json", Place::Regular("nowhere.json".into()))]
    #[case("./-", Place::Regular("./-".into()))]
    fn a_path_has_a_place(#[case] path: &str, #[case] place: Place) {
        assert_eq!(Place::of(Path::new(path)).expect("a place"), place);
    }

    #[rstest]
    #[case::new(None)]
    #[case::private(Some(0o600))]
    #[case::for_all(Some(0o664))]
    fn a_file_is_replaced_and_keeps_its_permissions(#[case] mode: Option<u32>) {
        let folder = folder();
        let path = folder.path().join("r.json");
        if let Some(mode) = mode {
            fs::write(&path, "an earlier and longer report").expect("a file");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        }
        let plain = folder.path().join("plain");
        fs::write(&plain, "").expect("a file");
        write(&path, b"new").expect("it is written");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "new");
        let of = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
        assert_eq!(of(&path), mode.unwrap_or_else(|| of(&plain)));
        assert_eq!(names(folder.path()), ["plain", "r.json"]);
    }

    #[rstest]
    #[case::to_a_file(true)]
    #[case::to_nothing_yet(false)]
    fn a_link_stays_and_its_file_is_written(#[case] is_there: bool) {
        let folder = folder();
        fs::create_dir(folder.path().join("other")).expect("a folder");
        let (link, file) = (folder.path().join("link"), folder.path().join("other/r.json"));
        symlink("other/r.json", &link).expect("a link");
        if is_there {
            fs::write(&file, "earlier").expect("a file");
        }
        write(&link, b"new").expect("it is written");
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
        assert_eq!(fs::read_to_string(file).expect("a file"), "new");
        assert_eq!(names(&folder.path().join("other")), ["r.json"]);
    }

    #[test]
    fn links_in_a_circle_are_an_error() {
        let folder = folder();
        let path = folder.path().join("circle");
        symlink("circle", &path).expect("a link");
        assert!(write(&path, b"new").is_err() && try_out(&path).is_err());
    }

    #[test]
    fn a_pipe_is_written_and_stays_a_pipe() {
        let folder = folder();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo is there").success());
        let reader = thread::spawn({
            let path = path.clone();
            move || fs::read_to_string(path)
        });
        write(&path, b"new").expect("it is written");
        assert_eq!(reader.join().expect("it reads").expect("a text"), "new");
        assert_eq!(names(folder.path()), ["pipe"]);
    }

    #[test]
    fn trying_out_leaves_nothing_behind() {
        let folder = folder();
        let path = folder.path().join("r.json");
        try_out(&path).expect("it can be written");
        assert_eq!(names(folder.path()), [""; 0]);
        fs::write(&path, "earlier").expect("a file");
        try_out(&path).expect("it can be written");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "earlier");
        assert!(try_out(folder.path()).is_err() && try_out(Path::new("/dev/full")).is_ok());
        assert!(try_out(&folder.path().join("no/r.json")).is_err());
    }
}
