//! A product as it stands in a form, every part text, and the way back to a product.

pub(super) mod read;

use serde::{Deserialize, Serialize};

use super::{Category, Count, Product, Variant};
use crate::domain::id::{ProductId, Sku};
use crate::domain::money::{Currency, Money};
use read::{counted, lines, list, picture, price, text, whole};
use shared::field_errors::FieldErrors;

/// How many variants a product may have.
pub const MAX_VARIANTS: usize = 40;

/// What somebody typed about a product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductDetails {
    /// What it is called.
    pub name: String,
    /// One line under the name.
    pub tagline: String,
    /// Paragraphs, an empty line between them.
    pub description: String,
    /// Short facts, one a line.
    pub highlights: String,
    /// The slug of its department.
    pub category: String,
    /// The address of its picture.
    pub image: String,
    /// Whether the home page shows it.
    pub featured: bool,
    /// Whether it is kept from visitors.
    pub hidden: bool,
    /// Its place in lists.
    pub rank: String,
    /// What one piece costs, `99` or `99.50`; not asked of a product with variants.
    pub price: String,
    /// How many there are; empty for not counted. Not asked of a product with variants.
    pub stock: String,
    /// What variants differ in, separated by commas: `Colour, Storage`.
    pub option_names: String,
    /// Its variants.
    pub variants: Vec<VariantDetails>,
}

/// What somebody typed about a variant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VariantDetails {
    /// Its own word in addresses: `gold-256`.
    pub word: String,
    /// Its values, separated by commas: `Gold, 256 GB`.
    pub options: String,
    /// What one piece costs.
    pub price: String,
    /// How many there are; empty for not counted.
    pub stock: String,
    /// The address of a picture of its own, or nothing.
    pub image: String,
}

/// What somebody can type into, or tick.
#[derive(Debug)]
pub enum Input<'form> {
    /// A text.
    Text(&'form mut String),
    /// A box.
    Box(&'form mut bool),
}

/// The name of each input in the form, what people read, and the input.
pub type Inputs<'form> = Vec<(&'static str, &'static str, Input<'form>)>;

