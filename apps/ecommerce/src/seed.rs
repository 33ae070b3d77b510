//! The sample catalogue. Prices, texts and pictures are for you to replace.

use indexmap::IndexMap;

use crate::brand;
use crate::domain::id::{ProductId, Sku};
use crate::domain::money::Money;
use crate::domain::product::{Category, Count, Product, Variant};
use crate::store::{Store, StoreError};

/// Adds the sample products the shop does not have and answers how many that were. A product that
/// exists is never touched, so an edited price stays.
pub async fn seed(store: &Store) -> Result<usize, StoreError> {
    store.products.insert_missing(&catalogue()).await
}

/// One line of the table below.
struct Sample {
    id: &'static str,
    name: &'static str,
    price_cents: u64,
    featured: bool,
    tagline: &'static str,
    description: &'static str,
    highlights: [&'static str; 4],
}

fn catalogue() -> Vec<Product> {
    let departments: [(Category, &[Sample]); 5] = [
        (Category::Phones, PHONES),
        (Category::Tablets, TABLETS),
        (Category::Watches, WATCHES),
        (Category::Audio, AUDIO),
        (Category::Accessories, ACCESSORIES),
    ];
    let samples = departments
        .into_iter()
        .flat_map(|(category, samples)| samples.iter().map(move |sample| (category, sample)));
    samples
        .zip(1..)
        .filter_map(|((category, sample), rank)| product(category, sample, rank))
        .collect()
}

/// `None` only for an id that is none, which the test below rules out.
fn product(category: Category, sample: &Sample, rank: u64) -> Option<Product> {
    let id: ProductId = sample.id.parse().ok()?;
    let choices = CHOICES.iter().find(|choices| choices.id == sample.id);
    let variants = match choices {
        Some(choices) => choices.variants(&id)?,
        None => Vec::new(),
    };
    let mut stock: IndexMap<Sku, Count> = variants
        .iter()
        .map(|(variant, left)| (variant.sku.clone(), Count(*left)))
        .collect();
    if variants.is_empty() {
        stock.insert(Sku::from(&id), Count(stock_of(sample.id)));
    }
    let product = Product {
        image: format!("/static/products/{id}.svg"),
        name: sample.name.to_owned(),
        tagline: sample.tagline.to_owned(),
        description: sample.description.to_owned(),
        highlights: sample.highlights.map(str::to_owned).into(),
        category,
        price: Money::new(sample.price_cents, brand::CURRENCY),
        featured: sample.featured,
        rank,
        option_names: choices
            .map(|choices| {
                choices
                    .options
                    .iter()
                    .map(|&name| name.to_owned())
                    .collect()
            })
            .unwrap_or_default(),
        variants: variants.into_iter().map(|(variant, _)| variant).collect(),
        stock,
        ..Product::blank(id, brand::CURRENCY)
    };
    Some(product.with_what_follows())
}

/// How many there are of the products without variants; of those not named, two hundred.
fn stock_of(id: &str) -> u64 {
    match id {
        "pico-flip" => 0,
        "noon-classic" => 1,
        "sketch-pro" => 2,
        "turn-one" => 9,
        "orbit" => 2_500,
        "braid-cable" => 4_000,
        _ => 200,
    }
}

/// The variants of a product of the tables below.
struct Choices {
    id: &'static str,
    options: &'static [&'static str],
    /// The word in its address, its options, its price, how many there are, and what the name of its
    /// own picture ends in, where it has one.
    variants: &'static [(
        &'static str,
        &'static [&'static str],
        u64,
        u64,
        &'static str,
    )],
}

impl Choices {
    fn variants(&self, id: &ProductId) -> Option<Vec<(Variant, u64)>> {
        let variant =
            |(word, options, price_cents, left, picture): &(&str, &[&str], u64, u64, &str)| {
                let variant = Variant {
                    sku: Sku::of_variant(id, word).ok()?,
                    options: options.iter().map(|&value| value.to_owned()).collect(),
                    price: Money::new(*price_cents, brand::CURRENCY),
                    image: (!picture.is_empty())
                        .then(|| format!("/static/products/{id}-{picture}.svg")),
                };
                Some((variant, *left))
            };
        self.variants.iter().map(variant).collect()
    }
}

