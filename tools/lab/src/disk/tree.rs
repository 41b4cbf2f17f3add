//! What lies on the disk now, and what would be there after a power cut.
//!
//! A page is safe once its file was synced after the page was written; a name is safe once its folder was synced after the
//! name was made. Everything else is gone after a cut, but for the part of it that a kernel may have happened to write back.
//! That is stricter than a journalling file system: what holds here holds there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use fuser::Errno;

/// The unit in which data is lost.
pub(crate) const PAGE: usize = 4096;
/// The first folder's number.
pub(crate) const ROOT: u64 = 1;
/// Folder syncs between two collections of what no safe name leads to any more.
const COLLECT_EVERY: u32 = 256;

type Page = Arc<[u8; PAGE]>;

/// The bytes of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    pub(crate) len: u64,
    pages: Vec<Option<Page>>,
}

/// A file or a folder.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    File(Content),
    Folder(BTreeMap<OsString, u64>),
}

#[derive(Debug)]
struct Entry {
    node: Node,
    links: u32,
    opens: u32,
    dirty: BTreeSet<usize>,
}

impl Entry {
    const fn new(node: Node) -> Self {
        Self { node, links: 1, opens: 0, dirty: BTreeSet::new() }
    }
}

/// What an operation gives, or the reason it was refused.
pub(crate) type Did<T = ()> = Result<T, Errno>;

/// The whole disk.
#[derive(Debug)]
pub(crate) struct Tree {
    now: HashMap<u64, Entry>,
    safe: HashMap<u64, Node>,
    next: u64,
    opens: u64,
    /// Bytes of new pages that still fit; `None` while there is room for all.
    room: Option<u64>,
    folder_syncs: u32,
}

impl Tree {
    pub(crate) fn new() -> Self {
        let root = Node::Folder(BTreeMap::new());
        Self {
            now: HashMap::from([(ROOT, Entry::new(root.clone()))]),
            safe: HashMap::from([(ROOT, root)]),
            next: ROOT + 1,
            opens: 0,
            room: None,
            folder_syncs: 0,
        }
    }

    pub(crate) const fn opens(&self) -> u64 {
        self.opens
    }

    pub(crate) const fn set_room(&mut self, room: Option<u64>) {
        self.room = room;
    }

    /// Kind, length and links of a node.
    pub(crate) fn look(&self, ino: u64) -> Did<(bool, u64, u32)> {
        let entry = self.now.get(&ino).ok_or(Errno::ENOENT)?;
        Ok(match &entry.node {
            Node::File(content) => (false, content.len, entry.links),
            Node::Folder(_) => (true, PAGE as u64, 2),
        })
    }

    fn folder(&self, ino: u64) -> Did<&BTreeMap<OsString, u64>> {
        match &self.now.get(&ino).ok_or(Errno::ENOENT)?.node {
            Node::Folder(names) => Ok(names),
            Node::File(_) => Err(Errno::ENOTDIR),
        }
    }

    fn folder_mut(&mut self, ino: u64) -> Did<&mut BTreeMap<OsString, u64>> {
        match &mut self.now.get_mut(&ino).ok_or(Errno::ENOENT)?.node {
            Node::Folder(names) => Ok(names),
            Node::File(_) => Err(Errno::ENOTDIR),
        }
    }

    pub(crate) fn find(&self, parent: u64, name: &OsStr) -> Did<u64> {
        self.folder(parent)?.get(name).copied().ok_or(Errno::ENOENT)
    }

    /// Names of a folder, with their numbers and whether each is a folder.
    pub(crate) fn names(&self, ino: u64) -> Did<Vec<(u64, bool, OsString)>> {
        let is_folder = |ino| self.look(ino).is_ok_and(|(folder, ..)| folder);
        Ok(self.folder(ino)?.iter().map(|(name, &ino)| (ino, is_folder(ino), name.clone())).collect())
    }

    /// Makes a file or a folder.
    pub(crate) fn make(&mut self, parent: u64, name: &OsStr, folder: bool) -> Did<u64> {
        if self.folder(parent)?.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        if self.room == Some(0) {
            return Err(Errno::ENOSPC);
        }
        let ino = self.next;
        self.next += 1;
        let node = if folder { Node::Folder(BTreeMap::new()) } else { Node::File(Content::default()) };
        self.now.insert(ino, Entry::new(node));
        self.folder_mut(parent)?.insert(name.to_owned(), ino);
        Ok(ino)
    }

    /// Gives a file one more name.
    pub(crate) fn link(&mut self, ino: u64, parent: u64, name: &OsStr) -> Did {
        if self.folder(parent)?.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        let entry = self.now.get_mut(&ino).ok_or(Errno::ENOENT)?;
        entry.links += 1;
        self.folder_mut(parent)?.insert(name.to_owned(), ino);
        Ok(())
    }

