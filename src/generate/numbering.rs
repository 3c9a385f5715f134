//! A number for each password that a recipe permits, and the password of each number.
//!
//! All permitted strings are counted, exactly, by how they can go on: from each place on, for each set of needs
//! that are still open and each run of one character that is going on, the number of ways to the end. A drawn
//! number is then spelt out character by character. That is a bijection, so that a number drawn evenly gives a
//! password drawn evenly, whatever the recipe asks for, and the entropy is the logarithm of the count.

use super::RecipeError;
use super::chars::Chars;
use super::natural::Natural;
use super::password::Required;
use crate::secret::Secret;

/// The most 64-bit words that the counts may take: 64 MiB.
const MAX_WORDS: usize = 1 << 23;
/// The most times that such a word may be added up: about a second.
const MAX_WORK: usize = 1 << 27;

/// What is counted. The sets are within the alphabet.
pub struct Rules<'a> {
    /// Characters, least and most; at least 1, and in order.
    pub lengths: (usize, usize),
    /// What is drawn from.
    pub alphabet: Chars,
    /// At least so many of each.
    pub required: &'a [Required],
    /// What it may begin with.
    pub first: Chars,
    /// What it may end with.
    pub last: Chars,
    /// The longest run of one character.
    pub run: Option<usize>,
}

/// The counts.
pub struct Numbering {
    lengths: (usize, usize),
    atoms: Vec<Atom>,
    /// Which needs are left after a character of each atom: by needs, then by atom.
    needs_after: Vec<usize>,
    /// Vectors of open needs. Number 0 is none, the last one all.
    needs: usize,
    /// The longest run, 0 where there is no such rule.
    run: usize,
    /// Ways to the end: by characters that are left, open needs, and what the run is.
    ways: Vec<Natural>,
    total: Natural,
}

/// Characters that no rule tells apart.
struct Atom {
    chars: Vec<u8>,
    may_be_first: bool,
    may_be_last: bool,
}

/// One way to go on.
struct Step {
    atom: usize,
    /// The character of the run again, or one of the atom's others.
    again: bool,
    /// Characters to choose from.
    choices: usize,
    /// Where the ways on from there stand.
    then: State,
}

/// What the ways to the end depend on.
#[derive(Clone, Copy)]
struct State {
    /// Characters that are still to come.
    left: usize,
    needs: usize,
    is_first: bool,
    /// The atom of the last character and how long its run is; none where runs do not matter.
    run: Option<(usize, usize)>,
}

impl Numbering {
    /// Counts.
    ///
    /// # Errors
    /// [`RecipeError::TooIntricate`] where the counts would not fit into 64 MiB, [`RecipeError::Impossible`] where
    /// nothing meets the rules.
    pub fn new(rules: &Rules<'_>) -> Result<Self, RecipeError> {
        let (atoms, meets) = atoms(rules);
        let run = rules.run.filter(|run| *run < rules.lengths.1).unwrap_or(0);
        let strides = strides(rules.required)?;
        let needs = strides.last().copied().unwrap_or(1);
        check_size(rules, atoms.len(), needs, run)?;
        let mut needs_after = Vec::with_capacity(needs * atoms.len());
        for open in 0..needs {
            for meets in &meets {
                let met: usize = strides
                    .iter()
                    .zip(strides.iter().skip(1))
                    .enumerate()
                    .filter(|(at, (stride, next))| meets.contains(at) && open % **next / **stride > 0)
                    .map(|(_, (stride, _))| stride)
                    .sum();
                needs_after.push(open - met);
            }
        }
        let mut numbering = Self {
            lengths: rules.lengths,
            atoms,
            needs_after,
            needs,
            run,
            ways: Vec::new(),
            total: Natural::default(),
        };
        numbering.count();
        if numbering.total.is_zero() { Err(RecipeError::Impossible) } else { Ok(numbering) }
    }

    /// How many strings are permitted.
    pub fn total(&self) -> &Natural {
        &self.total
    }

    /// The string of a number below the total.
    pub fn spell(&self, mut number: Natural) -> Secret {
        let (least, most) = self.lengths;
        let mut secret = Secret::with_capacity(most);
        let Some(length) = (least..=most).find(|length| number.take(&self.of_length(*length), 1) == 0) else {
            return secret;
        };
        let mut state = self.start(length);
        let mut last = 0;
        while state.left > 0 {
            let step = self.steps(state).find_map(|step| -> Option<(Step, usize)> {
                let chosen = number.take(self.ways(step.then)?, step.choices as u64) as usize;
                (chosen < step.choices).then_some((step, chosen))
            });
            let Some((step, chosen)) = step else { break };
            if !step.again {
                let before = state.is_after(step.atom).then_some(last);
                let atom = self.atoms.get(step.atom).map(|atom| atom.chars.as_slice()).unwrap_or_default();
                let mut others = atom.iter().filter(|byte| Some(**byte) != before);
                last = others.nth(chosen).copied().unwrap_or_default();
            }
            secret.append(&[last]);
            state = step.then;
        }
        secret
    }

