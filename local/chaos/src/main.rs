//! Ten thousand checkouts against the shipped function.

fn main() {}
