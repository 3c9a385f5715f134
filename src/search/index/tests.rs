//! The index against a table of queries, and against a slow and plain implementation of the same rules.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::super::haystack::Record;
use super::super::sample::{Entry, vault};
use super::*;

fn hits(entries: &[Entry], query: &str) -> (How, Vec<usize>) {
    let mut hits = Hits::default();
    Index::build(entries).search(query, &mut hits);
    (hits.how(), hits.page(0..usize::MAX).collect())
}

/// Query, how many hits, and the first of them as `title/username`.
const TABLE: [(&str, usize, &str); 83] = [
    // Titles: all of it, its beginning, a word of it, part of it.
    ("github", 5, "GitHub/octavia-private"),
    ("GITHUB", 5, "GitHub/octavia-private"),
    ("github octavia", 3, "GitHub/octavia-private"),
    ("github octavia-p", 1, "GitHub/octavia-private"),
    ("git", 6, "GitLab/octavia"),
    ("hub", 5, "GitHub Enterprise/o.berg"),
    ("github ent", 1, "GitHub Enterprise/o.berg"),
    ("enterprise", 1, "GitHub Enterprise/o.berg"),
    ("lab", 1, "GitLab/octavia"),
    ("google", 3, "Google/octavia.berg@gmail.example"),
    ("goog", 3, "Google Ads/marketing@initrode.example"),
    ("google ads", 1, "Google Ads/marketing@initrode.example"),
    ("ads google", 1, "Google Ads/marketing@initrode.example"),
    ("gmail", 4, "Gmail/octavia.berg@gmail.example"),
    ("amazon", 4, "Amazon/office@initrode.example"),
    ("amazon web", 1, "Amazon Web Services/root@initrode.example"),
    ("amazon shopping", 1, "Amazon/octavia.berg@gmail.example"),
    ("amazon work", 3, "Amazon/office@initrode.example"),
    ("aws", 2, "AWS staging/deploy"),
    ("bank", 3, "Bank of Elsewhere/oberg"),
    ("home bank", 1, "Home Bank/4711 0815"),
    ("bank home", 1, "Home Bank/4711 0815"),
    ("savings", 1, "Savings Bank/0815"),
    ("banking", 1, "Home Bank/4711 0815"),
    ("0815", 3, "0815/number"),
    ("4711", 1, "Home Bank/4711 0815"),
    ("pay", 1, "PayPal/octavia.berg@gmail.example"),
    ("wi-fi", 2, "Wi-Fi office/initrode-staff"),
    ("wifi", 2, "Wi-Fi office/initrode-staff"),
    ("wifi home", 1, "Wi-Fi at home/"),
    ("office", 2, "Wi-Fi office/initrode-staff"),
    ("fi", 4, "Wi-Fi office/initrode-staff"),
    ("dev", 5, "Dev server/dev"),
    ("server", 3, "Dev server/dev"),
    ("nas", 1, "NAS/octavia"),
    ("tv", 1, "Netflix/family"),
    ("ac/dc", 1, "AC/DC fan club/angus/young"),
    ("dc", 1, "AC/DC fan club/angus/young"),
    ("club", 1, "AC/DC fan club/angus/young"),
    // User names, addresses, tags, folders.
    ("family", 1, "Netflix/family"),
    ("book-worm", 1, "Ebay/book-worm"),
    ("admin", 4, "Printer/admin"),
    ("admin home", 2, "Printer/admin"),
    ("admin github.io", 2, "Their Pages/mallory"),
    ("octavia", 11, "Gmail/octavia.berg@gmail.example"),
    ("berg", 10, "Codeberg/berg"),
    ("angus/young", 1, "AC/DC fan club/angus/young"),
    ("initrode", 5, "Wi-Fi office/initrode-staff"),
    ("signin", 5, "AWS staging/deploy"),
    ("192.168", 2, "Printer/admin"),
    ("192.168.0.1", 1, "Router/admin"),
    ("631", 1, "Printer/admin"),
    ("5001", 1, "NAS/octavia"),
    ("fd00::20", 1, "NAS/octavia"),
    ("localhost", 1, "Dev server/dev"),
    ("https://github.com", 2, "GitHub/octavia-private"),
    ("github.com/login", 2, "GitHub/octavia-private"),
    ("com.netflix", 1, "Netflix/family"),
    ("broken.url", 1, "Broken/b"),
    ("console", 2, "AWS staging/deploy"),
    ("2fa", 3, "PayPal/octavia.berg@gmail.example"),
    ("network", 5, "Wi-Fi office/initrode-staff"),
    ("backup", 1, "NAS/octavia"),
    ("abroad", 3, "Łódź hotel/berg"),
    ("books", 2, "Ebay/book-worm"),
    ("invoice", 1, "Amazon/office@initrode.example"),
    ("money", 5, "Home Bank/4711 0815"),
    ("work/servers", 2, "AWS staging/deploy"),
    ("root aws", 2, "AWS staging/deploy"),
    ("example.com", 5, "Evil suffix/e"),
    // Accents, scripts, hostile titles.
    ("bucherstube", 1, "Bücherstube Köln/octavia"),
    ("BÜCHER koln", 1, "Bücherstube Köln/octavia"),
    ("zurich", 1, "Zürich tram/berg"),
    ("zu\u{308}rich", 1, "Zürich tram/berg"),
    ("lodz", 1, "Łódź hotel/berg"),
    ("cafe", 1, "Café ☕ loyalty/berg"),
    ("ПОЧТА", 1, "Почта/октавия"),
    ("図書", 1, "東京図書館/図書"),
    ("red", 1, "\u{202e}lapyaP\u{202c} \u{1b}[31mred/attacker\0nul"),
    ("untitled", 1, "/untitled"),
    // Left-out letters.
    ("gthub", 3, "GitHub/octavia-private"),
    ("gthub o.berg", 1, "GitHub Enterprise/o.berg"),
    ("ntflx", 1, "Netflix/family"),
];