const CHOICES: &[Choices] = &[
    Choices {
        id: "iphone-12-pro",
        options: &["Colour", "Storage"],
        variants: &[
            ("graphite-128", &["Graphite", "128 GB"], 79_900, 40, ""),
            ("graphite-256", &["Graphite", "256 GB"], 87_900, 25, ""),
            ("graphite-512", &["Graphite", "512 GB"], 104_900, 6, ""),
            ("gold-128", &["Gold", "128 GB"], 79_900, 3, "gold"),
            ("gold-256", &["Gold", "256 GB"], 87_900, 0, "gold"),
            ("silver-128", &["Silver", "128 GB"], 79_900, 18, "silver"),
            ("silver-512", &["Silver", "512 GB"], 104_900, 1, "silver"),
        ],
    },
    Choices {
        id: "slate-11",
        options: &["Storage", "Connection"],
        variants: &[
            ("64-wifi", &["64 GB", "Wi-Fi"], 44_900, 60, ""),
            ("64-5g", &["64 GB", "Wi-Fi and 5G"], 57_900, 20, ""),
            ("256-wifi", &["256 GB", "Wi-Fi"], 54_900, 35, ""),
            ("256-5g", &["256 GB", "Wi-Fi and 5G"], 67_900, 4, ""),
        ],
    },
    Choices {
        id: "stride",
        options: &["Strap"],
        variants: &[
            ("berry", &["Berry"], 6_900, 80, ""),
            ("slate", &["Slate"], 6_900, 120, "slate"),
            ("moss", &["Moss"], 6_900, 0, "moss"),
        ],
    },
    Choices {
        id: "felt-sleeve",
        options: &["Size", "Felt"],
        variants: &[
            ("8-grey", &["8 inches", "Grey"], 2_900, 30, ""),
            ("8-rust", &["8 inches", "Rust"], 2_900, 2, "rust"),
            ("11-grey", &["11 inches", "Grey"], 3_500, 45, ""),
            ("11-rust", &["11 inches", "Rust"], 3_500, 12, "rust"),
        ],
    },
    Choices {
        id: "tan-case",
        options: &["Leather"],
        variants: &[
            ("tan", &["Tan"], 4_500, 70, ""),
            ("oak", &["Oak"], 4_500, 25, "oak"),
            ("black", &["Black"], 4_500, 90, "black"),
        ],
    },
];

