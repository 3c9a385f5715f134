//! Every state of a disk that a power cut may leave: of the changes whose sync has not returned, any may be missing
//! and any may be there. A change of names in one folder comes whole or not at all; of what was written to a file,
//! each sector of 512 bytes does, and its length on its own.
//!
//! Not every subset is made of the sectors: all and none, every prefix, every single one missing, zeros in the place
//! of all, and some drawn at random.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tresor::store::disk::dir_of;

use crate::figures::quick_or_long;
use crate::model::{Content, Image, Node, Op};

const SECTOR: usize = 512;

/// Calls `visit` with every state that a cut after the first `cut` of `log` may leave.
pub fn after(start: &Image, log: &[Op], cut: usize, visit: &mut dyn FnMut(Image)) {
    let done = &log[..cut];
    let free: Vec<usize> = (0..cut).filter(|at| may_be_missing(done, *at)).collect();
    let contents = contents(start, done);
    for (missing, is_bare) in subsets(free.len()) {
        let missing: BTreeSet<usize> = missing.into_iter().map(|index| free[index]).collect();
        let names = names(start, done, &missing);
        let open: Vec<usize> = files_of(&names).into_iter().filter(|file| contents[file].len() > 1).collect();
        // Sector by sector only one file at a time, and not for each of the subsets.
        for file in open.iter().map(|file| Some(*file)).chain([None]) {
            let variants = file.map_or(1, |file| contents[&file].len());
            let variants = if is_bare { variants } else { variants.min(3) };
            for variant in 0..variants {
                visit(image(&names, &contents, |other| if Some(other) == file { variant } else { 0 }));
            }
        }
    }
}

/// Whether no sync that returned covers this change of names.
fn may_be_missing(done: &[Op], at: usize) -> bool {
    let Op::Names(names) = &done[at] else { return false };
    let dir = dir_of(&names[0].0);
    !done[at..].iter().any(|op| matches!(op, Op::SyncDir(synced) if synced == dir))
}

/// Subsets of so many, and whether it is one of those few for which each torn sector is tried.
fn subsets(count: usize) -> Vec<(Vec<usize>, bool)> {
    let of = |mask: u64| (0..count).filter(|index| mask >> index & 1 == 1).collect::<Vec<_>>();
    let is_bare = |len: usize| len == 0 || len + 1 >= count;
    // Of more changes that may be missing, only subsets that miss or have one or two are made.
    if count <= quick_or_long(5, 10) {
        return (0..1 << count).map(of).map(|subset| (subset.clone(), is_bare(subset.len()))).collect();
    }
    let all = (1_u64 << count) - 1;
    let mut masks = BTreeSet::from([0, all]);
    for one in 0..count {
        for other in 0..count {
            let two = 1 << one | 1 << other;
            masks.extend([two, all & !two]);
        }
    }
    // A prefix: the file system keeps its order.
    masks.extend((0..count).map(|from| all & !((1 << from) - 1)));
    masks.into_iter().map(of).map(|subset| (subset.clone(), is_bare(subset.len()))).collect()
}

fn names(start: &Image, done: &[Op], missing: &BTreeSet<usize>) -> BTreeMap<PathBuf, Node> {
    let mut names = start_names(start);
    for (at, op) in done.iter().enumerate() {
        if let Op::Names(changed) = op
            && !missing.contains(&at)
        {
            for (path, node) in changed {
                match node {
                    None => names.remove(path),
                    Some(node) => names.insert(path.clone(), *node),
                };
            }
        }
    }
    // What is in a folder that is not there cannot be reached.
    let there: BTreeSet<PathBuf> = names.keys().cloned().collect();
    let is_reached = |path: &Path| path.ancestors().all(|dir| there.contains(dir));
    names.retain(|path, _| is_reached(path));
    names
}

/// As [`crate::model::Model::of`] numbers them.
fn start_names(start: &Image) -> BTreeMap<PathBuf, Node> {
    let mut files = 0..;
    let mut node = |content: &Option<_>| match content {
        None => Node::Dir,
        Some(_) => Node::File(files.next().unwrap()),
    };
    let mut names: BTreeMap<PathBuf, Node> =
        start.iter().map(|(path, content)| (path.clone(), node(content))).collect();
    names.insert(PathBuf::from("/"), Node::Dir);
    names
}

fn files_of(names: &BTreeMap<PathBuf, Node>) -> BTreeSet<usize> {
    let file = |node: &Node| if let Node::File(file) = node { Some(*file) } else { None };
    names.values().filter_map(file).collect()
}

fn image(
    names: &BTreeMap<PathBuf, Node>,
    contents: &BTreeMap<usize, Vec<Arc<Content>>>,
    variant: impl Fn(usize) -> usize,
) -> Image {
    let content = |node: &Node| match node {
        Node::Dir => None,
        Node::File(file) => Some(contents[file][variant(*file)].clone()),
    };
    names.iter().map(|(path, node)| (path.clone(), content(node))).collect()
}

/// What each file may hold: first all that was written, then nothing of what was not synced, then the rest.
fn contents(start: &Image, done: &[Op]) -> BTreeMap<usize, Vec<Arc<Content>>> {
    // What is synced, and what is written.
    let mut files: BTreeMap<usize, (Vec<u8>, Vec<u8>)> = BTreeMap::new();
    for (file, content) in start.values().flatten().enumerate() {
        files.insert(file, (content.bytes.clone(), content.bytes.clone()));
    }
    for op in done {
        match op {
            Op::Write { file, at, bytes } => {
                let content = &mut files.entry(*file).or_default().1;
                let end = at + bytes.len();
                content.resize(content.len().max(end), 0);
                content[*at..end].copy_from_slice(bytes);
            }
            Op::Sync(file) => {
                let (synced, written) = files.entry(*file).or_default();
                synced.clone_from(written);
            }
            Op::Names(names) => {
                for (_, node) in names {
                    if let Some(Node::File(file)) = node {
                        files.entry(*file).or_default();
                    }
                }
            }
            Op::SyncDir(_) => {}
        }
    }
    files.into_iter().map(|(file, (synced, written))| (file, torn(&synced, &written))).collect()
}

fn torn(synced: &[u8], written: &[u8]) -> Vec<Arc<Content>> {
    if synced == written {
        return vec![Content::of(written.to_vec(), false)];
    }
    let sectors = written.len().div_ceil(SECTOR);
    let with = |is_there: &dyn Fn(usize) -> bool| {
        let mut content = synced.to_vec();
        content.resize(written.len(), 0);
        for sector in (0..sectors).filter(|sector| is_there(*sector)) {
            let range = sector * SECTOR..written.len().min((sector + 1) * SECTOR);
            content[range.clone()].copy_from_slice(&written[range]);
        }
        content
    };
    let mut all = vec![written.to_vec(), synced.to_vec(), with(&|_| false)];
    for cut in (1..sectors).step_by(quick_or_long(8, 1)) {
        // The length with the sectors, and the length ahead of them.
        all.push(written[..cut * SECTOR].to_vec());
        all.push(with(&|sector| sector < cut));
        all.push(with(&|sector| sector != cut));
    }
    all.push(with(&|sector| sector != 0));
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..quick_or_long(8, 64) {
        let mut mask = Vec::new();
        for _ in 0..sectors {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            mask.push(random >> 63 == 1);
        }
        all.push(with(&|sector| mask[sector]));
    }
    all.into_iter().enumerate().map(|(index, bytes)| Content::of(bytes, index > 0)).collect()
}