#[test]
fn table_of_queries() {
    let entries = vault();
    let mut wrong = Vec::new();
    for (query, count, first) in TABLE {
        let (_, found) = hits(&entries, query);
        let name =
            found.first().map(|first| format!("{}/{}", entries[*first].title, entries[*first].username));
        if (found.len(), name.as_deref()) != (count, Some(first)) {
            wrong.push(format!("{query:?}: {} hits, first {name:?}", found.len()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn without_words_all_by_title() {
    let entries = vault();
    let mut expected: Vec<usize> = (0..entries.len()).collect();
    expected.sort_by_key(|position| (plain(&entries[*position].title), plain(&entries[*position].username)));
    for query in ["", "  ", "\t\u{2003}\0", "\u{301}\u{202e}"] {
        assert_eq!(hits(&entries, query), (How::All, expected.clone()), "{query:?}");
    }
    assert_eq!(hits(&[], ""), (How::All, vec![]));
    let alike = ["the very same beginning: c", "the very same beginning: a", "THE very same beginning: B"];
    assert_eq!(hits(&alike.map(Entry::titled), "").1, [1, 2, 0]);
}

#[test]
fn fuzzy_only_if_nothing_else() {
    let entries = ["Grant the hubbub", "GitHub Enterprise", "Gt hub", "GitHub"].map(Entry::titled);
    assert_eq!(hits(&entries, "gthub"), (How::Fuzzy, vec![3, 2, 1, 0]));
    assert_eq!(hits(&entries, "hub"), (How::Words, vec![0, 2, 3, 1]));
    assert_eq!(hits(&entries, "gthub enterprise"), (How::Fuzzy, vec![1]));
    assert_eq!(hits(&entries, "xyzzy"), (How::Fuzzy, vec![]));
}

#[test]
fn ties_by_favourite_then_recent_then_title() {
    let mut entries = ["bank c", "bank b", "bank a", "bank d", "bank e"].map(Entry::titled);
    entries[3].recent = u64::MAX;
    entries[4].favourite = true;
    assert_eq!(hits(&entries, "bank").1, [4, 3, 2, 1, 0]);
}

#[test]
fn hostile_queries_are_just_queries() {
    let entries = vault();
    let long = "a".repeat(10_000);
    let marks = "e\u{301}".repeat(5_000);
    let words = "a b ".repeat(2_500);
    let different: Vec<_> = (0..2_000).map(|number| number.to_string()).collect();
    for (query, how) in [
        (long.as_str(), How::Fuzzy),
        (&"\u{301}".repeat(10_000), How::All),
        (&marks, How::Fuzzy),
        (&different.join(" "), How::Fuzzy),
        (&"\u{fdfa}".repeat(1_000), How::Fuzzy),
        ("\0\n\x01", How::All),
        ("octavia\0github", How::Words),
        ("git\nhub", How::Words),
        ("\u{202e}GitHub", How::Words),
        (".*", How::Fuzzy),
    ] {
        assert_eq!(hits(&entries, query).0, how, "{:?}", query.chars().take(20).collect::<String>());
    }
    assert!(!hits(&entries, &words).1.is_empty());
}

#[test]
fn hits_are_paged() {
    let mut hits = Hits::default();
    let index = Index::build(["b", "a", "c"].map(Entry::titled));
    index.search("", &mut hits);
    assert_eq!(hits.page(1..2).collect::<Vec<_>>(), [0]);
    assert_eq!(hits.page(2..9).collect::<Vec<_>>(), [2]);
    assert_eq!(hits.page(7..9).len(), 0);
    assert_eq!(hits.page(Range { start: 2, end: 1 }).len(), 0);
    assert_eq!(
        (hits.position(0), hits.position(3), hits.rank_of(2), hits.rank_of(9)),
        (Some(1), None, Some(2), None)
    );
    index.search("c", &mut hits);
    assert_eq!((hits.len(), hits.is_empty(), hits.how()), (1, false, How::Words));
}

/// The folding by the book, for the few letters of these tests that need special care.
fn plain(text: &str) -> String {
    let marks = unicode_normalization::char::is_combining_mark;
    let invisible = |c: &char| ('\u{202a}'..='\u{202e}').contains(c);
    let lower = text.nfkd().filter(|c| !marks(*c) && !invisible(c)).flat_map(char::to_lowercase);
    lower.map(|c| if c.is_control() { ' ' } else { c }).map(|c| if c == 'ł' { 'l' } else { c }).collect()
}

/// The best class of a word in an entry, 0 the best.
fn class(entry: &Entry, word: &str) -> Option<usize> {
    let title = plain(&entry.title);
    let words = title.match_indices(word).map(|(at, _)| title[..at].chars().next_back());
    let mut starts = words.map(|before| before.is_none_or(|c| !c.is_alphanumeric()));
    let urls: Vec<_> = entry.urls.iter().map(|url| plain(url)).collect();
    let host = |url: &String| url.trim_start_matches("https://").split('/').next().unwrap().contains(word);
    [
        title == word,
        title.starts_with(word),
        starts.any(|begins| begins),
        title.contains(word),
        plain(&entry.username).contains(word),
        urls.iter().any(host),
        urls.iter().any(|url| url.contains(word)),
        entry.tags.iter().any(|tag| plain(tag).contains(word)),
        plain(&entry.folder).contains(word),
    ]
    .into_iter()
    .position(|fits| fits)
}

fn text() -> impl Strategy<Value = String> {
    "[abÁB ./-]{0,5}"
}

fn entry() -> impl Strategy<Value = Entry> {
    let urls = prop::collection::vec("(https://)?[ab.]{0,4}(/[abB]{0,3})?", 0..3);
    let tags = prop::collection::vec(text(), 0..3);
    (text(), text(), urls, text(), tags, any::<bool>(), 0..3_u64).prop_map(
        |(title, username, urls, folder, tags, favourite, recent)| Entry {
            title,
            username,
            urls,
            folder,
            tags,
            favourite,
            recent,
            ..Entry::default()
        },
    )
}

proptest! {
    #[test]
    fn one_word_ranks_as_the_plain_rules_say(
        entries in prop::collection::vec(entry(), 0..20), word in "[ab./-]{1,3}",
    ) {
        let fits = |position: &usize| class(&entries[*position], &word).is_some();
        let mut expected: Vec<_> = (0..entries.len()).filter(fits).collect();
        expected.sort_by_key(|position| {
            let entry = &entries[*position];
            let alphabetical = (plain(&entry.title), plain(&entry.username));
            (class(entry, &word), Reverse(entry.favourite), Reverse(entry.recent), alphabetical)
        });
        let (how, found) = hits(&entries, &word);
        if how == How::Words {
            // Entries alike in all this may stand either way round.
            let key = |position: &usize| {
                let entry = &entries[*position];
                let names = (plain(&entry.title), plain(&entry.username));
                (class(entry, &word), entry.favourite, entry.recent, names)
            };
            let keys = |positions: &[usize]| positions.iter().map(key).collect::<Vec<_>>();
            prop_assert_eq!(keys(&found), keys(&expected));
        } else {
            prop_assert!(expected.is_empty());
        }
    }

    #[test]
    fn every_word_of_every_hit_occurs(
        entries in prop::collection::vec(entry(), 0..20),
        words in prop::collection::vec("[abÁ./-]{1,3}", 1..4),
    ) {
        let fits = |entry: &Entry, word: &String| class(entry, &plain(word)).is_some();
        let fits_all = |position: &usize| words.iter().all(|word| fits(&entries[*position], word));
        let (how, mut found) = hits(&entries, &words.join(" "));
        found.sort_unstable();
        let expected: Vec<_> = (0..entries.len()).filter(fits_all).collect();
        if how == How::Words || !expected.is_empty() {
            prop_assert_eq!(found, expected);
            prop_assert_eq!(how, How::Words);
        } else {
            for position in found {
                let title = plain(&entries[position].title);
                let is_subsequence = |word: &String| {
                    let mut rest = title.chars();
                    plain(word).chars().all(|wanted| rest.any(|c| c == wanted))
                };
                prop_assert!(words.iter().all(|word| fits(&entries[position], word) || is_subsequence(word)));
            }
        }
    }

    #[test]
    fn edits_are_as_good_as_a_new_index(
        mut entries in prop::collection::vec(entry(), 0..8),
        edits in prop::collection::vec((0..3_u8, 0..10_usize, entry()), 0..12),
    ) {
        let mut index = Index::build(&entries);
        for (kind, at, entry) in edits {
            match kind {
                0 => {
                    index.insert(at, &entry);
                    entries.insert(at.min(entries.len()), entry);
                }
                1 => {
                    index.replace(at, &entry);
                    if let Some(slot) = entries.get_mut(at) {
                        *slot = entry;
                    }
                }
                _ => {
                    index.remove(at);
                    if at < entries.len() {
                        entries.remove(at);
                    }
                }
            }
        }
        let rebuilt = Index::build(&entries);
        prop_assert_eq!(&index.by_title, &rebuilt.by_title);
        prop_assert_eq!(&index.by_standing, &rebuilt.by_standing);
        prop_assert_eq!(&*index.letters, &*rebuilt.letters);
        prop_assert_eq!(&index.standings, &rebuilt.standings);
        let both = |record: Record<'_>| (record.text().to_owned(), record.title().to_owned());
        let texts = |index: &Index| index.haystack.records().map(both).collect::<Vec<_>>();
        prop_assert_eq!(texts(&index), texts(&rebuilt));
        prop_assert_eq!(index.bytes(), rebuilt.bytes());
    }
}
