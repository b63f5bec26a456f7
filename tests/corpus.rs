//! The fuzzer's corpus, replayed without the fuzzer: what once reached far still reaches it, and breaks nothing.

use std::{fs, path::Path};

// proves: memory-bounded
#[test]
fn every_input_of_the_corpus_keeps_the_invariants() {
    for (target, run) in latchkey_fuzz::TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
        let inputs: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(inputs.len() > 10, "{target} has a corpus");
        for input in inputs {
            println!("{}", input.display());
            run(&fs::read(&input).unwrap());
        }
    }
}
