//! Each way in which an open screen locks itself, in the real program: within a second of its moment.

use std::thread;
use std::time::{Duration, Instant};

use super::figures::figure;
use super::person::{Home, Person};

/// What is promised beyond the moment.
const LATE: Duration = Duration::from_secs(1);
/// Without a key until it locks, in the settings of these tests.
const IDLE: Duration = Duration::from_secs(2);

/// The open sample, with an entry's name on the screen.
fn opens(home: &Home) -> Person {
    let person = Person::starts(home, &["demo"], None);
    person.sees("GitHub");
    person
}

/// How long after `start` it was locked.
fn locks(person: &Person, start: Instant, way: &str) -> Duration {
    let limit = Instant::now() + Duration::from_secs(20);
    while !person.screen().contains("Master password:") {
        assert!(Instant::now() < limit, "{way}: it does not lock:\n{}", person.screen());
        thread::sleep(Duration::from_millis(5));
    }
    let took = start.elapsed();
    assert!(!person.screen().contains("GitHub"), "{way}");
    took
}

#[test]
fn it_locks_by_itself_within_a_second() {
    let home = Home::new(20);
    let mut late = Vec::new();
    for (way, keys, signal) in [
        ("Ctrl-Z", "\x1a", ""),
        ("SIGTSTP", "", "-TSTP"),
        ("SIGCONT after SIGSTOP", "", "-STOP"),
        ("focus loss", "\x1b[O", ""),
    ] {
        let home = Home::new(20);
        home.sets("lock-on-focus-loss = true");
        let mut person = opens(&home);
        let mut start = Instant::now();
        person.types(keys);
        if !signal.is_empty() {
            person.signals(signal);
        }
        if signal == "-STOP" {
            thread::sleep(Duration::from_millis(700));
            start = Instant::now();
            person.signals("-CONT");
        }
        late.push((way, locks(&person, start, way)));
    }

    home.sets("lock-after = 2");
    let mut person = opens(&home);
    let start = Instant::now();
    person.types("g");
    let took = locks(&person, start, "idle");
    assert!(took >= IDLE, "after {took:?} already");
    late.push(("idle", took - IDLE));

    let mut person = opens(&home);
    let start = Instant::now();
    person.signals("-HUP");
    person.leaves();
    late.push(("SIGHUP (it ends)", start.elapsed()));

    for (way, took) in &late {
        assert!(*took <= LATE, "{way}: {took:?}");
    }
    let words: Vec<String> =
        late.iter().map(|(way, took)| format!("{way} {} ms", took.as_millis())).collect();
    let model = "sleep and clock jumps at the next message, which comes every 500 ms (model tests)";
    figure("auto-lock", &format!("{}; {model}", words.join(", ")));
}
