//! Who defines a name: the modules of a source tree, what each defines and imports, and paths followed through
//! re-exports to the file in which the thing itself stands.
//!
//! It reads tokens, not types: a method, a field and what a macro defines are not seen. Names that a module is asked for
//! and does not seem to have are taken to be its own.

use std::collections::BTreeMap;

use super::tokens::{Token, after_group, sources_without_tests};

/// The packages: the folder of each, and the name by which others import it. The longest folder that fits counts.
const PACKAGES: &[(&str, &str)] = &[("src/kernel/", "windtunnel_kernel"), ("src/", "windtunnel")];

/// Keywords before the name of an item.
const ITEMS: &[&str] = &["struct", "enum", "union", "trait", "fn", "const", "static", "type", "macro_rules"];

/// One path of a `use` declaration.
#[derive(Clone, Debug)]
struct Import {
    path: Vec<String>,
    /// The name it has here; `None` for `*`.
    name: Option<String>,
    is_public: bool,
    line: usize,
}

/// A path in an expression or a type.
#[derive(Debug)]
struct Mention {
    path: Vec<String>,
    line: usize,
}

/// A module that has a file of its own.
#[derive(Debug)]
struct Module {
    file: String,
    parent: Option<usize>,
    root: usize,
    children: BTreeMap<String, usize>,
    /// Items that it defines, with the line of each.
    items: BTreeMap<String, usize>,
    has_implementations: bool,
    imports: Vec<Import>,
    mentions: Vec<Mention>,
}

impl Module {
    /// Whether it defines nothing: names only pass through it.
    fn passes_names(&self) -> bool {
        self.items.is_empty() && !self.has_implementations
    }
}

/// Where a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Module(usize),
    /// An item of this module.
    Item(usize),
}

/// A reference from one file to a name that another file defines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) name: String,
    pub(super) line: usize,
}

/// All modules of a source tree.
#[derive(Debug)]
pub(super) struct Tree {
    modules: Vec<Module>,
    packages: BTreeMap<&'static str, usize>,
}