const PHONES: &[Sample] = &[
    Sample {
        id: "iphone-12",
        name: "iPhone 12",
        price_cents: 49_900,
        featured: true,
        tagline: "The all-rounder in deep blue",
        description: "Flat edges, a bright 6.1-inch screen and two cameras that see well after dark. It is the phone most \
                      people need, at a price most people like.\n\n\
                      Refreshed and checked by hand, with a new battery and a year of cover.",
        highlights: [
            "6.1-inch OLED screen",
            "Two 12-megapixel cameras",
            "5G, wireless charging",
            "New battery fitted",
        ],
    },
    Sample {
        id: "iphone-se",
        name: "iPhone SE",
        price_cents: 42_900,
        featured: false,
        tagline: "Small, quick, and it has a button",
        description: "For pockets and for people who liked phones the way they were: a home button that knows your finger, a \
                      4.7-inch screen and a chip that is faster than it has any need to be.\n\n\
                      The lightest phone on our shelf.",
        highlights: [
            "4.7-inch screen",
            "Home button with fingerprint reader",
            "148 grams",
            "Wireless charging",
        ],
    },
    Sample {
        id: "iphone-12-pro",
        name: "iPhone 12 Pro",
        price_cents: 79_900,
        featured: true,
        tagline: "Three cameras and a steel frame",
        description: "A telephoto lens for the other side of the street, a wide one for the whole street, and a scanner that \
                      measures the room while you decorate it.\n\n\
                      Stainless steel around the edge, frosted glass at the back.",
        highlights: [
            "6.1-inch OLED screen",
            "Three cameras and depth scanner",
            "Stainless steel frame",
            "5G, wireless charging",
        ],
    },
    Sample {
        id: "iphone-11",
        name: "iPhone 11",
        price_cents: 30_000,
        featured: false,
        tagline: "The sensible one, in mint",
        description: "Still quick, still getting updates, and the battery easily sees the evening. If you hand a first phone to \
                      somebody you love, hand them this one.",
        highlights: [
            "6.1-inch LCD screen",
            "Two cameras, night mode",
            "All-day battery",
            "Refreshed, one year of cover",
        ],
    },
    Sample {
        id: "fairline-5",
        name: "Fairline 5",
        price_cents: 54_900,
        featured: true,
        tagline: "Ten parts, one screwdriver",
        description: "A phone that comes with its screwdriver. Screen, battery, camera, port: each part comes out in minutes \
                      and its replacement arrives by post.\n\n\
                      Eight years of updates are promised in writing, because there is no point in repairing a phone that \
                      forgets how to be one.",
        highlights: [
            "Every part replaceable at home",
            "Eight years of updates",
            "Removable battery",
            "Screwdriver in the box",
        ],
    },
    Sample {
        id: "pico-flip",
        name: "Pico Flip",
        price_cents: 89_900,
        featured: false,
        tagline: "Closes with a click",
        description: "Folded, it is a small square that hides in a hand. Open, it is a whole screen without a seam you can \
                      feel. The little display on the lid tells you who is calling, so that you can leave it closed.",
        highlights: [
            "6.7 inches open, 8 cm closed",
            "Lid display",
            "200,000 folds tested",
            "Props itself up for photos",
        ],
    },
];

const TABLETS: &[Sample] = &[
    Sample {
        id: "slate-11",
        name: "Slate 11",
        price_cents: 44_900,
        featured: true,
        tagline: "A kitchen table's worth of screen",
        description: "Eleven inches that do films, recipes and homework. Thin enough to forget in a bag, loud enough to fill a \
                      tent.",
        highlights: [
            "11-inch screen, 120 Hz",
            "Four speakers",
            "Ten hours of film",
            "Works with Sketch Pencil",
        ],
    },
    Sample {
        id: "slate-mini",
        name: "Slate Mini",
        price_cents: 32_900,
        featured: false,
        tagline: "For one hand and a good chair",
        description: "The size of a paperback. It reads, it draws, it finds its way through a city, and it weighs less than the \
                      paperback.",
        highlights: [
            "8.3-inch screen",
            "293 grams",
            "USB-C",
            "Fits a coat pocket",
        ],
    },
    Sample {
        id: "folio-paper",
        name: "Folio Paper",
        price_cents: 18_900,
        featured: true,
        tagline: "Ink that is in no hurry",
        description: "A screen like paper, with a warm light for late chapters and a battery that is measured in weeks. No \
                      notifications, no feeds: it holds about three thousand books and lets you read them.",
        highlights: [
            "7-inch e-ink screen",
            "Warm front light",
            "Six weeks per charge",
            "Survives the bath",
        ],
    },
    Sample {
        id: "sketch-pro",
        name: "Sketch Pro 13",
        price_cents: 99_900,
        featured: false,
        tagline: "A drawing desk that fits a bag",
        description: "Thirteen inches of matt glass with the drag of good paper, and a pencil that is part of the price. Made \
                      with illustrators, who asked for a screen that does not shine and got it.",
        highlights: [
            "13-inch matt screen",
            "Pencil included",
            "True-colour panel",
            "Kickstand at any angle",
        ],
    },
];

