//! What is weak, why, and what hostile text does.

use super::*;

#[test]
fn scores_go_from_worst_to_best() {
    let scores: Vec<String> = ["password", "kitten1987", "kitten1987b", "kitten 1987b", "xK9#mQ2vL8pW"]
        .into_iter()
        .map(|password| {
            let score = estimate(password, &[]).score;
            format!("{} {score}", score.number())
        })
        .collect();
    assert_eq!(scores, ["0 very weak", "1 weak", "2 fair", "3 strong", "4 very strong"]);
}

#[test]
fn says_why_and_what_to_do() {
    let common = estimate("password", &[]);
    assert_eq!(common.reasons, [Reason::Top10]);
    assert_eq!(common.advice, ["add another word or two, uncommon ones"]);
    assert_eq!(estimate("asdfghjkl;", &[]).reasons, [Reason::KeyboardWalk]);

    let empty = estimate("", &[]);
    assert_eq!((empty.score, empty.guesses_log10, empty.reasons.len()), (Score::VeryWeak, 0.0, 0));
    assert!(!empty.advice.is_empty());

    let strong = estimate("xK9#mQ2vL8pW", &[]);
    assert_eq!((strong.reasons.is_empty(), strong.advice.is_empty(), strong.at_least), (true, true, false));
}

#[test]
fn own_words_count_as_known() {
    let alone = estimate("Zwiebelfisch77", &[]);
    for own in ["zwiebelfisch", "Zwiebelfisch", "ZWIEBELFISCH", "jo@zwiebelfisch.example"] {
        let known = estimate("Zwiebelfisch77", &["GitHub", own]);
        assert_eq!(known.reasons.first(), Some(&Reason::OwnWord), "{own}");
        assert!(known.guesses_log10 + 3.0 < alone.guesses_log10, "{own}");
    }
    // A part as short as the letters of "jo" is no clue, nor is an empty word.
    assert_eq!(estimate("Zwiebelfisch77", &["jo@zw.de", "", "ie"]).guesses_log10, alone.guesses_log10);
}

#[test]
fn a_long_password_is_cut_and_says_so() {
    let of_length = |length| estimate(&"a".repeat(length), &[]);
    assert!(!of_length(MAX_CHARS).at_least);
    let long = of_length(10_000);
    assert_eq!((long.score, long.at_least), (Score::VeryWeak, true));
    assert_eq!(long, Strength { at_least: true, ..of_length(MAX_CHARS) });
    // Characters, not bytes.
    assert!(!estimate(&"é".repeat(MAX_CHARS), &[]).at_least);
    // More guesses than fit 64 bits.
    assert!(estimate("xK9#mQ2vL8pW-7tR!fZ4cB", &[]).at_least);
}

#[test]
fn hostile_text_is_estimated() {
    // The first overflows zxcvbn's integers: its estimate wraps, and must not panic (Cargo.toml).
    for text in ["12", "qwQW", "1.", "aA4@", "\u{130}", "\u{0}", "\u{202e}\u{1b}[2J", "ﬀß", "👩‍👩‍👧"]
    {
        let strength = estimate(&text.repeat(5_000), &[&text.repeat(18), text]);
        assert!(strength.at_least && strength.guesses_log10 >= 0.0, "{text:?}");
    }
    let own_words = vec!["kitten"; 100_000];
    assert_eq!(estimate("kitten", &own_words).score, Score::VeryWeak);
    assert_eq!(estimate("kitten", &["k-".repeat(1_000_000).as_str()]).score, Score::VeryWeak);
}

#[test]
fn every_weakness_has_its_reason() {
    let own = ["Aliexpress", "natalia.k@example.com", "1987-05-12"];
    for (password, reason) in [
        ("123qwerty", Reason::KeyboardWalk),
        ("qwerty", Reason::Top10),
        ("123йцукен", Reason::KeyboardWalk),
        ("йцукенгшщз", Reason::KeyboardWalk),
        ("yxcvbnm123", Reason::KeyboardWalk),
        ("azertyuiop", Reason::KeyboardWalk),
        ("1qaz2wsx!", Reason::KeyboardWalk),
        ("24.12.1979", Reason::Date),
        ("24121979", Reason::Date),
        ("12051987x", Reason::OwnWord),
        ("aliexpress1", Reason::OwnWord),
        ("Natalia99", Reason::OwnWord),
        ("Chelyabinsk", Reason::City),
        ("челябинск7", Reason::City),
        ("M0skva12", Reason::City),
        ("Ekaterina85", Reason::Name),
        ("Сергей1", Reason::Name),
        ("mustafa!!", Reason::Name),
        ("aaaaaaaaa", Reason::Repeated),
        ("xyxyxyxyxy", Reason::RepeatedPart),
        ("abcdefgh9", Reason::Sequence),
        ("elephant", Reason::Common),
        ("archdiocese", Reason::SingleWord),
    ] {
        let strength = estimate(password, &own);
        assert!(strength.score < Score::Strong, "{password} is {}", strength.score);
        assert!(strength.reasons.contains(&reason), "{password}: {:?}, not {reason:?}", strength.reasons);
        assert!(!strength.remark().is_empty());
    }
}

#[test]
fn what_the_caller_knows_comes_first() {
    let strong = "xK9#mQ2vL8pW";
    let circumstances = Circumstances { min_len: Some(16), is_reused: true, own_words: &[] };
    let judged = judge(strong, &circumstances);
    assert_eq!(judged.reasons, [Reason::TooShort(16), Reason::Reused]);
    assert_eq!((judged.score, judged.advice.len()), (Score::VeryStrong, 0));
    let fits = Circumstances { min_len: Some(12), ..Circumstances::default() };
    assert!(judge(strong, &fits).reasons.is_empty());
    // Characters, not bytes.
    assert_eq!(judge("жжжжжжж", &Circumstances { min_len: Some(8), ..fits }).reasons[0], Reason::TooShort(8));
    assert!(judge("", &Circumstances { min_len: Some(0), ..fits }).reasons.is_empty());
}

#[test]
fn a_name_in_a_strong_password_is_no_reason() {
    let strong = estimate("Moskva-xK9#mQ2vL8pW-Natasha", &["natasha"]);
    assert_eq!((strong.score, strong.reasons.len()), (Score::VeryStrong, 0));
    assert!(estimate("qwer-xK9#mQ2vL8pW", &[]).reasons.is_empty());
}

#[test]
fn weakness_is_what_the_whole_estimate_finds() {
    let long_weak = "a".repeat(60);
    let late = format!("{}xK9#mQ2vL8pW", "a".repeat(40));
    for password in
        ["", "kitten1987", "xK9#mQ2vL8pW", &long_weak, &late, "correct horse battery staple tresor"]
    {
        let whole = estimate(password, &[]);
        let found = weakness(password, &Circumstances::default());
        assert_eq!(found, (whole.score < Score::Strong).then_some(whole), "{password}");
    }
    let asked = Circumstances { min_len: Some(40), ..Circumstances::default() };
    let short = weakness("xK9#mQ2vL8pW-7tR!fZ4cB-xK9#mQ2", &asked);
    assert_eq!(short.map(|strength| strength.reasons), Some(vec![Reason::TooShort(40)]));
}
