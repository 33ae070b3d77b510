//! `#[astra_db(crate = "..")]`: another path to astra-db than `::astra_db`, for a program that renames
//! it or reaches it through another crate.

use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{DeriveInput, LitStr, Path, Result};

use crate::attr::{nested, set, value};

const ITSELF: &str = "::astra_db";

/// The code, with the path that the struct gives.
pub(crate) fn renamed(input: &DeriveInput, code: TokenStream) -> Result<TokenStream> {
    let mut path: Option<LitStr> = None;
    let attributes = input.attrs.iter();
    for attribute in attributes.filter(|attribute| attribute.path().is_ident("astra_db")) {
        nested(attribute, |meta| {
            if meta.path.is_ident("crate") {
                return set(&mut path, meta, value(meta)?);
            }
            Err(meta.error("expected `crate = \"path::to::astra_db\"`"))
        })?;
    }
    let Some(path) = path else { return Ok(code) };
    let tokens = path.parse::<Path>()?.into_token_stream();
    Ok(replaced(code, &path.value(), &tokens))
}

/// Replaces `::astra_db`, which three tokens are, and serde has in text. Code is nested as deeply as
/// the derive prints it.
fn replaced(code: TokenStream, text: &str, path: &TokenStream) -> TokenStream {
    let mut replaced: Vec<TokenTree> = Vec::new();
    for token in code {
        match token {
            TokenTree::Ident(name) if name == "astra_db" && ends_with_colons(&replaced) => {
                replaced.truncate(replaced.len() - 2);
                replaced.extend(path.clone());
            }
            TokenTree::Group(group) => {
                let inner = self::replaced(group.stream(), text, path);
                let mut renamed = Group::new(group.delimiter(), inner);
                renamed.set_span(group.span());
                replaced.push(renamed.into());
            }
            TokenTree::Literal(literal) => {
                let written = literal.to_string();
                replaced.push(match written.strip_prefix(&format!("\"{ITSELF}::")) {
                    Some(rest) => {
                        let rest = rest.trim_end_matches('"');
                        Literal::string(&format!("{text}::{rest}")).into()
                    }
                    None => literal.into(),
                });
            }
            other => replaced.push(other),
        }
    }
    replaced.into_iter().collect()
}

fn ends_with_colons(tokens: &[TokenTree]) -> bool {
    let is_colon =
        |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ':');
    matches!(tokens, [.., first, second] if is_colon(first) && is_colon(second))
}
