//! A function for each field, so that a misspelt name or a value of another type does not compile.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Ident, LitStr};

use crate::attr::{Field, Nested, Struct};

/// A name as a path of a document: `.` and `&` would mean something.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('&', "&&").replace('.', "&.")
}

/// The function of a field: its name, its documentation, and the type of what it returns.
fn function<F>(field: &Field<F>, root: &TokenStream) -> (Ident, String, TokenStream) {
    let name = field.function.as_ref().unwrap_or(&field.ident).clone();
    let documentation = format!(
        "The field `{}`, for filters and updates.",
        field.ident.unraw()
    );
    let kind = &field.kind;
    let returned = if field.naming.is_written_as_its_type() {
        quote_spanned!(kind.span()=> ::astra_db::query::Field<#root, #kind>)
    } else {
        quote!(::astra_db::query::Field<#root, ::astra_db::query::Untyped>)
    };
    (name, documentation, returned)
}

/// `made` makes the field out of itself.
pub(crate) fn functions<F>(of: &Struct<F>, made: impl Fn(&Field<F>) -> TokenStream) -> TokenStream {
    let Struct {
        ident, visibility, ..
    } = of;
    let functions = of.fields.iter().map(|field| {
        let (name, documentation, returned) = function(field, &quote!(Self));
        let made = made(field);
        quote! {
            #[doc = #documentation]
            #visibility fn #name() -> #returned { #made }
        }
    });
    quote! {
        #[allow(
            dead_code, non_snake_case, private_interfaces, unreachable_pub,
            clippy::new_ret_no_self, clippy::self_named_constructors,
            reason = "a program names some of the fields, which are called and typed as they are"
        )]
        #[automatically_derived]
        impl #ident { #(#functions)* }
    }
}

/// What `#[derive(Fields)]` makes: methods on whatever field has the struct in it. They are those of
/// a `dyn` trait, which need no import.
pub(crate) fn nested(nested: &Nested) -> TokenStream {
    let Struct {
        ident,
        visibility,
        fields,
        ..
    } = &nested.fields;
    let of = format_ident!("{}Fields", ident);
    let described = fields.iter().map(|field| {
        let (name, documentation, returned) = function(field, &quote!(__Root));
        quote!(#[doc = #documentation] fn #name(&self) -> #returned;)
    });
    let made = fields.iter().map(|field| {
        let (name, _, returned) = function(field, &quote!(__Root));
        let path = LitStr::new(&escaped(&field.naming.name), field.naming.span);
        quote!(fn #name(&self) -> #returned { self.inner(#path) })
    });
    quote! {
        #[allow(
            dead_code, non_snake_case, private_interfaces, unreachable_pub,
            clippy::new_ret_no_self, clippy::self_named_constructors,
            reason = "a program names some of the fields, which are called and typed as they are"
        )]
        const _: () = {
            #visibility trait #of<__Root> { #(#described)* }

            #[automatically_derived]
            impl<__Root: ::astra_db::model::CollectionDocument, __Value> #of<__Root>
                for ::astra_db::query::Field<__Root, __Value>
            { #(#made)* }

            #[automatically_derived]
            impl ::astra_db::query::Fields for #ident {
                type Of<__Root: ::astra_db::model::CollectionDocument + 'static> = dyn #of<__Root>;

                fn of<
                    __Root: ::astra_db::model::CollectionDocument + 'static,
                    __Value: 'static,
                >(
                    field: &::astra_db::query::Field<__Root, __Value>,
                ) -> &(dyn #of<__Root> + 'static) {
                    field
                }
            }
        };
    }
}
