//! Which file of a crate uses which: every path in its source, followed through re-exports to the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::visit::{self, Visit};

use crate::tree;

/// The way to a module or to a name in it, from the root of its crate.
type Path = Vec<String>;

/// The modules of a crate, without their tests.
pub(crate) struct Crate {
    modules: BTreeMap<Path, Module>,
}

struct Module {
    file: String,
    imports: BTreeMap<String, Import>,
    /// The modules of which everything is imported.
    globs: Vec<Path>,
    /// The paths in the code.
    paths: BTreeSet<Path>,
    /// The functions, types and so on.
    items: BTreeSet<String>,
}

struct Import {
    path: Path,
    is_public: bool,
}

impl Crate {
    /// Reads `root` (`…/src/lib.rs`) and every module that is declared from there.
    pub(crate) fn read(root: &str) -> Self {
        let mut this = Self {
            modules: BTreeMap::new(),
        };
        let (folder, _) = root.rsplit_once('/').unwrap();
        this.read_file(root, folder, &[]);
        this
    }

    fn read_file(&mut self, file: &str, folder: &str, path: &[String]) {
        let source = syn::parse_file(&tree::read(file));
        let source = source.unwrap_or_else(|error| panic!("{file}: {error}"));
        self.read_items(file, folder, path, &source.items);
    }

    fn read_items(&mut self, file: &str, folder: &str, path: &[String], items: &[syn::Item]) {
        let mut reader = Reader {
            module: Module {
                file: file.to_owned(),
                imports: BTreeMap::new(),
                globs: Vec::new(),
                paths: BTreeSet::new(),
                items: BTreeSet::new(),
            },
            modules: Vec::new(),
        };
        for item in items {
            reader.visit_item(item);
        }
        self.modules.insert(path.to_vec(), reader.module);
        for module in reader.modules {
            let name = module.ident.unraw().to_string();
            let path = [path, std::slice::from_ref(&name)].concat();
            let below = format!("{folder}/{name}");
            match module.content {
                Some((_, items)) => self.read_items(file, &below, &path, &items),
                None => self.read_file(&format!("{below}.rs"), &below, &path),
            }
        }
    }

    /// Each file with the files that it uses. A re-export is no use; whoever takes the name uses the file that defines it.
    pub(crate) fn uses(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (at, module) in &self.modules {
            let used = uses.entry(&module.file).or_default();
            let imports = module.imports.values().filter_map(|import| {
                let path = self.absolute(at, &import.path)?;
                (!import.is_public && !self.modules.contains_key(&path)).then_some(path)
            });
            let globs = module.globs.iter();
            let globs = globs.filter_map(|path| self.absolute(at, path));
            let paths = module.paths.iter();
            let paths = paths.filter_map(|path| self.absolute(at, path));
            for path in imports.chain(globs).chain(paths) {
                if let Some(file) = self.defining_file(&path)
                    && file != module.file
                {
                    used.insert(file);
                }
            }
        }
        uses
    }

    /// The way from the root to what the module at `at` calls `path`; `None` for what another crate defines.
    fn absolute(&self, at: &[String], path: &[String]) -> Option<Path> {
        let (first, rest) = path.split_first()?;
        let child = [at, std::slice::from_ref(first)].concat();
        match first.as_str() {
            // Alone it is no path: the argument of an attribute that a derive writes, for one.
            "crate" => (!rest.is_empty()).then(|| rest.to_vec()),
            "self" => Some([at, rest].concat()),
            "super" => {
                let parent = at.split_last()?.1;
                match rest.first() {
                    Some(next) if next == "super" => self.absolute(parent, rest),
                    _ => Some([parent, rest].concat()),
                }
            }
            _ if self.modules.contains_key(&child) => Some([at, path].concat()),
            _ => {
                let import = self.modules.get(at)?.imports.get(first)?;
                // A name that imports itself comes from another crate.
                let start = import.path.first().filter(|start| *start != first)?;
                let path = [&import.path[..], rest].concat();
                let local = matches!(start.as_str(), "crate" | "self" | "super");
                let child = [at, std::slice::from_ref(start)].concat();
                (local || self.modules.contains_key(&child))
                    .then(|| self.absolute(at, &path))
                    .flatten()
            }
        }
    }