    /// From the last place to the first.
    fn count(&mut self) {
        for left in 0..self.lengths.1 {
            for needs in 0..self.needs {
                for run in 0..self.runs() {
                    let run = (self.run > 0).then(|| (run / self.run, run % self.run + 1));
                    let ways = if left == 0 {
                        Natural::from(u64::from(needs == 0))
                    } else {
                        self.sum(State { left, needs, is_first: false, run })
                    };
                    self.ways.push(ways);
                }
            }
        }
        for length in self.lengths.0..=self.lengths.1 {
            let of_length = self.of_length(length);
            self.total.add_product(&of_length, 1);
        }
    }

    fn of_length(&self, length: usize) -> Natural {
        self.sum(self.start(length))
    }

    fn start(&self, length: usize) -> State {
        State { left: length, needs: self.needs - 1, is_first: true, run: None }
    }

    fn sum(&self, state: State) -> Natural {
        let mut sum = Natural::default();
        for step in self.steps(state) {
            if let Some(ways) = self.ways(step.then) {
                sum.add_product(ways, step.choices as u64);
            }
        }
        sum
    }

    /// All ways to go on.
    fn steps(&self, state: State) -> impl Iterator<Item = Step> {
        let atoms = self.atoms.iter().enumerate().filter(move |(_, atom)| {
            (atom.may_be_last || state.left != 1) && (atom.may_be_first || !state.is_first)
        });
        atoms.flat_map(move |(atom, held)| {
            let needs = self.needs_after.get(state.needs * self.atoms.len() + atom).copied().unwrap_or(0);
            let then = |run| State {
                left: state.left - 1,
                needs,
                is_first: false,
                run: (self.run > 0).then_some((atom, run)),
            };
            let others = held.chars.len() - usize::from(state.is_after(atom));
            let run = state.run.map_or(0, |(_, run)| run);
            let again = state.is_after(atom) && run < self.run;
            let another = Step { atom, again: false, choices: others, then: then(1) };
            [Some(another), again.then(|| Step { atom, again: true, choices: 1, then: then(run + 1) })]
                .into_iter()
                .flatten()
        })
    }

    /// The ways to the end from behind a step.
    fn ways(&self, state: State) -> Option<&Natural> {
        let run = state.run.map_or(0, |(atom, run)| atom * self.run + run - 1);
        self.ways.get((state.left * self.needs + state.needs) * self.runs() + run)
    }

    /// What the run can be.
    fn runs(&self) -> usize {
        if self.run == 0 { 1 } else { self.atoms.len() * self.run }
    }
}

impl State {
    /// Whether the last character is of this atom, and its run matters.
    fn is_after(self, atom: usize) -> bool {
        self.run.is_some_and(|(last, _)| last == atom)
    }
}

/// The characters by the rules that they are in, and for each such set which needs it meets.
fn atoms(rules: &Rules<'_>) -> (Vec<Atom>, Vec<Vec<usize>>) {
    let mut atoms: Vec<Atom> = Vec::new();
    let mut all_met: Vec<Vec<usize>> = Vec::new();
    for byte in rules.alphabet.iter() {
        let needs = rules.required.iter().enumerate();
        let met: Vec<usize> = needs.filter(|(_, needed)| needed.of.has(byte)).map(|(at, _)| at).collect();
        let (may_be_first, may_be_last) = (rules.first.has(byte), rules.last.has(byte));
        let known = atoms.iter_mut().zip(&all_met).find(|(atom, of)| {
            **of == met && atom.may_be_first == may_be_first && atom.may_be_last == may_be_last
        });
        match known {
            Some((atom, _)) => atom.chars.push(byte),
            None => {
                atoms.push(Atom { chars: vec![byte], may_be_first, may_be_last });
                all_met.push(met);
            }
        }
    }
    (atoms, all_met)
}

/// Open needs as one number: what one of each counts in it, and behind them how many such numbers there are.
fn strides(required: &[Required]) -> Result<Vec<usize>, RecipeError> {
    let mut strides = vec![1_usize];
    for needed in required {
        let last = strides.last().copied().unwrap_or(1);
        let next = needed.least.checked_add(1).and_then(|least| last.checked_mul(least));
        strides.push(next.ok_or(RecipeError::TooIntricate)?);
    }
    Ok(strides)
}

