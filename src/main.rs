//! The program: parse, run, report, exit.

fn main() {}