    /// Takes a name away; a folder must be empty.
    pub(crate) fn remove(&mut self, parent: u64, name: &OsStr) -> Did {
        let ino = self.find(parent, name)?;
        if self.folder(ino).is_ok_and(|names| !names.is_empty()) {
            return Err(Errno::ENOTEMPTY);
        }
        self.folder_mut(parent)?.remove(name);
        self.drop_link(ino);
        Ok(())
    }

    pub(crate) fn rename(&mut self, from: (u64, &OsStr), to: (u64, &OsStr)) -> Did {
        let ino = self.find(from.0, from.1)?;
        if let Ok(there) = self.find(to.0, to.1) {
            if there == ino {
                return Ok(());
            }
            self.remove(to.0, to.1)?;
        }
        self.folder_mut(from.0)?.remove(from.1);
        self.folder_mut(to.0)?.insert(to.1.to_owned(), ino);
        Ok(())
    }

    fn drop_link(&mut self, ino: u64) {
        let Some(entry) = self.now.get_mut(&ino) else { return };
        entry.links = entry.links.saturating_sub(1);
        if entry.links == 0 && entry.opens == 0 {
            self.now.remove(&ino);
        }
    }

    pub(crate) fn open(&mut self, ino: u64) -> Did {
        self.now.get_mut(&ino).ok_or(Errno::ENOENT)?.opens += 1;
        self.opens += 1;
        Ok(())
    }

    pub(crate) fn close(&mut self, ino: u64) {
        self.opens = self.opens.saturating_sub(1);
        let Some(entry) = self.now.get_mut(&ino) else { return };
        entry.opens = entry.opens.saturating_sub(1);
        if entry.links == 0 && entry.opens == 0 {
            self.now.remove(&ino);
        }
    }

    fn file(&mut self, ino: u64) -> Did<(&mut Content, &mut BTreeSet<usize>)> {
        let Entry { node, dirty, .. } = self.now.get_mut(&ino).ok_or(Errno::ENOENT)?;
        match node {
            Node::File(content) => Ok((content, dirty)),
            Node::Folder(_) => Err(Errno::EISDIR),
        }
    }

    pub(crate) fn read(&self, ino: u64, offset: u64, size: usize) -> Did<Vec<u8>> {
        match &self.now.get(&ino).ok_or(Errno::ENOENT)?.node {
            Node::File(content) => Ok(content.read(offset, size)),
            Node::Folder(_) => Err(Errno::EISDIR),
        }
    }

    pub(crate) fn write(&mut self, ino: u64, offset: u64, bytes: &[u8]) -> Did {
        let room = self.room;
        let (content, dirty) = self.file(ino)?;
        let new = content.missing(offset, bytes.len());
        if room.is_some_and(|room| new > room) {
            return Err(Errno::ENOSPC);
        }
        content.write(offset, bytes, dirty);
        self.room = room.map(|room| room - new);
        Ok(())
    }

    pub(crate) fn resize(&mut self, ino: u64, len: u64) -> Did {
        let (content, dirty) = self.file(ino)?;
        content.resize(len, dirty);
        Ok(())
    }

    /// What is in this file or folder now is safe.
    pub(crate) fn sync(&mut self, ino: u64) -> Did {
        let entry = self.now.get_mut(&ino).ok_or(Errno::ENOENT)?;
        match (&entry.node, self.safe.get_mut(&ino)) {
            (Node::File(content), Some(Node::File(safe))) => {
                safe.len = content.len;
                safe.pages.resize(content.pages.len(), None);
                for &page in &entry.dirty {
                    if let Some(place) = safe.pages.get_mut(page) {
                        place.clone_from(&content.pages[page]);
                    }
                }
            }
            (node, _) => {
                self.safe.insert(ino, node.clone());
            }
        }
        entry.dirty.clear();
        if matches!(entry.node, Node::Folder(_)) {
            self.folder_syncs += 1;
            if self.folder_syncs.is_multiple_of(COLLECT_EVERY) {
                self.collect();
            }
        }
        Ok(())
    }

    /// Forgets safe content that neither a safe name nor anything present leads to.
    fn collect(&mut self) {
        let mut reached = BTreeSet::from([ROOT]);
        let mut open = vec![ROOT];
        while let Some(ino) = open.pop() {
            if let Some(Node::Folder(names)) = self.safe.get(&ino) {
                open.extend(names.values().copied().filter(|&ino| reached.insert(ino)));
            }
        }
        self.safe.retain(|ino, _| reached.contains(ino) || self.now.contains_key(ino));
    }

