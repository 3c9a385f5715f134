//! A disk in memory. It records every change that is made to it, and knows what of that is sure to last: what was
//! written to a file lasts from its sync on, a name from the sync of its folder on. It can refuse what odd file
//! systems cannot do, let another program act before an operation, and fail any operation.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use tresor::store::Disk;
use tresor::store::disk::{DiskFile, Open, Stat, dir_of};
use tresor::time::Timestamp;

/// Names and what they hold; a folder holds nothing itself.
pub type Image = BTreeMap<PathBuf, Option<Arc<Content>>>;

/// A file's bytes, and a number for them, so that equal states are soon found.
#[derive(Debug)]
pub struct Content {
    pub bytes: Vec<u8>,
    pub hash: u64,
    /// Not all of what was written.
    pub is_torn: bool,
}

impl Content {
    pub fn of(bytes: Vec<u8>, is_torn: bool) -> Arc<Self> {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        Arc::new(Self { bytes, hash: hasher.finish(), is_torn })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Node {
    Dir,
    File(usize),
}

/// A change, or what makes changes last.
#[derive(Debug, Clone)]
pub enum Op {
    /// Names of one folder that change in one step; none means that the name is free then.
    Names(Vec<(PathBuf, Option<Node>)>),
    Write {
        file: usize,
        at: usize,
        bytes: Vec<u8>,
    },
    Sync(usize),
    SyncDir(PathBuf),
}

/// What the file system cannot do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refuses {
    pub exchange: bool,
    pub rename_new: bool,
    pub link: bool,
    /// Between the folders of the vault and of the state.
    pub rename_across: bool,
    /// It says that a file lasts, and it does not.
    pub sync: bool,
    /// The same of the names in a folder.
    pub sync_dir: bool,
}

/// How an operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done.
    Error(i32),
    /// It is done, and fails all the same, as on a network.
    Late(i32),
    /// Half is written or read, which is no error; what is neither is done.
    Short,
}

