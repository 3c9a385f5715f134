//! What the key derivation costs here: passes for a new vault by one short measurement, what a file asks of this
//! machine before it is asked for, and slots that are cheaper than the vault's policy made dearer.

use std::time::{Duration, Instant};

use super::{Session, SessionError, SystemRandom, Tag, Timestamp, Vault, cost_policy};
use crate::crypto::foreign::pbkdf2;
use crate::crypto::kdbx::aes_kdf;
use crate::crypto::kdf::{self, Cost, KdfError};
use crate::exchange::{Format, Load};
use crate::format::slot::{self, SlotKind};
use crate::format::{Credentials, Derivation, FormatError, Header, Slot};
use crate::store::machine;
use crate::vault::tag::Kind;

/// How long a derivation may take where nobody asked for more.
const BUDGET: Duration = Duration::from_secs(1);
/// From here on a derivation is asked about first.
const LIMIT: Duration = Duration::from_secs(5);
/// Memory times passes, in KiB, that is under [`LIMIT`] on anything that runs this: nothing is measured.
const NEVER_SLOW: u64 = 1024 * 1024;
/// What is measured to tell how long a derivation takes: memory in KiB and passes.
const SAMPLE: (u32, u32) = (64 * 1024, 1);
/// Rounds of other derivations that are measured.
const SAMPLE_ROUNDS: u64 = 50_000;

/// A cost, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// Asked for: it is the vault's policy from now on, on every device.
    Asked(Cost),
    /// What this machine does in the time there is; the policy stays as it is.
    Measured(Cost),
}

impl Price {
    /// The cost.
    pub fn cost(self) -> Cost {
        match self {
            Self::Asked(cost) | Self::Measured(cost) => cost,
        }
    }

    /// What new slots of this vault cost: its policy, or where there is none, what this machine does in the time
    /// there is.
    ///
    /// # Errors
    /// [`FormatError::Kdf`] where this machine has not the memory.
    pub fn of(vault: &Vault) -> Result<Self, FormatError> {
        match vault.setting(Tag::COST_POLICY) {
            Some(_) => Ok(Self::Asked(cost_policy(vault))),
            None => Self::for_new_vault(),
        }
    }

    /// What the slots of a new vault cost where nothing is asked for. Takes one pass over the memory.
    ///
    /// # Errors
    /// [`FormatError::Kdf`] where this machine has not the memory.
    pub fn for_new_vault() -> Result<Self, FormatError> {
        Ok(Self::Measured(calibrated(Cost::DEFAULT, measured)?))
    }
}

/// `least` with as many passes as fit into a second, by what `measure` says one pass takes.
///
/// # Errors
/// As `measure`, and where one pass over this memory is out of the format's bounds.
pub fn calibrated(
    least: Cost,
    measure: impl FnOnce(Cost) -> Result<Duration, KdfError>,
) -> Result<Cost, KdfError> {
    let Ok(one_pass) = Cost::new(least.memory_kib(), 1, least.lanes()) else { return Ok(least) };
    let took = measure(one_pass)?.as_micros().max(1);
    let fit = u32::try_from(BUDGET.as_micros() / took).unwrap_or(u32::MAX).max(least.passes());
    // Twice as fast again needs no more: the bound keeps a broken clock from making a vault that never opens.
    let passes = fit.min(least.passes().saturating_mul(8));
    Ok(Cost::new(least.memory_kib(), passes, least.lanes()).unwrap_or(least))
}

/// How long a derivation takes, by doing it.
///
/// # Errors
/// [`KdfError`].
pub fn measured(cost: Cost) -> Result<Duration, KdfError> {
    let start = Instant::now();
    kdf::argon2id(b"measured", &[0; 16], cost)?;
    Ok(start.elapsed())
}

/// What a derivation would take, where that is so much that the user is asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// More than half of what this machine has to give, both in MiB.
    Memory {
        /// What it takes.
        wants: u64,
        /// What there is.
        available: u64,
    },
    /// Longer than five seconds, by a short measurement.
    Time {
        /// How long.
        seconds: u64,
    },
}

/// What trying a master password on a file would ask of this machine, with a key file or without; none where
/// that is nothing special. Its time is not asked about where it `was_paid` here before.
pub(super) fn demand(
    header: &Header,
    with_key_file: bool,
    was_paid: impl FnOnce() -> bool,
) -> Option<Demand> {
    let tried = header.slots().iter().filter(|slot| match slot.kind() {
        SlotKind::Passphrase => true,
        SlotKind::PassphraseAndKeyFile => with_key_file,
        _ => false,
    });
    let costs = tried.filter_map(|slot| slot.cost().ok());
    let works: Vec<Work> =
        costs.map(|cost| Work { memory_kib: cost.memory_kib(), passes: cost.passes() }).collect();
    weigh(&works, machine::available_memory(), was_paid, measured)
}