impl ProductDetails {
    /// All inputs of the form but those of variants.
    pub fn inputs(&mut self) -> Inputs<'_> {
        vec![
            ("name", "Name", Input::Text(&mut self.name)),
            ("tagline", "Tagline", Input::Text(&mut self.tagline)),
            (
                "description",
                "Description",
                Input::Text(&mut self.description),
            ),
            (
                "highlights",
                "Highlights",
                Input::Text(&mut self.highlights),
            ),
            ("category", "Department", Input::Text(&mut self.category)),
            ("image", "Picture", Input::Text(&mut self.image)),
            (
                "featured",
                "On the home page",
                Input::Box(&mut self.featured),
            ),
            ("hidden", "Hidden", Input::Box(&mut self.hidden)),
            ("rank", "Place in lists", Input::Text(&mut self.rank)),
            ("price", "Price", Input::Text(&mut self.price)),
            ("stock", "Stock", Input::Text(&mut self.stock)),
            (
                "option_names",
                "Options",
                Input::Text(&mut self.option_names),
            ),
        ]
    }

    /// What a form about this product shows.
    pub fn of(product: &Product) -> Self {
        let base = product.variants.is_empty().then(|| Sku::from(&product.id));
        Self {
            name: product.name.clone(),
            tagline: product.tagline.clone(),
            description: product.description.clone(),
            highlights: product.highlights.join("\n"),
            category: product.category.slug().to_owned(),
            image: product.image.clone(),
            featured: product.featured,
            hidden: product.hidden,
            rank: product.rank.to_string(),
            price: if base.is_some() {
                product.price.to_decimal()
            } else {
                String::new()
            },
            stock: base.map(|sku| stock_of(product, &sku)).unwrap_or_default(),
            option_names: product.option_names.join(", "),
            variants: product
                .variants
                .iter()
                .map(|variant| VariantDetails::of(product, variant))
                .collect(),
        }
    }

    /// The product these details describe, or everything that is wrong with them, by the names of
    /// the fields: `name`, `variant-0-price`.
    pub fn check(&self, id: ProductId, currency: Currency) -> Result<Product, FieldErrors> {
        let mut errors = FieldErrors::default();
        let option_names = list(&self.option_names);
        let name = errors.check("name", read::name(&self.name));
        let tagline = errors.check(
            "tagline",
            text("a tagline", &self.tagline, 1, read::TAGLINE),
        );
        let description = errors.check(
            "description",
            text("a description", &self.description, 0, read::DESCRIPTION),
        );
        let category = errors.check("category", self.category.trim().parse::<Category>());
        let image = errors.check("image", picture(&self.image));
        let rank = errors.check("rank", whole("a place in lists", &self.rank));
        let highlights = errors.check("highlights", lines(&self.highlights));
        let base = self.variants.is_empty();
        let price = if base {
            errors.check("price", price(&self.price, currency))
        } else {
            Some(Money::new(0, currency))
        };
        let left = errors.check("stock", counted(&self.stock)).flatten();
        if base != option_names.is_empty() {
            errors.add(
                "option_names",
                "Name what variants differ in, and add at least one variant, or neither",
            );
        }
        let mut product = Product {
            stock: left
                .filter(|_| base)
                .map(|left| (Sku::from(&id), Count(left)))
                .into_iter()
                .collect(),
            name: name.unwrap_or_default(),
            tagline: tagline.unwrap_or_default(),
            description: description.unwrap_or_default(),
            highlights: highlights.unwrap_or_default(),
            category: category.unwrap_or(Category::ALL[0]),
            price: price.unwrap_or_default(),
            image: image.unwrap_or_default(),
            featured: self.featured,
            hidden: self.hidden,
            rank: rank.unwrap_or_default(),
            option_names,
            ..Product::blank(id, currency)
        };
        self.check_variants(&mut product, currency, &mut errors);
        if errors.is_empty() {
            Ok(product.at_lowest_price())
        } else {
            Err(errors)
        }
    }

    fn check_variants(&self, product: &mut Product, currency: Currency, errors: &mut FieldErrors) {
        if self.variants.len() > MAX_VARIANTS {
            errors.add(
                "option_names",
                format!("A product has at most {MAX_VARIANTS} variants"),
            );
            return;
        }
        for (number, details) in self.variants.iter().enumerate() {
            let field = |name: &str| format!("variant-{number}-{name}");
            let sku = Sku::of_variant(&product.id, details.word.trim()).map_err(
                |_| "Enter lower-case letters, digits and single hyphens, such as gold-256",
            );
            let sku = errors.check(&field("word"), sku);
            let options = list(&details.options);
            if options.len() != product.option_names.len() {
                let expected = product.option_names.join(", ");
                errors.add(
                    field("options"),
                    format!("Enter one value for each of: {expected}"),
                );
            }
            let price = errors.check(&field("price"), price(&details.price, currency));
            let left = errors.check(&field("stock"), counted(&details.stock));
            let image = if details.image.trim().is_empty() {
                Some(None)
            } else {
                errors.check(&field("image"), picture(&details.image).map(Some))
            };
            let (Some(sku), Some(price), Some(left), Some(image)) = (sku, price, left, image)
            else {
                continue;
            };
            for known in &product.variants {
                if known.sku == sku {
                    errors.add(field("word"), "Another variant has this word");
                } else if known.options == options {
                    errors.add(field("options"), "Another variant has these values");
                }
            }
            if let Some(left) = left {
                product.stock.insert(sku.clone(), Count(left));
            }
            product.variants.push(Variant {
                sku,
                options,
                price,
                image,
            });
        }
    }
}

