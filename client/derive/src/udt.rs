//! Prints what `#[derive(Udt)]` makes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::attr::{Struct, Udt};
use crate::row;

pub(crate) fn expand(udt: &Udt) -> TokenStream {
    let udt = &udt.udt;
    let Struct { ident, name, .. } = udt;
    let fields = udt.fields.iter().map(|field| {
        let (name, kind) = (&field.naming.name, &field.kind);
        let field_type = field.rest.column.as_ref().map_or_else(
            || quote_spanned!(kind.span()=> ::astra_db::__private::field_type::<#kind>()),
            row::named_type,
        );
        quote!(.field(#name, #field_type))
    });
    quote! {
        #[automatically_derived]
        impl ::astra_db::model::Udt for #ident {
            const TYPE_NAME: &'static str = #name;

            fn definition() -> ::astra_db::schema::TypeDefinition {
                ::astra_db::schema::TypeDefinition::default() #(#fields)*
            }
        }

        #[automatically_derived]
        impl ::astra_db::model::ColumnValue for #ident {
            fn column_type() -> ::astra_db::schema::ColumnType {
                ::astra_db::schema::ColumnType::user_defined(#name)
            }

            fn user_types(types: &mut ::astra_db::model::UserTypes) {
                types.insert::<Self>();
            }
        }

        #[automatically_derived]
        impl ::astra_db::model::ElementValue for #ident {}
    }
}
