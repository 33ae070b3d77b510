//! A product as it stands in a form, every part text, and the way back to a product.

pub(super) mod read;

use super::{Count, Product, Variant};
use crate::domain::id::{ProductId, Sku};
use crate::domain::money::Currency;
use read::{counted, lines, list, picture, price, text, whole};
use shared::field_errors::FieldErrors;

/// How many variants a product may have.
pub const MAX_VARIANTS: usize = 40;

/// What somebody typed about a product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

impl ProductDetails {
    /// What a form holds, by the names of its fields; a box that is not ticked is none of them. Rows
    /// of variants nobody filled in, or that are to go, are left out.
    pub fn typed<'form>(field: impl Fn(&str) -> Option<&'form str>) -> Self {
        let text = |name: &str| field(name).unwrap_or_default().to_owned();
        let row = |number: usize| VariantDetails {
            word: text(&format!("variant-{number}-word")),
            options: text(&format!("variant-{number}-options")),
            price: text(&format!("variant-{number}-price")),
            stock: text(&format!("variant-{number}-stock")),
            image: text(&format!("variant-{number}-image")),
        };
        let rows = (0..MAX_VARIANTS + 4)
            .filter(|number| field(&format!("variant-{number}-remove")).is_none())
            .map(row);
        Self {
            name: text("name"),
            tagline: text("tagline"),
            description: text("description"),
            highlights: text("highlights"),
            category: text("category"),
            image: text("image"),
            featured: field("featured").is_some(),
            hidden: field("hidden").is_some(),
            rank: text("rank"),
            price: text("price"),
            stock: text("stock"),
            option_names: text("option_names"),
            variants: rows
                .filter(|row| *row != VariantDetails::default())
                .collect(),
        }
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
            price: match base {
                Some(_) => product.price.to_decimal(),
                None => String::new(),
            },
            stock: base.map(|sku| stock_of(product, &sku)).unwrap_or_default(),
            option_names: product.option_names.join(", "),
            variants: (product.variants.iter())
                .map(|variant| VariantDetails::of(product, variant))
                .collect(),
        }
    }

    /// The product these details describe, or everything that is wrong with them, by the names of
    /// the fields: `name`, `variant-0-price`.
    pub fn check(&self, id: ProductId, currency: Currency) -> Result<Product, FieldErrors> {
        let mut errors = FieldErrors::default();
        let is_base = self.variants.is_empty();
        let tagline = text("a tagline", &self.tagline, 1, read::TAGLINE);
        let description = text("a description", &self.description, 0, read::DESCRIPTION);
        let blank = Product::blank(id, currency);
        let mut product = Product {
            name: errors.value("name", read::name(&self.name)),
            tagline: errors.value("tagline", tagline),
            description: errors.value("description", description),
            category: errors.value("category", self.category.trim().parse()),
            image: errors.value("image", picture(&self.image)),
            rank: errors.value("rank", whole("a place in lists", &self.rank)),
            highlights: errors.value("highlights", lines(&self.highlights)),
            price: if is_base {
                errors.value("price", price(&self.price, currency))
            } else {
                blank.price
            },
            featured: self.featured,
            hidden: self.hidden,
            option_names: list(&self.option_names),
            ..blank
        };
        let left = errors.value("stock", counted(&self.stock));
        if let Some(left) = left.filter(|_| is_base) {
            product.stock.insert(Sku::from(&product.id), Count(left));
        }
        if is_base != product.option_names.is_empty() {
            let problem = "Name what variants differ in, and add at least one variant, or neither";
            errors.add("option_names", problem);
        }
        if self.variants.len() > MAX_VARIANTS {
            let problem = format!("A product has at most {MAX_VARIANTS} variants");
            errors.add("option_names", problem);
        } else {
            for (number, details) in self.variants.iter().enumerate() {
                details.check(number, &mut product, &mut errors);
            }
        }
        errors.or(product.at_lowest_price())
    }
}

impl VariantDetails {
    /// Adds the variant in the row of this number to the product, or notes what is wrong with it.
    fn check(&self, number: usize, product: &mut Product, errors: &mut FieldErrors) {
        let field = |name: &str| format!("variant-{number}-{name}");
        let sku = Sku::of_variant(&product.id, self.word.trim());
        let sku = sku
            .map_err(|_| "Enter lower-case letters, digits and single hyphens, such as gold-256");
        let sku = errors.check(&field("word"), sku);
        let options = list(&self.options);
        if options.len() != product.option_names.len() {
            let expected = product.option_names.join(", ");
            let problem = format!("Enter one value for each of: {expected}");
            errors.add(field("options"), problem);
        }
        let currency = product.price.currency;
        let price = errors.check(&field("price"), price(&self.price, currency));
        let left = errors.check(&field("stock"), counted(&self.stock));
        let image = Some(&self.image).filter(|image| !image.trim().is_empty());
        let image = image.map(|image| picture(image)).transpose();
        let image = errors.check(&field("image"), image);
        let (Some(sku), Some(price), Some(left), Some(image)) = (sku, price, left, image) else {
            return;
        };
        for known in &product.variants {
            if known.sku == sku {
                errors.add(field("word"), "Another variant has this word");
            } else if known.options == options {
                errors.add(field("options"), "Another variant has these values");
            }
        }
        let count = left.map(|left| (sku.clone(), Count(left)));
        product.stock.extend(count);
        product.variants.push(Variant {
            sku,
            options,
            price,
            image,
        });
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
            image: "http://elsewhere.example/a.png".into(),
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
