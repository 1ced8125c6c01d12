//! No circle of files, and module files that own nothing: what a file needs must not need the file.

use std::collections::{BTreeMap, BTreeSet};

use super::files;
use super::names::{Reference, Tree};
use super::ratchet::{CIRCLES, OWNING_INDICES};

/// The circles of a set of references: files that can all reach each other, in order.
fn circles(references: &[Reference]) -> Vec<BTreeSet<&str>> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for reference in references {
        next.entry(&reference.from).or_default().insert(&reference.to);
    }
    let reach = |from: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(file) = open.pop() {
            for to in next.get(file).into_iter().flatten() {
                if seen.insert(*to) {
                    open.push(to);
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> = next.keys().map(|file| (*file, reach(file))).collect();
    let mut found: Vec<BTreeSet<&str>> = Vec::new();
    for (file, all) in &reached {
        if all.contains(file) && !found.iter().any(|circle| circle.contains(file)) {
            let back = |other: &&str| reached.get(other).is_some_and(|all| all.contains(file));
            found.push(all.iter().copied().filter(back).collect());
        }
    }
    found
}

/// Circles that the list does not know, and what ties each.
fn circle_faults(sources: &[(String, String)], known: &[&[&str]]) -> Vec<String> {
    let references = Tree::of(sources).references();
    let mut faults = Vec::new();
    for circle in circles(&references) {
        if known.iter().any(|known| circle.iter().all(|file| known.contains(file))) {
            continue;
        }
        let files: Vec<&str> = circle.iter().copied().collect();
        let mut fault = format!("a circle of {} files: {}", files.len(), files.join(", "));
        for Reference { from, to, name, line } in &references {
            if circle.contains(from.as_str()) && circle.contains(to.as_str()) {
                fault.push_str(&format!("\n  {from}:{line} takes {name} from {to}"));
            }
        }
        faults.push(fault);
    }
    faults
}

/// Faces that own something and are not in the list.
fn index_faults(sources: &[(String, String)], known: &[&str]) -> Vec<String> {
    let tree = Tree::of(sources);
    let indices = tree.owning_indices().into_iter().filter(|(file, ..)| !known.contains(file));
    indices
        .map(|(file, name, line)| {
            let folder = file.trim_end_matches(".rs");
            format!(
                "{file}:{line}: a module file re-exports and owns nothing; `{name}` belongs in a file of {folder}/"
            )
        })
        .collect()
}

#[test]
fn no_file_needs_a_file_that_needs_it() {
    let faults = circle_faults(&files("src", "rs"), CIRCLES);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn a_module_file_owns_nothing() {
    let faults = index_faults(&files("src", "rs"), OWNING_INDICES);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// A source tree: the texts of files below `src/`, with the roots of both packages.
fn planted(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let roots =
        [("lib", "pub use windtunnel_kernel as kernel;"), ("kernel/lib", ""), ("a", "mod b; mod c; mod d;")];
    let all = roots.iter().filter(|(root, _)| !files.iter().any(|(file, _)| file == root)).chain(files);
    all.map(|(file, text)| (format!("src/{file}.rs"), (*text).to_owned())).collect()
}

/// How many circles the rule finds in planted files.
fn found(files: &[(&str, &str)]) -> usize {
    circle_faults(&planted(files), &[]).len()
}

#[test]
fn the_rule_of_circles_can_fail() {
    let c = ("a/c", "use super::b::B; pub struct C(B);");
    assert_eq!(found(&[("a/b", "pub struct B;"), c]), 0);
    for b in [
        "use super::c::C; pub struct B(C);",
        "pub struct B(crate::a::c::C);",
        "use super::c::*; pub struct B(C);",
        "use super::{c::{self}, d}; pub struct B(Box<c::C>);",
        "pub struct B; impl B { fn new() { super::c::C::new(1) } }",
        "pub struct B; fn new() { use super::c::C as Other; }",
    ] {
        assert_eq!(found(&[("a/b", b), c]), 1, "{b}");
    }
    for b in [
        "pub struct B; // super::c::C",
        "pub struct B(&'static str); const C: B = B(\"super::c::C\");",
        "pub struct B; #[cfg(test)] mod tests { use super::super::c::C; }",
        "pub struct B; #[cfg(test)] use super::c::C;",
        "pub use super::c::C; pub struct B;",
        "pub struct B; fn c(self) { self.c.C() }",
    ] {
        assert_eq!(found(&[("a/b", b), c]), 0, "{b}");
    }
    assert_eq!(found(&[("a/b", "pub use super::c::C; pub struct B(C);"), c]), 1);
}

#[test]
fn a_module_file_passes_names_to_the_file_that_defines_them() {
    let index = ("a", "mod b; pub mod c; mod d; pub use b::B; pub use self::c::C as See; pub use d::*;");
    let c = ("a/c", "pub struct C(super::B);");
    assert_eq!(found(&[index, ("a/b", "pub struct B;"), c]), 0);
    assert_eq!(found(&[index, ("a/b", "pub struct B(super::See);"), c]), 1);
    let d = ("a/d", "pub struct D; fn b(_: crate::a::B) {}");
    assert_eq!(found(&[index, ("a/b", "use crate::a::D; pub struct B(D);"), c, d]), 1);
    // A module file that owns something is a file like others.
    let owner = ("a", "mod b; pub use b::B; pub struct A(B);");
    assert_eq!(found(&[owner, ("a/b", "pub struct B;")]), 0);
    assert_eq!(found(&[owner, ("a/b", "pub struct B(Box<super::A>);")]), 1);
    // A module and a function may have one name.
    let twins = ("a", "mod b; mod c; pub use b::b;");
    assert_eq!(
        found(&[twins, ("a/b", "pub fn b() { super::c::c() }"), ("a/c", "pub fn c() { super::b() }")]),
        1
    );
}

#[test]
fn paths_lead_into_the_kernel_and_not_out_of_it() {
    let kernel = [("kernel/lib", "mod x; pub use x::X;"), ("kernel/x", "mod y; pub use y::Y as X;")];
    let b = ("a/b", "use crate::kernel::X; fn b(_: X) {}");
    let tree = Tree::of(&planted(&[kernel[0], kernel[1], ("kernel/x/y", "pub struct Y;"), b]));
    let to: Vec<String> = tree.references().into_iter().map(|reference| reference.to).collect();
    assert_eq!(to, ["src/kernel/x/y.rs"]);
    let y = ("kernel/x/y", "pub struct Y; fn b(_: crate::a::b::B) {}");
    let tree = Tree::of(&planted(&[kernel[0], kernel[1], y, ("a/b", "pub struct B;")]));
    assert!(tree.references().iter().all(|reference| reference.to != "src/a/b.rs"));
}

#[test]
fn a_known_circle_may_shrink_and_not_grow() {
    let files = planted(&[
        ("a/b", "pub struct B(super::c::C);"),
        ("a/c", "pub struct C(super::d::D, super::b::B);"),
        ("a/d", "pub struct D(super::b::B);"),
    ]);
    let (b, c, d) = ("src/a/b.rs", "src/a/c.rs", "src/a/d.rs");
    assert!(circle_faults(&files, &[&[b, c, d, "src/a/gone.rs"]]).is_empty());
    let faults = circle_faults(&files, &[&[b, c], &[c, d]]);
    assert_eq!(faults.len(), 1);
    assert!(faults[0].contains("src/a/d.rs:1 takes B from src/a/b.rs"), "{}", faults[0]);
}

#[test]
fn the_rule_of_module_files_can_fail() {
    let faults = |text: &str| index_faults(&planted(&[("a", text), ("a/b", "pub struct B;")]), &[]);
    assert!(faults("//! A.\nmod b;\npub use b::B;\npub(crate) use b::{B as C};").is_empty());
    assert!(faults("mod b; #[cfg(test)] mod tests { fn x() {} }").is_empty());
    for owned in [
        "pub struct A;",
        "enum A {}",
        "pub(super) fn a() -> u8 { 1 }",
        "const A: u8 = 1;",
        "pub trait A {}",
        "type A = u8;",
        "macro_rules! a { () => {} }",
        "impl B {}",
    ] {
        assert_eq!(faults(&format!("mod b;\n{owned}")).len(), 1, "{owned}");
    }
    // A file whose folder holds nothing but its tests is no module file.
    let tested = [("a", "pub struct A; #[cfg(test)] mod tests;"), ("a/tests", "use super::*;")];
    assert!(index_faults(&planted(&tested), &[]).is_empty());
    assert!(index_faults(&planted(&[("a", "mod b; fn a() {}"), ("a/b", "")]), &["src/a.rs"]).is_empty());
}