    /// The power goes and comes back: only what is safe is left, and what `lucky` lets a kernel have written back. Every
    /// number but the root's is a new one, so that nothing a kernel still remembers fits.
    pub(crate) fn power_cut(&mut self, mut lucky: impl FnMut() -> bool) {
        let names_too = lucky();
        let mut after = Self { next: self.next, ..Self::new() };
        let mut numbers = HashMap::from([(ROOT, ROOT)]);
        let mut open = vec![ROOT];
        let mut image = HashMap::new();
        while let Some(old) = open.pop() {
            let node = match self.survivor(old, names_too, &mut lucky) {
                Node::Folder(names) => Node::Folder(
                    names
                        .into_iter()
                        .map(|(name, child)| {
                            let new = *numbers.entry(child).or_insert_with(|| {
                                open.push(child);
                                after.next += 1;
                                after.next
                            });
                            (name, new)
                        })
                        .collect(),
                ),
                file @ Node::File(_) => file,
            };
            image.insert(numbers[&old], node);
        }
        after.next += 1;
        let mut links: HashMap<u64, u32> = HashMap::new();
        for node in image.values() {
            if let Node::Folder(names) = node {
                names.values().for_each(|&ino| *links.entry(ino).or_default() += 1);
            }
        }
        after.now = image
            .iter()
            .map(|(&ino, node)| {
                (ino, Entry { links: links.get(&ino).copied().unwrap_or(1), ..Entry::new(node.clone()) })
            })
            .collect();
        after.safe = image;
        *self = after;
    }

    fn survivor(&self, ino: u64, names_too: bool, lucky: &mut impl FnMut() -> bool) -> Node {
        let now = self.now.get(&ino);
        let safe = self.safe.get(&ino).cloned();
        match (now.map(|entry| &entry.node), safe) {
            (Some(folder @ Node::Folder(_)), _) if names_too => folder.clone(),
            (Some(Node::Folder(_)), None) => Node::Folder(BTreeMap::new()),
            (Some(Node::File(content)), safe) => {
                let mut kept = if let Some(Node::File(kept)) = safe { kept } else { Content::default() };
                for &page in now.iter().flat_map(|entry| &entry.dirty) {
                    if lucky() {
                        kept.take_page(page, content);
                    }
                }
                Node::File(kept)
            }
            (_, Some(safe)) => safe,
            // A name that is safe, of something that never was.
            (None, None) => Node::File(Content::default()),
        }
    }
}

impl Content {
    fn read(&self, offset: u64, size: usize) -> Vec<u8> {
        let end = self.len.min(offset.saturating_add(size as u64));
        let mut bytes = vec![0; end.saturating_sub(offset) as usize];
        let mut at = 0;
        while at < bytes.len() {
            let (page, inside) = place(offset + at as u64);
            let n = (PAGE - inside).min(bytes.len() - at);
            if let Some(Some(page)) = self.pages.get(page) {
                bytes[at..at + n].copy_from_slice(&page[inside..inside + n]);
            }
            at += n;
        }
        bytes
    }

    /// Bytes of pages that a write there would need anew.
    fn missing(&self, offset: u64, len: usize) -> u64 {
        if len == 0 {
            return 0;
        }
        let (first, last) = (place(offset).0, place(offset + len as u64 - 1).0);
        let new = (first..=last).filter(|&page| self.pages.get(page).is_none_or(Option::is_none)).count();
        (new * PAGE) as u64
    }

    fn write(&mut self, offset: u64, bytes: &[u8], dirty: &mut BTreeSet<usize>) {
        let mut at = 0;
        while at < bytes.len() {
            let (page, inside) = place(offset + at as u64);
            let n = (PAGE - inside).min(bytes.len() - at);
            if self.pages.len() <= page {
                self.pages.resize(page + 1, None);
            }
            let slot = self.pages[page].get_or_insert_with(|| Arc::new([0; PAGE]));
            Arc::make_mut(slot)[inside..inside + n].copy_from_slice(&bytes[at..at + n]);
            dirty.insert(page);
            at += n;
        }
        self.len = self.len.max(offset + bytes.len() as u64);
    }

    fn resize(&mut self, len: u64, dirty: &mut BTreeSet<usize>) {
        self.pages.truncate(len.div_ceil(PAGE as u64) as usize);
        dirty.retain(|&page| page < self.pages.len());
        let (page, inside) = place(len);
        if let Some(Some(last)) = self.pages.get_mut(page) {
            // What lay beyond the new end must not come back when the file grows again.
            Arc::make_mut(last)[inside..].fill(0);
            dirty.insert(page);
        }
        self.len = len;
    }

    fn take_page(&mut self, page: usize, from: &Self) {
        if self.pages.len() <= page {
            self.pages.resize(page + 1, None);
        }
        self.pages[page].clone_from(&from.pages[page]);
        self.len = self.len.max(from.len.min(((page + 1) * PAGE) as u64));
    }
}

