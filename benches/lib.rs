//! Benches: Latchkey beside its peers and the physical limit in one run. Results stand in `README.md` beside this file.
