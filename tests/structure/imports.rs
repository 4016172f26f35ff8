//! Imports between folders: they form no cycle.
//!
//! Each folder is a node. An edge goes from the folder of the importing file to the folder of the file that defines the
//! imported item. A `pub use` in a `mod.rs` is followed to the definition and makes no edge of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::sources::{below, code, is_test, text};

static USE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^[ \t]*(pub(?:\([^)]*\))?[ \t]+)?use\s+([^;]+);").unwrap());
static PATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(?:(?:super::)+|self::|crate::)\w+(?:::\w+)*").unwrap());

/// The crate that lies in a folder of another.
const INNER: &str = "harness/path/src";

/// The files of one crate, by module path (`crate::run::drive`).
struct Crate {
    files: BTreeMap<String, PathBuf>,
    exports: BTreeMap<String, BTreeMap<String, String>>,
}

/// One import: from a file, to a file, and the path that says so.
type Import = (PathBuf, PathBuf, String);

impl Crate {
    fn read(root: &str) -> Self {
        let mut whole = Self { files: BTreeMap::new(), exports: BTreeMap::new() };
        let is_its_own = |file: &PathBuf| !file.starts_with(INNER) || root == INNER;
        for file in below(root, "rs").into_iter().filter(|file| !file.ends_with("main.rs") && is_its_own(file)) {
            whole.files.insert(module(root, &file), file);
        }
        for (module, file) in &whole.files {
            let exported = uses(&code(&text(file))).into_iter().filter(|(public, _)| *public);
            let exported = exported.flat_map(|(_, tree)| flatten("", &tree));
            let named = exported.filter_map(|path| Some((name(&path), whole.absolute(&path, module)?)));
            whole.exports.insert(module.clone(), named.collect());
        }
        whole
    }

    /// A path as seen from a module, from the root of the crate on. `None` for a path into another crate.
    fn absolute(&self, path: &str, module: &str) -> Option<String> {
        let mut base: Vec<&str> = module.split("::").collect();
        let mut parts = path.split(" as ").next().unwrap_or(path).split("::").peekable();
        match *parts.peek()? {
            "crate" => return Some(parts.collect::<Vec<_>>().join("::")),
            "self" => drop(parts.next()),
            "super" => {
                while parts.next_if_eq(&"super").is_some() {
                    base.pop();
                }
            }
            first if self.files.contains_key(&format!("{module}::{first}")) => {}
            _ => return None,
        }
        base.extend(parts);
        Some(base.join("::"))
    }

    /// The file that defines what a path names; re-exports are followed.
    fn definition(&self, path: &str) -> Option<&PathBuf> {
        let mut path = path.to_owned();
        for _ in 0..8 {
            let parts: Vec<&str> = path.split("::").collect();
            let depth = (1..=parts.len()).rev().find(|depth| self.files.contains_key(&parts[..*depth].join("::")))?;
            let module = parts[..depth].join("::");
            match parts.get(depth).and_then(|item| self.exports[&module].get(*item)) {
                Some(next) => path = [&[next.as_str()], &parts[depth + 1..]].concat().join("::"),
                None => return self.files.get(&module),
            }
        }
        None
    }

    fn imports(&self) -> Vec<Import> {
        let mut found = Vec::new();
        for (module, file) in self.files.iter().filter(|(_, file)| !is_test(file)) {
            let text = code(&text(file));
            let is_map = file.ends_with("mod.rs") || file.ends_with("lib.rs");
            let used = uses(&text).into_iter().filter(|(public, _)| !(is_map && *public));
            let used = used.flat_map(|(_, tree)| flatten("", &tree));
            let rest = USE.replace_all(&text, "");
            let inline = PATH.find_iter(&rest).map(|path| path.as_str().to_owned());
            for path in used.chain(inline).filter_map(|path| self.absolute(&path, module)) {
                if let Some(to) = self.definition(&path).filter(|to| *to != file) {
                    found.push((file.clone(), to.clone(), path));
                }
            }
        }
        found
    }
}

fn module(root: &str, file: &Path) -> String {
    let inner = file.strip_prefix(root).expect("it lies below the root").with_extension("");
    let parts = inner.iter().filter_map(|part| part.to_str()).filter(|part| !matches!(*part, "mod" | "lib"));
    std::iter::once("crate").chain(parts).collect::<Vec<_>>().join("::")
}

fn uses(code: &str) -> Vec<(bool, String)> {
    USE.captures_iter(code).map(|found| (found.get(1).is_some(), found[2].to_owned())).collect()
}

/// The paths of a `use` tree.
fn flatten(before: &str, tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let whole = if before.is_empty() { tree.to_owned() } else { format!("{before}::{tree}") };
        return vec![whole.strip_suffix("::self").map_or(whole.clone(), str::to_owned)];
    };
    let head = format!("{before}::{}", &tree[..open]);
    let head = head.trim_matches(':').trim();
    branches(&tree[open + 1..tree.rfind('}').unwrap_or(tree.len())])
        .iter()
        .flat_map(|part| flatten(head, part))
        .collect()
}