/// The paths of the `use` tree that begins at `at`, and the position behind it.
fn use_tree(tokens: &[Token<'_>], mut at: usize, stem: &[String], found: &mut Vec<Import>) -> usize {
    let mut path = stem.to_vec();
    while let Some(token) = tokens.get(at) {
        match token.text {
            "::" => at += 1,
            "{" => {
                let end = after_group(tokens, at);
                at += 1;
                while at < end - 1 {
                    at = use_tree(&tokens[..end - 1], at, &path, found);
                    at += usize::from(tokens[at].text == ",");
                }
                return end;
            }
            "*" => {
                found.push(Import { path, name: None, is_public: false, line: token.line });
                return at + 1;
            }
            _ if token.is_name() => {
                path.push(token.text.to_owned());
                at += 1;
                let (next, last) = (tokens.get(at).map(|next| next.text), token.text);
                if next == Some("::") {
                    continue;
                }
                if last == "self" && path.len() > 1 {
                    path.pop();
                }
                let mut name = path.last().cloned();
                if next == Some("as") {
                    name = tokens.get(at + 1).map(|alias| alias.text.to_owned());
                    at += 2;
                }
                found.push(Import { path, name, is_public: false, line: token.line });
                return at;
            }
            _ => return at + 1,
        }
    }
    at
}

/// Fills in what a module defines, imports and mentions.
fn read(module: &mut Module, tokens: &[Token<'_>]) {
    let (mut at, mut depth) = (0_usize, 0_usize);
    while let Some(token) = tokens.get(at) {
        let previous = at.checked_sub(1).map_or("", |before| tokens[before].text);
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "use" => {
                let mut found = Vec::new();
                at = use_tree(tokens, at + 1, &[], &mut found);
                let is_public = previous == "pub" || previous == ")";
                module.imports.extend(found.into_iter().map(|import| Import { is_public, ..import }));
                continue;
            }
            "impl" if depth == 0 => module.has_implementations = true,
            keyword if depth == 0 && ITEMS.contains(&keyword) => {
                let skipped = usize::from(keyword == "macro_rules") + 1;
                if let Some(name) =
                    tokens.get(at + skipped).filter(|name| name.is_name() && name.text != "fn")
                {
                    module.items.insert(name.text.to_owned(), name.line);
                }
            }
            _ if token.is_name() && previous != "." && previous != "::" => {
                let mut path = vec![token.text.to_owned()];
                while let [colons, name, ..] = &tokens[at + 1..]
                    && colons.text == "::"
                    && name.is_name()
                {
                    path.push(name.text.to_owned());
                    at += 2;
                }
                module.mentions.push(Mention { path, line: token.line });
            }
            _ => {}
        }
        at += 1;
    }
}

/// The package of a file and the path of its module inside it.
fn place_of(file: &str) -> Option<(&'static str, Vec<String>)> {
    let (folder, package) = PACKAGES.iter().find(|(folder, _)| file.starts_with(folder))?;
    let inside = file.strip_prefix(folder)?.strip_suffix(".rs")?;
    let path = if inside == "lib" { Vec::new() } else { inside.split('/').map(str::to_owned).collect() };
    (path != ["main"]).then_some((package, path))
}

impl Tree {
    /// Reads the files of a source tree, each a path from the root and a text; those of unit tests are left out.
    pub(super) fn of(files: &[(String, String)]) -> Self {
        let mut sources = Vec::new();
        for (file, kept) in sources_without_tests(files) {
            let Some((package, path)) = place_of(file) else { continue };
            sources.push((path.len(), package, path, file, kept));
        }
        sources.sort_by(|one, other| (one.0, one.3).cmp(&(other.0, other.3)));
        let mut tree = Self { modules: Vec::new(), packages: BTreeMap::new() };
        for (_, package, path, file, kept) in sources {
            tree.add(package, &path, file, &kept);
        }
        tree
    }

    fn add(&mut self, package: &'static str, path: &[String], file: &str, tokens: &[Token<'_>]) {
        let own = self.modules.len();
        let parent = path.split_last().map(|(_, above)| {
            let root = *self.packages.get(package).unwrap_or_else(|| panic!("{package} has no lib.rs"));
            above.iter().fold(root, |at, name| {
                *self.modules[at].children.get(name).unwrap_or_else(|| panic!("{file} has no face"))
            })
        });
        let root = parent.map_or(own, |parent| self.modules[parent].root);
        if let (Some(parent), Some(name)) = (parent, path.last()) {
            self.modules[parent].children.insert(name.clone(), own);
        } else {
            self.packages.insert(package, own);
        }
        let mut module = Module {
            file: file.to_owned(),
            parent,
            root,
            children: BTreeMap::new(),
            items: BTreeMap::new(),
            has_implementations: false,
            imports: Vec::new(),
            mentions: Vec::new(),
        };
        read(&mut module, tokens);
        self.modules.push(module);
    }

    /// Faces of folders that own something: the file, and its first item with its line.
    pub(super) fn owning_indices(&self) -> Vec<(&str, &str, usize)> {
        let mut found: Vec<(&str, &str, usize)> = Vec::new();
        for module in
            self.modules.iter().filter(|module| !module.children.is_empty() && !module.passes_names())
        {
            let first = module.items.iter().min_by_key(|(_, line)| **line);
            let (name, line) = first.map_or(("impl", 1), |(name, line)| (name.as_str(), *line));
            found.push((module.file.as_str(), name, line));
        }
        found.sort_unstable();
        found
    }

    /// What `name` is in a module. Where more of the path follows, a module comes before an item of the same name.
    fn lookup(&self, module: usize, name: &str, is_last: bool, fuel: u8) -> Option<Place> {
        let fuel = fuel.checked_sub(1)?;
        let within = &self.modules[module];
        let child = within.children.get(name).map(|child| Place::Module(*child));
        if !is_last && child.is_some() {
            return child;
        }
        if within.items.contains_key(name) {
            return Some(Place::Item(module));
        }
        let named = within.imports.iter().filter(|import| import.name.as_deref() == Some(name));
        let mut places: Vec<Place> =
            named.filter_map(|import| self.follow(module, &import.path, fuel)).collect();
        if places.is_empty() && child.is_none() {
            let all = within.imports.iter().filter(|import| import.name.is_none());
            places.extend(all.filter_map(|import| match self.follow(module, &import.path, fuel)? {
                Place::Module(other) if other != module => self.lookup(other, name, is_last, fuel),
                _ => None,
            }));
        }
        let wanted = places.iter().find(|place| matches!(place, Place::Item(_)) == is_last);
        wanted.or(places.first()).copied().or(child)
    }

    /// Where a path of a module leads; `None`: out of the tree.
    fn follow(&self, module: usize, path: &[String], fuel: u8) -> Option<Place> {
        let (first, mut rest) = path.split_first()?;
        let mut place = match first.as_str() {
            "crate" => Place::Module(self.modules[module].root),
            "self" => Place::Module(module),
            "super" => Place::Module(self.modules[module].parent?),
            name => match self.packages.get(name) {
                Some(root) => Place::Module(*root),
                None => self.lookup(module, name, rest.is_empty(), fuel)?,
            },
        };
        while let (Place::Module(at), Some((name, more))) = (place, rest.split_first()) {
            place = if name == "super" {
                Place::Module(self.modules[at].parent?)
            } else {
                self.lookup(at, name, more.is_empty(), fuel).unwrap_or(Place::Item(at))
            };
            rest = more;
        }
        Some(place)
    }

    /// Every reference of one file to an item of another, once a pair of files and a name. A re-export is none unless the
    /// file uses the name itself.
    pub(super) fn references(&self) -> Vec<Reference> {
        let mut found = BTreeMap::new();
        for (own, module) in self.modules.iter().enumerate() {
            let mut note = |path: &[String], line: usize| {
                let Some(Place::Item(other)) = self.follow(own, path, 32) else { return };
                if other == own || self.modules[other].passes_names() {
                    return;
                }
                let name =
                    path.iter().rfind(|name| self.modules[other].items.contains_key(*name)).or(path.last());
                let name = name.cloned().unwrap_or_default();
                let key = (module.file.clone(), self.modules[other].file.clone(), name);
                found.entry(key).or_insert(line);
            };
            for import in module.imports.iter().filter(|import| !import.is_public && import.name.is_some()) {
                note(&import.path, import.line);
            }
            for mention in &module.mentions {
                note(&mention.path, mention.line);
            }
        }
        found.into_iter().map(|((from, to, name), line)| Reference { from, to, name, line }).collect()
    }
}