/// What opening a foreign file would ask of this machine; none where that is nothing special.
///
/// # Errors
/// [`SessionError::Import`] where it asks for more than is ever paid, or is damaged.
pub fn foreign_demand(format: &Format, source: &[u8]) -> Result<Option<Demand>, SessionError> {
    let Some(load) = format.reader()?.load(source)? else { return Ok(None) };
    Ok(match load {
        Load::Argon2 { memory_kib, passes } => {
            weigh(&[Work { memory_kib, passes }], machine::available_memory(), || false, measured)
        }
        Load::AesKdf { rounds } => slow(rounds, |rounds| drop(aes_kdf(&[0; 32], &[0; 32], rounds))),
        Load::Pbkdf2 { rounds } => slow(rounds.into(), |rounds| {
            drop(pbkdf2(b"measured", &[0; 16], u32::try_from(rounds).unwrap_or(u32::MAX)));
        }),
    })
}

/// What `rounds` of this kind would take, by running a few.
fn slow(rounds: u64, run: impl FnOnce(u64)) -> Option<Demand> {
    if rounds <= SAMPLE_ROUNDS {
        return None;
    }
    let start = Instant::now();
    run(SAMPLE_ROUNDS);
    let seconds = start.elapsed().as_secs_f64() * (rounds as f64 / SAMPLE_ROUNDS as f64);
    takes(seconds)
}

/// Whether so long is asked about.
fn takes(seconds: f64) -> Option<Demand> {
    (seconds > LIMIT.as_secs_f64()).then_some(Demand::Time { seconds: seconds.ceil() as u64 })
}

/// What one derivation with Argon2 takes.
#[derive(Debug, Clone, Copy)]
struct Work {
    memory_kib: u32,
    passes: u32,
}

impl Work {
    /// KiB that are written over.
    fn kib(self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.passes)
    }
}

/// Judges what derivations one after another would take, on a machine with so many bytes available.
fn weigh(
    works: &[Work],
    available: Option<u64>,
    was_paid: impl FnOnce() -> bool,
    measure: impl FnOnce(Cost) -> Result<Duration, KdfError>,
) -> Option<Demand> {
    let wants = u64::from(works.iter().map(|work| work.memory_kib).max()?) * 1024;
    if let Some(available) = available.filter(|available| wants > available / 2) {
        return Some(Demand::Memory { wants: wants >> 20, available: available >> 20 });
    }
    let work: u64 = works.iter().map(|work| work.kib()).sum();
    if work <= NEVER_SLOW || was_paid() {
        return None;
    }
    let (memory_kib, passes) = SAMPLE;
    let took = measure(Cost::new(memory_kib, passes, Cost::DEFAULT.lanes()).ok()?).ok()?;
    takes(took.as_secs_f64() * (work as f64 / Work { memory_kib, passes }.kib() as f64))
}

/// Slots that were made dearer to guess at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised {
    /// What a guess cost.
    pub from: Cost,
    /// What it costs as soon as the vault is saved.
    pub to: Cost,
}

impl Raised {
    /// What a guess costs then.
    pub fn to_words(&self) -> String {
        words(self.to)
    }

    /// What a guess cost before.
    pub fn from_words(&self) -> String {
        words(self.from)
    }
}

fn words(cost: Cost) -> String {
    format!("{} MiB, {} passes", cost.memory_kib() / 1024, cost.passes())
}

