//! A constant for each field, so that a misspelt name does not compile.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;
use syn::ext::IdentExt as _;

use crate::attr::{Field, Struct};

/// What the constant of a field is called.
pub(crate) fn constant(field: &Ident) -> String {
    field.unraw().to_string().to_uppercase()
}

/// `written` makes of a field what names it in a filter.
pub(crate) fn constants<F>(of: &Struct<F>, written: impl Fn(&Field<F>) -> String) -> TokenStream {
    let Struct {
        ident, visibility, ..
    } = of;
    let constants = of.fields.iter().map(|field| {
        let own = field.ident.unraw();
        let constant = format_ident!("{}", constant(&field.ident), span = field.ident.span());
        let (name, documentation) = (written(field), format!("The name of `{own}`."));
        quote! {
            #[doc = #documentation]
            #visibility const #constant: &'static str = #name;
        }
    });
    quote! {
        #[allow(dead_code, reason = "nobody needs all of them")]
        impl #ident { #(#constants)* }
    }
}