const WATCHES: &[Sample] = &[
    Sample {
        id: "orbit",
        name: "Orbit",
        price_cents: 27_900,
        featured: true,
        tagline: "A round face that counts your days",
        description: "Steps, sleep, heart and, above all, the time, on a round face that stays on. Five days on a charge, so \
                      that it can watch you sleep and still wake you.",
        highlights: [
            "Always-on round display",
            "Five days per charge",
            "Heart, sleep and 40 sports",
            "Swim-proof to 50 m",
        ],
    },
    Sample {
        id: "orbit-trail",
        name: "Orbit Trail",
        price_cents: 44_900,
        featured: false,
        tagline: "For where the map ends",
        description: "Titanium, sapphire, maps without a phone, and a light that has found more than one tent peg. It forecasts \
                      the weather from the pressure and is right more often than you would like.",
        highlights: [
            "Titanium and sapphire",
            "Offline maps",
            "Three weeks per charge",
            "Dive-proof to 100 m",
        ],
    },
    Sample {
        id: "stride",
        name: "Stride Band",
        price_cents: 6_900,
        featured: false,
        tagline: "As little as a tracker can be",
        description: "A slim band that buzzes when you have sat too long and otherwise keeps quiet. Eleven grams, two weeks on \
                      a charge.",
        highlights: [
            "11 grams",
            "Two weeks per charge",
            "Silent alarm",
            "Swim-proof",
        ],
    },
    Sample {
        id: "noon-classic",
        name: "Noon Classic",
        price_cents: 22_900,
        featured: true,
        tagline: "Two hands, no charger",
        description: "Not smart at all: a Swiss movement, a domed crystal and a strap that will look better in five years. It \
                      tells the time for about a decade and then asks for a new battery.",
        highlights: [
            "38 mm steel case",
            "Swiss quartz movement",
            "Vegetable-tanned strap",
            "Ten-year battery",
        ],
    },
];

const AUDIO: &[Sample] = &[
    Sample {
        id: "drift",
        name: "Drift Headphones",
        price_cents: 24_900,
        featured: true,
        tagline: "Turn the aeroplane off",
        description: "Soft ear cups and noise cancelling that takes out engines, fans and open-plan offices. Forty hours on a \
                      charge, and a plain cable in the box for when you forget.",
        highlights: [
            "Active noise cancelling",
            "40 hours per charge",
            "Folds flat",
            "Cable included",
        ],
    },
    Sample {
        id: "pebble",
        name: "Pebble Earbuds",
        price_cents: 12_900,
        featured: true,
        tagline: "Two stones from a quiet beach",
        description: "Small, smooth, and they stay where you put them. The case closes with the click you will find yourself \
                      clicking.",
        highlights: [
            "Noise cancelling",
            "30 hours with case",
            "Wireless charging",
            "Four sizes of tips",
        ],
    },
    Sample {
        id: "canto",
        name: "Canto Speaker",
        price_cents: 17_900,
        featured: false,
        tagline: "Fills a room, then follows you to the garden",
        description: "Walnut and wool around a speaker that plays louder than it looks, with a handle, because music should \
                      move.",
        highlights: [
            "Walnut and wool",
            "20 hours per charge",
            "Pairs in stereo",
            "Rain-proof",
        ],
    },
    Sample {
        id: "reed",
        name: "Reed Soundbar",
        price_cents: 34_900,
        featured: false,
        tagline: "Voices you can follow",
        description: "One bar under the television, tuned for speech: whispers come forward and explosions stay where they are. \
                      Film nights end with fewer questions.",
        highlights: [
            "Speech mode",
            "Wireless bass",
            "One cable",
            "Hangs or stands",
        ],
    },
    Sample {
        id: "turn-one",
        name: "Turn One",
        price_cents: 39_900,
        featured: false,
        tagline: "Side A, side B",
        description: "A belt-drive turntable with a good cartridge already fitted and a phono stage already inside: unpack it, \
                      put a record on. Solid ash, no app.",
        highlights: [
            "Belt drive, 33 and 45",
            "Cartridge fitted",
            "Built-in phono stage",
            "Solid ash plinth",
        ],
    },
];

