//! Several accounts at one site, and what helps who forgot a password.

use super::*;

fn several() -> Vec<Item> {
    let mut items = vec![
        login("GitHub", "anna.maria.long.name@example.com", "1"),
        login("GitHub", "anna.maria.long.name@example.org", "2"),
        login("github", "ben", "3"),
        login("Bank", "anna", "4"),
    ];
    for item in &mut items {
        item.urls.push("https://github.com/login".to_owned());
    }
    items
}

#[test]
fn accounts_with_one_title_are_told_apart_on_every_screen() {
    for size in [(20, 5), (24, 8), (40, 12), (60, 14), (80, 24), (132, 43)] {
        let mut play = Play::with(several(), size);
        play.keys("Esc G");
        let screen = play.screen();
        let list =
            |line: &str| line.split('│').next().unwrap().trim_start_matches(['>', ' ']).trim_end().to_owned();
        let rows: Vec<String> =
            screen.lines().map(list).filter(|line| line.starts_with(['g', 'G'])).collect();
        let different: std::collections::BTreeSet<&String> = rows.iter().collect();
        assert!(
            rows.len() >= 3.min(usize::from(size.1) - 3) && different.len() == rows.len(),
            "{size:?}\n{screen}"
        );
    }
}