impl VariantDetails {
    /// All inputs of its row, its word first.
    pub fn inputs(&mut self) -> Inputs<'_> {
        vec![
            ("word", "word", Input::Text(&mut self.word)),
            ("options", "options", Input::Text(&mut self.options)),
            ("price", "price", Input::Text(&mut self.price)),
            ("stock", "stock", Input::Text(&mut self.stock)),
            ("image", "picture", Input::Text(&mut self.image)),
        ]
    }

    fn of(product: &Product, variant: &Variant) -> Self {
        Self {
            word: variant.sku.variant().unwrap_or_default().to_owned(),
            options: variant.options.join(", "),
            price: variant.price.to_decimal(),
            stock: stock_of(product, &variant.sku),
            image: variant.image.clone().unwrap_or_default(),
        }
    }

    /// Whether nothing was typed, so that it is a row nobody used.
    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }
}

fn stock_of(product: &Product, sku: &Sku) -> String {
    let count = product.stock.get(sku);
    count.map(|count| count.0.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details() -> ProductDetails {
        ProductDetails {
            name: "Lamp".into(),
            tagline: "It lights".into(),
            description: "One.\r\n\r\nTwo.".into(),
            highlights: "Bright\r\n\r\n Small ".into(),
            category: "accessories".into(),
            image: "/static/products/orbit.svg".into(),
            rank: "7".into(),
            price: "12.50".into(),
            stock: "3".into(),
            ..ProductDetails::default()
        }
    }

    fn check(details: &ProductDetails) -> Result<Product, Vec<String>> {
        let checked = details.check("lamp".parse().unwrap(), Currency::Usd);
        checked.map_err(|errors| errors.iter().map(|(field, _)| field.to_owned()).collect())
    }

    #[test]
    fn what_a_form_shows_comes_back_as_the_same_product() {
        let lamp = check(&details()).unwrap();
        assert_eq!(lamp.highlights, ["Bright", "Small"]);
        assert_eq!(lamp.description, "One.\n\nTwo.");
        assert_eq!(check(&ProductDetails::of(&lamp)), Ok(lamp));
    }

    #[test]
    fn a_product_with_variants_comes_back_too_and_costs_what_the_cheapest_does() {
        let row = |word: &str, options: &str, price: &str, stock: &str| VariantDetails {
            word: word.into(),
            options: options.into(),
            price: price.into(),
            stock: stock.into(),
            image: String::new(),
        };
        let mut details = ProductDetails {
            price: String::new(),
            stock: String::new(),
            option_names: "Colour, Size".into(),
            variants: vec![
                row("red-s", "Red, S", "9", "1"),
                row("red-l", "Red, L", "8.5", ""),
            ],
            ..details()
        };
        let lamp = check(&details).unwrap();
        assert_eq!((lamp.price.amount_cents, lamp.stock.len()), (850, 1));
        assert_eq!(check(&ProductDetails::of(&lamp)), Ok(lamp));
        details.variants.push(row("red-s", "Red, S", "x", "-1"));
        details.variants.push(row("Red", "Red", "0", "1.5"));
        details.variants.push(row("red-m", "Red, S", "1", "1"));
        let wrong = [
            "variant-2-price",
            "variant-2-stock",
            "variant-3-word",
            "variant-3-options",
            "variant-3-price",
            "variant-3-stock",
            "variant-4-options",
        ];
        assert_eq!(check(&details).unwrap_err(), wrong);
    }

    #[test]
    fn everything_wrong_with_a_product_is_said_at_once() {
        let wrong = ProductDetails {
            option_names: "Colour".into(),
            image: "https://elsewhere.example/a.png".into(),
            description: "x".repeat(6_001),
            highlights: "a\n".repeat(11),
            ..ProductDetails::default()
        };
        let all = [
            "name",
            "tagline",
            "description",
            "category",
            "image",
            "rank",
            "highlights",
            "price",
            "option_names",
        ];
        assert_eq!(check(&wrong).unwrap_err(), all);
        let errors = wrong.check("lamp".parse().unwrap(), Currency::Usd);
        assert_eq!(errors.unwrap_err().get("name"), Some("Enter a name"));
    }
}