    /// The file of the deepest module on the way, or of the one that a re-export on the way leads to.
    fn defining_file(&self, path: &[String]) -> Option<&str> {
        let mut at = Path::new();
        for (depth, name) in path.iter().enumerate() {
            let child = [&at[..], std::slice::from_ref(name)].concat();
            if self.modules.contains_key(&child) {
                at = child;
                continue;
            }
            let module = self.modules.get(&at)?;
            if module.items.contains(name) {
                break;
            }
            if let Some(import) = module.imports.get(name) {
                let onwards = self.absolute(&at, &import.path)?;
                return self.defining_file(&[&onwards[..], &path[depth + 1..]].concat());
            }
            let globs = module.globs.iter();
            let mut globs = globs.filter_map(|glob| self.absolute(&at, glob));
            if let Some(glob) = globs.find(|glob| {
                let module = self.modules.get(glob);
                module.is_some_and(|module| module.items.contains(name))
            }) {
                at = glob;
            }
            break;
        }
        Some(&self.modules.get(&at)?.file)
    }
}

/// Collects what one module says, and the modules that it declares.
struct Reader {
    module: Module,
    modules: Vec<syn::ItemMod>,
}

impl Reader {
    fn import(&mut self, tree: &syn::UseTree, mut path: Path, is_public: bool) {
        match tree {
            syn::UseTree::Path(step) => {
                path.push(step.ident.unraw().to_string());
                self.import(&step.tree, path, is_public);
            }
            syn::UseTree::Name(last) => {
                let name = last.ident.unraw().to_string();
                if name != "self" {
                    path.push(name);
                }
                if let Some(name) = path.last().cloned() {
                    self.module.imports.insert(name, Import { path, is_public });
                }
            }
            syn::UseTree::Rename(last) => {
                path.push(last.ident.unraw().to_string());
                let name = match last.rename.unraw().to_string() {
                    // A trait whose name is not needed.
                    name if name == "_" => path.join("::"),
                    name => name,
                };
                self.module.imports.insert(name, Import { path, is_public });
            }
            syn::UseTree::Glob(_) => self.module.globs.push(path),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, path.clone(), is_public);
                }
            }
        }
    }

    /// The paths in what a macro is given: the names that `::` joins.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Path::new();
        let mut colons = 0;
        // `$crate` is for what a macro expands to elsewhere.
        let mut sigil = "";
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Punct(punct) if punct.as_char() == '$' => (sigil, colons) = ("$", 0),
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.module.paths.insert(std::mem::take(&mut path));
                    }
                    path.push(format!("{}{}", std::mem::take(&mut sigil), ident.unraw()));
                    colons = 0;
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => (sigil, colons) = ("", 0),
            }
        }
        self.module.paths.insert(path);
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && (attribute.parse_args::<syn::Path>()).is_ok_and(|path| path.is_ident("test"))
    })
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            self.modules.push(item.clone());
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            let is_public = !matches!(item.vis, syn::Visibility::Inherited);
            self.import(&item.tree, Vec::new(), is_public);
        }
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        let name = match item {
            syn::Item::Const(item) => Some(&item.ident),
            syn::Item::Enum(item) => Some(&item.ident),
            syn::Item::Fn(item) if is_test(&item.attrs) => return,
            syn::Item::Fn(item) => Some(&item.sig.ident),
            syn::Item::Impl(item) if is_test(&item.attrs) => return,
            syn::Item::Static(item) => Some(&item.ident),
            syn::Item::Struct(item) => Some(&item.ident),
            syn::Item::Trait(item) => Some(&item.ident),
            syn::Item::Type(item) => Some(&item.ident),
            _ => None,
        };
        self.module
            .items
            .extend(name.map(|name| name.unraw().to_string()));
        visit::visit_item(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter();
        let names = names.map(|segment| segment.ident.unraw().to_string());
        self.module.paths.insert(names.collect());
        visit::visit_path(self, path);
    }

    /// `pub(crate)` and its like name no file.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }
}