/// What stands between the commas of the outermost braces.
fn branches(text: &str) -> Vec<String> {
    let (mut all, mut depth) = (vec![String::new()], 0);
    for c in text.chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        match all.last_mut() {
            Some(last) if c != ',' || depth > 0 => last.push(c),
            _ => all.push(String::new()),
        }
    }
    all.retain(|part| !part.trim().is_empty());
    all
}

fn name(path: &str) -> String {
    path.rsplit(" as ").next().unwrap_or(path).rsplit("::").next().unwrap_or(path).trim().to_owned()
}

/// The imports that close a cycle between folders.
fn cyclic(imports: &[Import]) -> Vec<String> {
    let folder = |file: &Path| file.parent().expect("a folder").to_owned();
    let mut edges = BTreeMap::<PathBuf, BTreeSet<PathBuf>>::new();
    for (from, to, _) in imports {
        edges.entry(folder(from)).or_default().insert(folder(to));
    }
    let reaches = |from: &Path, goal: &Path| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(next) = open.pop() {
            if next == goal {
                return true;
            }
            if seen.insert(next.clone()) {
                open.extend(edges.get(&next).into_iter().flatten().cloned());
            }
        }
        false
    };
    let closes = |(from, to, _): &&Import| folder(from) != folder(to) && reaches(&folder(to), &folder(from));
    let line = |(from, to, path): &Import| format!("{} -> {} ({path})", from.display(), to.display());
    imports.iter().filter(closes).map(line).collect()
}

#[rstest::rstest]
#[case::harness("harness")]
#[case::mocks("mocks/src")]
#[case::path("harness/path/src")]
fn no_import_cycle_between_folders(#[case] root: &str) {
    let imports = Crate::read(root).imports();
    assert!(imports.len() > 50, "only {} imports were read below {root}", imports.len());
    let cyclic = cyclic(&imports);
    assert!(cyclic.is_empty(), "these imports close a cycle between folders:\n  {}", cyclic.join("\n  "));
}

/// The folders of the diagnosis from the bottom up: each imports only from those before it.
const DIAGNOSIS: [&str; 9] = ["model", "readings", "logs", "facts", "belief", "infer", "wording", "active", "verdict"];

/// The imports from one folder of the diagnosis to another that must not be.
fn upward(imports: &[Import]) -> Vec<String> {
    let root = Path::new("harness/diagnose");
    let folder = |file: &Path| {
        let inner = file.strip_prefix(root).ok()?.parent()?;
        inner.iter().next()?.to_str().map(str::to_owned)
    };
    let place = |folder: &str| DIAGNOSIS.iter().position(|one| *one == folder);
    let allowed = |from: &str, to: &str| match from {
        _ if from == to => true,
        "discriminability" => matches!(to, "model" | "belief"),
        _ => place(from).zip(place(to)).is_some_and(|(from, to)| to < from),
    };
    let wrong = |(from, to, path): &Import| {
        let (a, b) = (folder(from)?, folder(to)?);
        (!allowed(&a, &b)).then(|| format!("{} -> {} ({path})", from.display(), to.display()))
    };
    imports.iter().filter_map(wrong).collect()
}

#[test]
fn the_folders_of_the_diagnosis_import_downwards_only() {
    let imports = Crate::read("harness").imports();
    let inner =
        imports.iter().filter(|(from, to, _)| [from, to].iter().all(|file| file.starts_with("harness/diagnose")));
    assert!(inner.count() > 100, "the imports of the diagnosis are read");
    let upward = upward(&imports);
    assert!(upward.is_empty(), "these imports point upwards:\n  {}", upward.join("\n  "));
}

#[test]
fn an_import_upwards_in_the_diagnosis_is_seen() {
    let import = |from: &str, to: &str| {
        let file = |name: &str| PathBuf::from(format!("harness/diagnose/{name}"));
        (file(from), file(to), to.to_owned())
    };
    let imports = [
        import("infer/case.rs", "facts/clock.rs"),
        import("facts/clock.rs", "infer/case.rs"),
        import("infer/path/walk.rs", "verdict/cause.rs"),
        import("discriminability/evidence_matrix.rs", "infer/case.rs"),
        import("mod.rs", "verdict/cause.rs"),
    ];
    assert_eq!(upward(&imports).len(), 3);
}

#[test]
fn a_cycle_between_nested_folders_is_seen() {
    let import = |from: &str, to: &str| (PathBuf::from(from), PathBuf::from(to), to.to_owned());
    let imports =
        [import("a/x/one.rs", "a/y/two.rs"), import("a/y/two.rs", "a/x/three.rs"), import("a/mod.rs", "a/x/one.rs")];
    assert_eq!(cyclic(&imports).len(), 2);
}

#[test]
fn a_cycle_between_folders_is_seen() {
    let import = |from: &str, to: &str| (PathBuf::from(from), PathBuf::from(to), to.to_owned());
    let imports = [
        import("a/x.rs", "b/y.rs"),
        import("b/y.rs", "c/z.rs"),
        import("c/w.rs", "a/x.rs"),
        import("a/x.rs", "d/v.rs"),
    ];
    assert_eq!(cyclic(&imports).len(), 3);
}
