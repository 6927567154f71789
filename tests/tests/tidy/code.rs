//! What a source file names outside of tests: paths with their groups written out, and strings.

use super::Source;
use std::collections::BTreeSet;
use syn::{
    Attribute, ImplItem, Item, ItemUse, LitStr, Macro, Meta, Path, UseTree,
    visit::{self, Visit},
};

#[derive(Default)]
pub struct Code {
    /// `crate::store::Store`, whether imported, in a group or written out; `super` is resolved.
    pub paths: BTreeSet<String>,
    pub strings: Vec<String>,
    module: Vec<String>,
}

impl Code {
    pub fn of(source: &Source) -> Self {
        let mut code = Self { module: module(&source.path), ..Self::default() };
        if source.path.ends_with("/tests.rs") || source.path.contains("/tests/") {
            return code;
        }
        let file = syn::parse_file(&source.text).unwrap_or_else(|error| panic!("{}: {error}", source.path));
        code.visit_file(&file);
        code
    }

    /// The first parts of the crate's own modules that are named.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.paths.iter().filter_map(|path| {
            let rest = path.strip_prefix("crate::")?;
            Some((rest.split("::").next()?, path.as_str()))
        })
    }

    fn add(&mut self, segments: &[String]) {
        let supers = segments.iter().take_while(|segment| *segment == "super").count();
        let path = if supers > 0 && supers <= self.module.len() {
            let above = &self.module[..self.module.len() - supers];
            [&["crate".to_owned()], above, &segments[supers..]].concat()
        } else {
            segments.to_vec()
        };
        self.paths.insert(path.join("::"));
    }

    fn add_tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&with(path.ident.to_string()), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(before, tree)),
            UseTree::Name(name) => self.add(&with(name.ident.to_string())),
            UseTree::Rename(name) => self.add(&with(name.ident.to_string())),
            UseTree::Glob(_) => self.add(before),
        }
    }
}

impl<'ast> Visit<'ast> for Code {
    fn visit_item(&mut self, item: &'ast Item) {
        if !attributes(item).iter().any(for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let tests = matches!(item, ImplItem::Fn(function) if function.attrs.iter().any(for_tests));
        if !tests {
            visit::visit_impl_item(self, item);
        }
    }

    /// Comments for documentation are attributes with a string.
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.add(&path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>());
        visit::visit_path(self, path);
    }

    fn visit_lit_str(&mut self, text: &'ast LitStr) {
        self.strings.push(text.value());
    }

    /// What a macro is given is not parsed: any path in it counts, and all of its text.
    fn visit_macro(&mut self, call: &'ast Macro) {
        let text = call.tokens.to_string();
        let joined = text.replace(" :: ", "::").replace(":: ", "::").replace(" ::", "::");
        for word in joined.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
            self.add(&word.split("::").map(str::to_owned).collect::<Vec<_>>());
        }
        self.strings.push(text);
        visit::visit_macro(self, call);
    }
}

/// `collector/src/rules/line_down.rs` is `rules::line_down`.
fn module(path: &str) -> Vec<String> {
    let inside = path.split_once("/src/").map_or(path, |(_, inside)| inside).trim_end_matches(".rs");
    inside.split('/').filter(|name| !matches!(*name, "lib" | "main" | "mod")).map(str::to_owned).collect()
}

fn for_tests(attribute: &Attribute) -> bool {
    matches!(&attribute.meta, Meta::List(list) if list.path.is_ident("cfg") && list.tokens.to_string() == "test")
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[test]
fn groups_are_written_out_and_tests_left_aside() {
    let text = r#"
        use super::{Finding, super_rule};
        use crate::{inventory::{Unit, counting::{self, View}}, store::*};
        #[cfg(test)]
        mod tests;
        fn at() { let _ = crate::web::page(); println!("{}", crate :: app::name()); "SELECT 1" }
        #[cfg(test)]
        mod inline { use crate::command::Cli; }
    "#;
    let source = Source { path: "collector/src/rules/line_down.rs".into(), text: text.into() };
    let code = Code::of(&source);
    let mine: Vec<&str> =
        code.paths.iter().map(String::as_str).filter(|path| path.starts_with("crate::")).collect();
    assert_eq!(
        mine,
        [
            "crate::app::name",
            "crate::inventory::Unit",
            "crate::inventory::counting::View",
            "crate::inventory::counting::self",
            "crate::rules::Finding",
            "crate::rules::super_rule",
            "crate::store",
            "crate::web::page",
        ]
    );
    assert!(code.strings.iter().any(|text| text == "SELECT 1"));
}
