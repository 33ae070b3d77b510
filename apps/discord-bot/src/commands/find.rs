//! `/find`: the documents that match, in pages of five.

use crate::answer::{Answer, Choice, Choices, Message};
use crate::commands::{Access, Asked, Command, CommandOption, Deferral, Input, filter_options};
use crate::domain::id::InteractionId;
use crate::domain::page::PageAt;
use crate::domain::search::{Count, Order, Search};
use crate::error::AppError;
use crate::request::Options;
use crate::store::Store;
use crate::views::page;

const COMMAND: &str = "find";

/// What Discord is told.
pub fn register() -> Command {
    let mut options = filter_options::register();
    options.push(CommandOption {
        name: "sort",
        description: "newest, oldest, or a field such as price; -price for the greatest first",
        is_required: false,
        input: Input::Completed { max_length: 100 },
    });
    Command {
        name: COMMAND,
        description: "Finds documents of this server",
        options,
        access: Access::Everyone,
        deferral: Deferral::Public,
    }
}

/// Shows the first page.
pub async fn run(store: &Store, asked: Asked, options: &Options) -> Result<Answer, AppError> {
    let filter = filter_options::read(options)?;
    let order = options.get("sort").map_or(Ok(Order::Newest), str::parse)?;
    let uncounted = Count {
        counted: 0,
        and_more: false,
    };
    let mut search = Search::new(asked.id, asked.guild, asked.by.id, filter, order, uncounted);
    let at = PageAt::FIRST;
    let (page, total) = tokio::try_join!(
        store.documents.page(asked.guild, &search, at),
        store.documents.count(asked.guild, &search.filter),
    )?;
    search.total = total;
    // Only a search with another page is ever asked for again.
    if page.next.is_some() {
        store.searches.insert(&search).await?;
    }
    Ok(page::message(COMMAND, &search, at, &page)?.into())
}

/// Shows another page in place of the one whose button was pressed.
pub async fn press(store: &Store, asked: Asked, parts: &[&str]) -> Result<Answer, AppError> {
    let (id, at) = read_button(parts)?;
    let pressed_at = asked.id.0.made_at();
    let Some(search) = store.searches.find(asked.guild, id, pressed_at).await? else {
        return Err(AppError::refused(
            "This search is over: they are kept for a day. Please give /find again.",
        ));
    };
    if search.asked_by != asked.by.id {
        return Err(AppError::refused(
            "These buttons are for whoever searched. /find makes some of your own.",
        ));
    }
    let page = store.documents.page(asked.guild, &search, at).await?;
    let message: Message = page::message(COMMAND, &search, at, &page)?;
    Ok(message.in_place().into())
}

/// Orders and fields that have in them what was typed.
pub async fn complete(
    store: &Store,
    asked: &Asked,
    option: &str,
    typed: &str,
) -> Result<Choices, AppError> {
    match option {
        "field" => filter_options::complete_field(store, asked, typed).await,
        "sort" => complete_sort(store, asked, typed).await,
        _ => Ok(Choices::default()),
    }
}

async fn complete_sort(store: &Store, asked: &Asked, typed: &str) -> Result<Choices, AppError> {
    let fields = filter_options::known_fields(store, asked).await?;
    let orders = [
        ("newest first".to_owned(), "newest".to_owned()),
        ("oldest first".to_owned(), "oldest".to_owned()),
    ];
    let by_fields = fields.into_iter().flat_map(|field| {
        [
            (format!("{field}, smallest first"), field.clone()),
            (format!("{field}, greatest first"), format!("-{field}")),
        ]
    });
    let wanted = typed.trim().to_lowercase();
    let orders = orders.into_iter().chain(by_fields);
    let fits = |text: &str| text.to_lowercase().contains(&wanted);
    let fitting = orders.filter(|(words, order)| fits(words) || fits(order));
    Ok(fitting
        .filter_map(|(words, order)| Choice::new(words, order))
        .collect())
}

fn read_button(parts: &[&str]) -> Result<(InteractionId, PageAt), AppError> {
    let unknown = || AppError::refused("I do not know this button. Please give /find again.");
    let [id, at] = parts else {
        return Err(unknown());
    };
    let id = id.parse().map(InteractionId).map_err(|_| unknown())?;
    Ok((id, at.parse().map_err(|_| unknown())?))
}