const ACCESSORIES: &[Sample] = &[
    Sample {
        id: "halo-charger",
        name: "Halo Charger",
        price_cents: 3_900,
        featured: false,
        tagline: "Put it down, pick it up full",
        description: "A magnetic ring on a weighted foot: the phone clicks on, stands at an angle you can read from, and \
                      charges at full speed.",
        highlights: [
            "15 W, magnetic",
            "Weighted aluminium foot",
            "Stands and lies",
            "Cable included",
        ],
    },
    Sample {
        id: "twin-plug",
        name: "Twin Plug 45",
        price_cents: 2_900,
        featured: false,
        tagline: "Two ports, one small plug",
        description: "Forty-five watts shared sensibly between two USB-C ports: a laptop alone, or a tablet and a phone \
                      together. Folds flat for travel.",
        highlights: [
            "45 W, two USB-C",
            "Folding pins",
            "Smaller than a matchbox",
            "Cool to the touch",
        ],
    },
    Sample {
        id: "braid-cable",
        name: "Braid Cable",
        price_cents: 1_900,
        featured: false,
        tagline: "The last cable in the drawer",
        description: "Two metres of woven USB-C that does not tangle, does not fray and charges everything. Guaranteed for ten \
                      years; keep the receipt as a curiosity.",
        highlights: [
            "2 m, USB-C to USB-C",
            "100 W",
            "Woven nylon",
            "Ten-year guarantee",
        ],
    },
    Sample {
        id: "harbor-bank",
        name: "Harbor Power Bank",
        price_cents: 4_900,
        featured: true,
        tagline: "Two full charges in a coat",
        description: "Ten thousand milliamp-hours in a rounded block that does not scratch what it shares a pocket with. The \
                      little lamp shows how much is left, and finds keyholes.",
        highlights: [
            "10,000 mAh",
            "Charges two at once",
            "Lamp",
            "Allowed on aeroplanes",
        ],
    },
    Sample {
        id: "felt-sleeve",
        name: "Felt Sleeve",
        price_cents: 3_500,
        featured: false,
        tagline: "A jumper for your tablet",
        description: "Five millimetres of wool felt, cut in one piece and sewn along two sides. Fits tablets up to eleven \
                      inches and looks like nothing worth stealing.",
        highlights: [
            "Wool felt",
            "Fits up to 11 inches",
            "Leather pull",
            "Made in Portugal",
        ],
    },
    Sample {
        id: "tan-case",
        name: "Tan Case for iPhone 12",
        price_cents: 4_500,
        featured: false,
        tagline: "Leather that remembers",
        description: "Vegetable-tanned, so it darkens where you hold it. Raised a hair above screen and camera, and still thin \
                      enough for wireless charging.",
        highlights: [
            "Vegetable-tanned leather",
            "Raised edges",
            "Charges through",
            "Fits iPhone 12 and 12 Pro",
        ],
    },
    Sample {
        id: "perch-stand",
        name: "Perch Stand",
        price_cents: 2_500,
        featured: false,
        tagline: "A chair for your phone",
        description: "A curve of beech that holds a phone or a small tablet at reading height, upright or sideways, with a gap \
                      for the cable. That is all it does, and it does it without wobbling.",
        highlights: [
            "Solid beech",
            "Phones and small tablets",
            "Gap for a cable",
            "No assembly",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_becomes_a_product_with_its_own_id_and_picture() {
        let samples: usize = [PHONES, TABLETS, WATCHES, AUDIO, ACCESSORIES]
            .iter()
            .map(|samples| samples.len())
            .sum();
        let products = catalogue();
        let ids: std::collections::BTreeSet<&ProductId> =
            products.iter().map(|product| &product.id).collect();
        assert_eq!((products.len(), ids.len()), (samples, samples));
        for product in &products {
            for offer in product.offers() {
                let picture = format!("{}{}", env!("CARGO_MANIFEST_DIR"), offer.image);
                assert!(std::path::Path::new(&picture).is_file(), "{picture}");
            }
        }
    }

    #[test]
    fn the_four_phones_of_the_original_shop_cost_what_they_cost_there() {
        let products = catalogue();
        let price = |name: &str| {
            products
                .iter()
                .find(|product| product.name == name)
                .map(|product| product.price.amount_cents)
        };
        let names = ["iPhone 12", "iPhone SE", "iPhone 12 Pro", "iPhone 11"];
        assert_eq!(
            names.map(price),
            [Some(49_900), Some(42_900), Some(79_900), Some(30_000)]
        );
    }
}