/// Whether the counts fit, by an upper bound.
fn check_size(rules: &Rules<'_>, atoms: usize, needs: usize, run: usize) -> Result<(), RecipeError> {
    let runs = if run == 0 { 1 } else { atoms.saturating_mul(run) };
    let most = rules.lengths.1;
    // A count of strings of n characters out of 95 has less than 7n bits, half as many on the average.
    let words = most.saturating_mul(1 + most * 7 / 128).saturating_mul(needs).saturating_mul(runs);
    let is_too_much = words > MAX_WORDS || words.saturating_mul(atoms + 1) > MAX_WORK;
    if is_too_much { Err(RecipeError::TooIntricate) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every string of the lengths over the alphabet that meets the rules, found by trying all.
    fn all(rules: &Rules<'_>) -> BTreeSet<Vec<u8>> {
        let alphabet: Vec<u8> = rules.alphabet.iter().collect();
        let mut strings = vec![Vec::new()];
        let mut all = BTreeSet::new();
        for length in 1..=rules.lengths.1 {
            let longer = strings.iter().flat_map(|string: &Vec<u8>| {
                alphabet.iter().map(move |byte| [string.as_slice(), &[*byte]].concat())
            });
            strings = longer.collect();
            if length >= rules.lengths.0 {
                all.extend(strings.iter().filter(|string| is_permitted(rules, string)).cloned());
            }
        }
        all
    }

    fn is_permitted(rules: &Rules<'_>, string: &[u8]) -> bool {
        let runs = string.chunk_by(|one, other| one == other).map(<[u8]>::len);
        rules.first.has(string[0])
            && rules.last.has(*string.last().unwrap())
            && runs.max().unwrap() <= rules.run.unwrap_or(usize::MAX)
            && rules
                .required
                .iter()
                .all(|needed| string.iter().filter(|byte| needed.of.has(**byte)).count() >= needed.least)
    }

    #[test]
    fn numbers_and_permitted_strings_are_the_same_many() {
        let [ab, cd, bc] = [b"ab", b"cd", b"bc"].map(|chars| Chars::of(chars));
        let needs = |list: &[(Chars, usize)]| -> Vec<Required> {
            list.iter().map(|(of, least)| Required { of: *of, least: *least }).collect()
        };
        let alphabet = ab | cd;
        let mut checked = 0;
        for lengths in [(1, 1), (4, 4), (2, 5), (6, 6)] {
            for run in [None, Some(1), Some(2), Some(9)] {
                for (first, last) in [(alphabet, alphabet), (ab, bc), (cd, Chars::NONE)] {
                    for list in [&[][..], &[(ab, 1)], &[(ab, 2), (cd, 1)], &[(ab, 1), (bc, 2), (alphabet, 1)]]
                    {
                        let required = needs(list);
                        let rules = Rules { lengths, alphabet, required: &required, first, last, run };
                        let expected = all(&rules);
                        let numbering = match Numbering::new(&rules) {
                            Ok(numbering) => numbering,
                            Err(error) => {
                                assert_eq!((error, expected.len()), (RecipeError::Impossible, 0));
                                continue;
                            }
                        };
                        let count = expected.len() as u64;
                        assert!(*numbering.total() == Natural::from(count));
                        let spelt: BTreeSet<Vec<u8>> = (0..count)
                            .map(|number| numbering.spell(Natural::from(number)).expose().to_vec())
                            .collect();
                        assert!(spelt == expected, "each once, and no other");
                        checked += 1;
                    }
                }
            }
        }
        assert!(checked > 90, "{checked}");
    }

    #[test]
    fn what_cannot_be_counted_is_refused_at_once() {
        let required: Vec<Required> =
            (b'a'..=b'z').map(|byte| Required { of: Chars::of(&[byte]), least: 1 }).collect();
        let every = Chars::VISIBLE;
        let rules = Rules {
            lengths: (40, 40),
            alphabet: every,
            required: &required,
            first: every,
            last: every,
            run: None,
        };
        assert!(matches!(Numbering::new(&rules), Err(RecipeError::TooIntricate)));
        let few = [Required { of: Chars::LOWER, least: usize::MAX }];
        assert!(matches!(Numbering::new(&Rules { required: &few, ..rules }), Err(RecipeError::TooIntricate)));
        let rules = Rules { lengths: (1024, 1024), required: &[], run: Some(1000), ..rules };
        assert!(matches!(Numbering::new(&rules), Err(RecipeError::TooIntricate)));
    }
}