/// Page, and place in it.
const fn place(offset: u64) -> (usize, usize) {
    ((offset / PAGE as u64) as usize, (offset % PAGE as u64) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> &OsStr {
        OsStr::new(text)
    }

    fn content(tree: &Tree, text: &str) -> Option<Vec<u8>> {
        let ino = tree.find(ROOT, name(text)).ok()?;
        Some(tree.read(ino, 0, 1 << 20).unwrap())
    }

    #[test]
    fn only_what_was_synced_under_a_synced_name_is_left() {
        let mut tree = Tree::new();
        let kept = tree.make(ROOT, name("kept"), false).unwrap();
        tree.write(kept, 0, &[1; 5_000]).unwrap();
        tree.sync(kept).unwrap();
        tree.sync(ROOT).unwrap();
        tree.write(kept, 4_000, &[2; 5_000]).unwrap();
        let nameless = tree.make(ROOT, name("nameless"), false).unwrap();
        tree.write(nameless, 0, b"x").unwrap();
        tree.sync(nameless).unwrap();
        assert_eq!(content(&tree, "kept").unwrap()[4_000..], [2; 5_000]);
        tree.power_cut(|| false);
        assert_eq!(content(&tree, "kept").unwrap(), [1; 5_000]);
        assert_eq!(content(&tree, "nameless"), None);
    }

    #[test]
    fn a_rename_without_a_sync_did_not_happen_and_unsynced_content_is_empty() {
        let mut tree = Tree::new();
        let old = tree.make(ROOT, name("a"), false).unwrap();
        tree.write(old, 0, b"old").unwrap();
        tree.sync(old).unwrap();
        tree.sync(ROOT).unwrap();
        let new = tree.make(ROOT, name("b"), false).unwrap();
        tree.write(new, 0, b"new").unwrap();
        tree.rename((ROOT, name("b")), (ROOT, name("a"))).unwrap();
        assert_eq!(content(&tree, "a").unwrap(), b"new");
        tree.power_cut(|| false);
        assert_eq!(content(&tree, "a").unwrap(), b"old");
        let again = tree.make(ROOT, name("c"), false).unwrap();
        tree.write(again, 0, b"never synced").unwrap();
        tree.sync(ROOT).unwrap();
        tree.power_cut(|| false);
        assert_eq!(content(&tree, "c").unwrap(), b"");
    }

    #[test]
    fn a_removal_without_a_sync_comes_back_and_luck_keeps_everything() {
        let mut tree = Tree::new();
        let a = tree.make(ROOT, name("a"), false).unwrap();
        tree.write(a, 0, b"a").unwrap();
        tree.sync(a).unwrap();
        tree.sync(ROOT).unwrap();
        tree.remove(ROOT, name("a")).unwrap();
        assert_eq!(content(&tree, "a"), None);
        tree.power_cut(|| false);
        assert_eq!(content(&tree, "a").unwrap(), b"a");
        let folder = tree.make(ROOT, name("d"), true).unwrap();
        let b = tree.make(folder, name("b"), false).unwrap();
        tree.write(b, 0, &[7; 10_000]).unwrap();
        tree.power_cut(|| true);
        let folder = tree.find(ROOT, name("d")).unwrap();
        let b = tree.find(folder, name("b")).unwrap();
        assert_eq!(tree.read(b, 0, 20_000).unwrap(), [7; 10_000]);
    }

    #[test]
    fn a_full_disk_refuses_new_pages_only() {
        let mut tree = Tree::new();
        let a = tree.make(ROOT, name("a"), false).unwrap();
        tree.write(a, 0, &[1; PAGE]).unwrap();
        tree.set_room(Some(PAGE as u64));
        tree.write(a, 0, &[2; PAGE]).unwrap();
        tree.write(a, PAGE as u64, &[2; 10]).unwrap();
        assert!(tree.write(a, 2 * PAGE as u64, &[2; 10]).is_err());
        assert!(tree.make(ROOT, name("b"), false).is_err());
        tree.set_room(None);
        tree.write(a, 2 * PAGE as u64, &[2; 10]).unwrap();
    }

    #[test]
    fn a_shortened_file_grows_with_zeros() {
        let mut tree = Tree::new();
        let a = tree.make(ROOT, name("a"), false).unwrap();
        tree.write(a, 0, &[1; 9_000]).unwrap();
        tree.resize(a, 5_000).unwrap();
        tree.resize(a, 9_000).unwrap();
        assert_eq!(content(&tree, "a").unwrap(), [&[1; 5_000][..], &[0; 4_000]].concat());
    }
}
