//! Prints what `#[derive(CollectionDocument)]` makes.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attr::{CollectionOptions, Document, Lexical, Rerank, Struct, Vector};
use crate::paths::escaped;
use crate::{paths, row};

pub(crate) fn expand(document: &Document) -> TokenStream {
    let Document {
        collection,
        options,
    } = document;
    let Struct { ident, name, .. } = collection;
    let functions = paths::functions(collection, |field| {
        let path = escaped(&field.naming.name);
        quote!(::astra_db::query::Field::of_document(#path))
    });
    let indexing = indexing(document);
    let CollectionOptions {
        default_id,
        vector,
        lexical,
        rerank,
        ..
    } = options;
    let default_id = default_id.iter().map(|kind| {
        let variant = match kind.value().as_str() {
            "uuidv6" => quote!(UuidV6),
            "uuidv7" => quote!(UuidV7),
            "objectId" => quote!(ObjectId),
            _ => quote!(Uuid),
        };
        quote!(.default_id(::astra_db::schema::DefaultIdType::#variant))
    });
    let vector = vector.iter().map(vector_options);
    let lexical = lexical.iter().map(|lexical| match lexical {
        Lexical::Analyzer(name) => quote!(.lexical(#name)),
        // It was checked that it is not `true`.
        Lexical::Enabled(_) => quote!(.no_lexical()),
    });
    let rerank = rerank.iter().map(|rerank| match rerank {
        Rerank::By(service) => {
            let service = row::service(service).into_iter();
            quote!(#(.rerank(#service))*)
        }
        // It was checked that it is not `true`.
        Rerank::Enabled(_) => quote!(.no_rerank()),
    });
    quote! {
        #functions

        #[automatically_derived]
        impl ::astra_db::model::CollectionDocument for #ident {
            const COLLECTION_NAME: &'static str = #name;

            fn definition() -> ::astra_db::schema::CollectionDefinition {
                ::astra_db::schema::CollectionDefinition::default()
                    #(#default_id)* #(#vector)* #indexing #(#lexical)* #(#rerank)*
            }
        }
    }
}

fn vector_options(vector: &Vector) -> TokenStream {
    let (dimension, source_model) = (vector.dimension.iter(), vector.source_model.iter());
    let metric = vector.metric.iter().map(row::metric);
    let service = row::service(vector).into_iter();
    quote! {
        .vector_options(
            ::astra_db::schema::VectorOptions::default()
                #(.dimension(#dimension))* #(.metric(#metric))*
                #(.source_model(#source_model))* #(.service(#service))*
        )
    }
}

fn indexing(document: &Document) -> Option<TokenStream> {
    if let Some(allow) = &document.options.allow {
        let paths = &allow.paths;
        return Some(quote!(.indexing_allow([#(#paths),*])));
    }
    let fields = document.collection.fields.iter();
    let marked = fields.filter(|field| field.rest.not_indexed.is_some());
    let marked = marked.map(|field| escaped(&field.naming.name));
    let listed = document.options.deny.iter().flat_map(|deny| &deny.paths);
    let paths: Vec<String> = marked.chain(listed.map(syn::LitStr::value)).collect();
    (!paths.is_empty()).then(|| quote!(.indexing_deny([#(#paths),*])))
}
