//! The entries that the list is made of: those of one facet, with the search index over them.

use std::collections::BTreeSet;

use crate::search::{Hits, Index};
use crate::vault::entry::State;
use crate::vault::{Entry, Id, Vault, kinds};

/// Which entries the list shows before anything is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facet {
    /// All but those in the trash.
    All,
    /// Favourites.
    Favourites,
    /// One kind, by its public name.
    Kind(String),
    /// A folder and those within it.
    Folder(String),
    /// A tag.
    Tag(String),
    /// The trash.
    Trash,
}

impl Facet {
    /// Every facet that some entry is of.
    pub fn all_of(vault: &Vault) -> Vec<Self> {
        let (mut kinds, mut folders, mut tags) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let (mut favourites, mut trash) = (false, false);
        for entry in vault.entries() {
            match entry.state() {
                State::Trash => trash = true,
                State::Gone => {}
                State::Live => {
                    favourites |= entry.is_favourite();
                    kinds.insert(entry.kind_name());
                    folders.insert(entry.folder());
                    tags.extend(entry.tags());
                }
            }
        }
        folders.remove("");
        let mut facets = vec![Self::All];
        facets.extend(favourites.then_some(Self::Favourites));
        facets.extend(trash.then_some(Self::Trash));
        facets.extend(folders.into_iter().map(|name| Self::Folder(name.to_owned())));
        facets.extend(tags.into_iter().map(|name| Self::Tag(name.to_owned())));
        if kinds.len() > 1 {
            facets.extend(kinds.into_iter().map(|name| Self::Kind(name.to_owned())));
        }
        facets
    }

    /// Whether an entry is of it.
    pub fn holds(&self, entry: &Entry<'_>) -> bool {
        match (entry.state(), self) {
            (State::Trash, Self::Trash) | (State::Live, Self::All) => true,
            (State::Live, Self::Favourites) => entry.is_favourite(),
            (State::Live, Self::Kind(name)) => entry.kind_name() == name,
            (State::Live, Self::Folder(path)) => {
                let rest = entry.folder().strip_prefix(path.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            (State::Live, Self::Tag(name)) => entry.tags().contains(&name.as_str()),
            _ => false,
        }
    }

    /// What it is called on the screen.
    pub fn title(&self) -> String {
        match self {
            Self::All => "All entries".to_owned(),
            Self::Favourites => "* Favourites".to_owned(),
            Self::Kind(name) => {
                let title = kinds::named(name).map_or(name.as_str(), |kind| kind.title);
                format!("Kind: {title}")
            }
            Self::Folder(path) => format!("Folder: {path}"),
            Self::Tag(name) => format!("Tag: {name}"),
            Self::Trash => "Trash".to_owned(),
        }
    }
}

/// The entries of a facet, found by words.
pub struct Catalog {
    /// Sorted; an entry's place is its position in the index.
    ids: Vec<Id>,
    index: Index,
    facet: Facet,
}

impl Catalog {
    /// Of the entries in `vault` that are of `facet`. Reads all of them once.
    pub fn of(vault: &Vault, facet: Facet) -> Self {
        let rows = || vault.entries().filter(|entry| facet.holds(entry));
        let ids = rows().map(|entry| entry.id()).collect();
        let index = Index::build(rows());
        Self { ids, index, facet }
    }

    /// What it is made of.
    pub fn facet(&self) -> &Facet {
        &self.facet
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Finds those that `query` finds, best first; all, by title, if it has no word.
    pub fn search(&self, query: &str, hits: &mut Hits) {
        self.index.search(query, hits);
    }

    /// The entry of a rank in `hits`.
    pub fn id(&self, hits: &Hits, rank: usize) -> Option<Id> {
        hits.position(rank).and_then(|position| self.ids.get(position).copied())
    }

    /// The rank of an entry in `hits`.
    pub fn rank(&self, hits: &Hits, id: Id) -> Option<usize> {
        self.ids.binary_search(&id).ok().and_then(|position| hits.rank_of(position))
    }

    /// Notes that an entry was changed, added or moved. Hits of before are void, unless `id` was there and is.
    pub fn refresh(&mut self, vault: &Vault, id: Id) {
        let entry = vault.entry(id).filter(|entry| self.facet.holds(entry));
        match (self.ids.binary_search(&id), entry) {
            (Ok(position), Some(entry)) => self.index.replace(position, &entry),
            (Ok(position), None) => {
                self.ids.remove(position);
                self.index.remove(position);
            }
            (Err(position), Some(entry)) => {
                self.ids.insert(position, id);
                self.index.insert(position, &entry);
            }
            (Err(_), None) => {}
        }
    }
}