impl Session {
    /// Wraps the slot that opened again where it is cheaper than the vault's policy, and others of the same
    /// passphrase with it. Written with the next save. Derives once more, so it is for who is about to save.
    ///
    /// # Errors
    /// [`SessionError`]; the vault is then as it was.
    pub fn raise_costs(
        &mut self,
        vault: &mut Vault,
        given: &Credentials<'_>,
        now: Timestamp,
    ) -> Result<Option<Raised>, SessionError> {
        let Credentials::Passphrase(passphrase, key_file) = *given else { return Ok(None) };
        let (Some(opened), policy) = (self.opened, cost_policy(vault)) else { return Ok(None) };
        let Ok(from) = opened.cost() else { return Ok(None) };
        if self.read_only || !from.is_below(policy) {
            return Ok(None);
        }
        let old = Derivation::of(&opened, passphrase)?;
        let to = Cost::new(
            from.memory_kib().max(policy.memory_kib()),
            from.passes().max(policy.passes()),
            policy.lanes(),
        );
        let new = Derivation::new(passphrase, to.unwrap_or(policy), &mut SystemRandom)?;
        let mut slots = Vec::new();
        let mut changed = Vec::new();
        for key in self.key_slots(vault) {
            let mut slot = key.slot;
            if slot.open(self.vault_id(), &old, key_file).is_ok() {
                let with = key_file.filter(|_| key.kind() == SlotKind::PassphraseAndKeyFile);
                let (vault_key, id) = (self.keys.vault_key(), self.vault_id());
                slot = Slot::for_derivation(vault_key, id, &new, with, &mut SystemRandom)?;
                changed.push((key.id, slot));
                if key.slot == opened {
                    self.opened = Some(slot);
                }
            }
            slots.push(slot);
        }
        // One that could not be wrapped with them may be one derivation too many; then all stays as it was.
        if changed.is_empty() || slot::check_all(&slots).is_err() {
            self.opened = Some(opened);
            return Ok(None);
        }
        self.edit(vault, now, "", |edit| {
            changed.iter().try_for_each(|(id, slot)| {
                edit.put(Kind::SLOT, *id, Tag::SLOT_BYTES, None, 0, slot.bytes().to_vec())
            })
        })?;
        Ok(Some(Raised { from, to: new.cost() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(millis: u64) -> impl FnOnce(Cost) -> Result<Duration, KdfError> {
        move |_| Ok(Duration::from_millis(millis))
    }

    #[test]
    fn passes_fill_a_second_and_are_three_at_least() {
        for (millis, passes) in [(5000, 3), (334, 3), (250, 4), (100, 10), (1, 24), (0, 24)] {
            let cost = calibrated(Cost::DEFAULT, takes(millis)).unwrap();
            assert_eq!(
                (cost.memory_kib(), cost.passes(), cost.lanes()),
                (256 * 1024, passes, 4),
                "{millis} ms"
            );
        }
    }

    #[test]
    fn what_is_measured_is_one_pass_over_that_memory() {
        let mut asked = None;
        let measure = |cost: Cost| {
            asked = Some((cost.memory_kib(), cost.passes()));
            Ok(Duration::from_millis(100))
        };
        calibrated(Cost::DEFAULT, measure).unwrap();
        assert_eq!(asked, Some((256 * 1024, 1)));
    }

    #[test]
    fn much_memory_and_much_time_are_asked_about() {
        let cost = |mib: u32, passes| Work { memory_kib: mib * 1024, passes };
        let never = |_: Cost| -> Result<Duration, KdfError> { panic!("nothing is to be measured") };
        assert_eq!(weigh(&[cost(256, 3)], Some(1 << 30), || false, never), None);
        assert_eq!(weigh(&[cost(256, 3)], None, || false, never), None);
        assert_eq!(weigh(&[], Some(0), || false, never), None, "nothing is derived");
        assert_eq!(
            weigh(&[cost(8, 1), cost(513, 3)], Some(1 << 30), || false, never),
            Some(Demand::Memory { wants: 513, available: 1024 })
        );
        // 4 GiB-passes at 64 MiB in 100 ms are 6.4 s.
        assert_eq!(
            weigh(&[cost(1024, 4)], Some(1 << 40), || false, takes(100)),
            Some(Demand::Time { seconds: 7 })
        );
        assert_eq!(weigh(&[cost(1024, 4)], Some(1 << 40), || false, takes(50)), None);
        assert_eq!(weigh(&[cost(1024, 4)], None, || true, never), None, "it was opened here before");
        let three = [cost(512, 3), cost(512, 3), cost(512, 2)];
        assert_eq!(
            weigh(&three, None, || false, takes(100)),
            Some(Demand::Time { seconds: 7 }),
            "each is paid for"
        );
    }

    #[test]
    fn many_rounds_are_asked_about_by_what_a_few_take() {
        let never = |_: u64| panic!("nothing is to be measured");
        assert_eq!(slow(SAMPLE_ROUNDS, never), None);
        let pause = |rounds: u64| {
            assert_eq!(rounds, SAMPLE_ROUNDS);
            std::thread::sleep(Duration::from_millis(20));
        };
        assert_eq!(slow(SAMPLE_ROUNDS * 2, pause), None);
        let asked = slow(SAMPLE_ROUNDS * 1000, pause);
        assert!(matches!(asked, Some(Demand::Time { seconds: 20.. })), "{asked:?}");
    }
}