type Guest = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Inner {
    names: BTreeMap<PathBuf, Node>,
    files: Vec<Vec<u8>>,
    locked: BTreeSet<usize>,
    log: Vec<Op>,
    /// Operations of all kinds so far, with their names.
    calls: Vec<&'static str>,
    fault: Option<(usize, Fault)>,
    guest: Option<(&'static str, Guest)>,
    refuses: Refuses,
}

/// Clones are the same disk.
#[derive(Clone, Default)]
pub struct Model(Arc<Mutex<Inner>>);

impl Model {
    /// A disk with this on it, all of which lasts.
    pub fn of(image: &Image, refuses: Refuses) -> Self {
        let mut inner = Inner { refuses, ..Inner::default() };
        inner.names.insert(PathBuf::from("/"), Node::Dir);
        for (path, content) in image {
            let node = match content {
                None => Node::Dir,
                Some(content) => {
                    inner.files.push(content.bytes.clone());
                    Node::File(inner.files.len() - 1)
                }
            };
            inner.names.insert(path.clone(), node);
        }
        Self(Arc::new(Mutex::new(inner)))
    }

    pub fn disk(&self) -> Arc<dyn Disk> {
        Arc::new(self.clone())
    }

    /// What is there now.
    pub fn image(&self) -> Image {
        let inner = self.inner();
        let content = |node: &Node| match node {
            Node::Dir => None,
            Node::File(file) => Some(Content::of(inner.files[*file].clone(), false)),
        };
        inner.names.iter().map(|(path, node)| (path.clone(), content(node))).collect()
    }

    pub fn log(&self) -> Vec<Op> {
        self.inner().log.clone()
    }

    /// Which operations there were.
    pub fn calls(&self) -> Vec<&'static str> {
        self.inner().calls.clone()
    }

    /// Fails the operation of this number, counted from the first there ever was.
    pub fn fail(&self, number: usize, fault: Fault) {
        self.inner().fault = Some((number, fault));
    }

    /// Lets another program act just before the next operation of this name.
    pub fn before_next(&self, call: &'static str, guest: impl FnOnce() + Send + 'static) {
        self.inner().guest = Some((call, Box::new(guest)));
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// Counts an operation, and does it unless it is to fail.
    fn call<T>(
        &self,
        name: &'static str,
        act: impl FnOnce(&mut Inner, bool) -> io::Result<T>,
    ) -> io::Result<T> {
        let guest = {
            let mut inner = self.inner();
            inner.guest.take_if(|guest| guest.0 == name)
        };
        if let Some((_, act)) = guest {
            // What it does is neither counted nor failed.
            let mut inner = self.inner();
            let (fault, count) = (inner.fault.take(), inner.calls.len());
            drop(inner);
            act();
            let mut inner = self.inner();
            inner.fault = fault;
            inner.calls.truncate(count);
        }
        let mut inner = self.inner();
        inner.calls.push(name);
        let number = inner.calls.len();
        let fault = inner.fault.filter(|(at, _)| *at == number).map(|(_, fault)| fault);
        match fault {
            Some(Fault::Error(errno)) => Err(io::Error::from_raw_os_error(errno)),
            Some(Fault::Late(errno)) => act(&mut inner, false).and(Err(io::Error::from_raw_os_error(errno))),
            Some(Fault::Short) => act(&mut inner, true),
            None => act(&mut inner, false),
        }
    }
}

impl Inner {
    fn node(&self, path: &Path) -> io::Result<Node> {
        self.names.get(path).copied().ok_or(ErrorKind::NotFound.into())
    }

    fn is_free(&self, path: &Path) -> io::Result<()> {
        if self.node(dir_of(path))? != Node::Dir {
            return Err(ErrorKind::NotADirectory.into());
        }
        if self.names.contains_key(path) { Err(ErrorKind::AlreadyExists.into()) } else { Ok(()) }
    }

    fn is_refused(&self, is_refused: bool) -> io::Result<()> {
        if is_refused { Err(ErrorKind::Unsupported.into()) } else { Ok(()) }
    }

    fn change(&mut self, names: Vec<(PathBuf, Option<Node>)>) {
        assert!(names.iter().all(|(path, _)| dir_of(path) == dir_of(&names[0].0)), "one folder");
        for (path, node) in &names {
            match node {
                None => self.names.remove(path),
                Some(node) => self.names.insert(path.clone(), *node),
            };
        }
        self.log.push(Op::Names(names));
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let node = self.node(from)?;
        if dir_of(from) == dir_of(to) {
            self.change(vec![(from.to_owned(), None), (to.to_owned(), Some(node))]);
        } else {
            self.is_refused(self.refuses.rename_across)?;
            // Two folders need not last together.
            self.change(vec![(to.to_owned(), Some(node))]);
            self.change(vec![(from.to_owned(), None)]);
        }
        Ok(())
    }

    fn stat(&self, node: Node) -> Stat {
        match node {
            Node::Dir => Stat { is_file: false, len: 0, modified: Timestamp(0) },
            Node::File(file) => {
                Stat { is_file: true, len: self.files[file].len() as u64, modified: Timestamp(0) }
            }
        }
    }
}

impl Disk for Model {
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>> {
        let name = match how {
            Open::Read => "open",
            Open::New => "create",
            Open::Lock => "open lock",
        };
        let node = self.call(name, |inner, _| {
            if how == Open::New || (how == Open::Lock && !inner.names.contains_key(path)) {
                inner.is_free(path)?;
                inner.files.push(Vec::new());
                let node = Node::File(inner.files.len() - 1);
                inner.change(vec![(path.to_owned(), Some(node))]);
            }
            inner.node(path)
        })?;
        Ok(Box::new(Handle { disk: self.clone(), node, at: 0, has_lock: Mutex::new(false) }))
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        self.call("stat", |inner, _| inner.node(path).map(|node| inner.stat(node)))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        self.call("list", |inner, _| {
            inner.node(dir)?;
            Ok(inner.names.keys().filter(|path| path.parent() == Some(dir)).cloned().collect())
        })
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        self.call("resolve", |inner, _| inner.node(path).map(|_| path.to_owned()))
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.call("exchange", |inner, _| {
            inner.is_refused(inner.refuses.exchange)?;
            let (first, second) = (inner.node(one)?, inner.node(other)?);
            inner.change(vec![(one.to_owned(), Some(second)), (other.to_owned(), Some(first))]);
            Ok(())
        })
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call("rename new", |inner, _| {
            inner.is_refused(inner.refuses.rename_new)?;
            inner.is_free(to)?;
            inner.rename(from, to)
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call("rename", |inner, _| inner.rename(from, to))
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call("link", |inner, _| {
            inner.is_refused(inner.refuses.link)?;
            inner.is_free(to)?;
            let node = inner.node(from)?;
            inner.change(vec![(to.to_owned(), Some(node))]);
            Ok(())
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call("remove", |inner, _| match inner.node(path)? {
            Node::Dir => Err(ErrorKind::IsADirectory.into()),
            Node::File(_) => {
                inner.change(vec![(path.to_owned(), None)]);
                Ok(())
            }
        })
    }

    fn make_dir(&self, path: &Path) -> io::Result<()> {
        self.call("make dir", |inner, _| {
            inner.is_free(path)?;
            inner.change(vec![(path.to_owned(), Some(Node::Dir))]);
            Ok(())
        })
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.call("remove dir", |inner, _| {
            inner.node(path)?;
            let within: Vec<PathBuf> =
                inner.names.keys().filter(|name| name.starts_with(path)).cloned().collect();
            within.into_iter().rev().for_each(|name| inner.change(vec![(name, None)]));
            Ok(())
        })
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.call("sync dir", |inner, _| {
            inner.node(path)?;
            if !inner.refuses.sync_dir {
                inner.log.push(Op::SyncDir(path.to_owned()));
            }
            Ok(())
        })
    }
}

struct Handle {
    disk: Model,
    node: Node,
    at: usize,
    has_lock: Mutex<bool>,
}

impl Handle {
    fn file(&self) -> io::Result<usize> {
        match self.node {
            Node::Dir => Err(ErrorKind::IsADirectory.into()),
            Node::File(file) => Ok(file),
        }
    }
}

impl Read for Handle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let file = self.file()?;
        let at = self.at;
        let read = self.disk.call("read", |inner, is_short| {
            let rest = inner.files[file].get(at..).unwrap_or_default();
            let len = rest.len().min(buffer.len());
            let len = if is_short { len.div_ceil(2) } else { len };
            buffer[..len].copy_from_slice(&rest[..len]);
            Ok(len)
        })?;
        self.at += read;
        Ok(read)
    }
}

impl Write for Handle {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = self.file()?;
        let at = self.at;
        let written = self.disk.call("write", |inner, is_short| {
            let bytes = if is_short { &bytes[..bytes.len().div_ceil(2)] } else { bytes };
            let end = at + bytes.len();
            let content = &mut inner.files[file];
            content.resize(content.len().max(end), 0);
            content[at..end].copy_from_slice(bytes);
            inner.log.push(Op::Write { file, at, bytes: bytes.to_vec() });
            Ok(bytes.len())
        })?;
        self.at += written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Handle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(to) = to else { return Err(ErrorKind::Unsupported.into()) };
        self.disk.call("seek", |_, _| Ok(()))?;
        self.at = usize::try_from(to).unwrap();
        Ok(to)
    }
}

impl DiskFile for Handle {
    fn stat(&self) -> io::Result<Stat> {
        self.disk.call("file stat", |inner, _| Ok(inner.stat(self.node)))
    }

    fn sync(&self) -> io::Result<()> {
        let file = self.file()?;
        self.disk.call("sync", |inner, _| {
            if !inner.refuses.sync {
                inner.log.push(Op::Sync(file));
            }
            Ok(())
        })
    }

    fn try_lock(&self) -> io::Result<bool> {
        let file = self.file()?;
        let mut has_lock = self.has_lock.lock().unwrap();
        self.disk.call("lock", |inner, _| {
            *has_lock = inner.locked.insert(file);
            Ok(*has_lock)
        })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if let Node::File(file) = self.node
            && *self.has_lock.lock().unwrap()
        {
            self.disk.inner().locked.remove(&file);
        }
    }
}
