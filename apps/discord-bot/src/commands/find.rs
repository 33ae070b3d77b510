//! `/find`: the documents that match, in pages of five.

use super::filter_options;
use crate::answer::{Answer, Choice, Choices, Message};
use crate::domain::command::{Access, Command, CommandOption, Deferral, Input};
use crate::domain::id::InteractionId;
use crate::domain::page::PageAt;
use crate::domain::search::Order;
use crate::error::AppError;
use crate::invocation::Invocation;
use crate::request::Options;
use crate::store::Store;
use crate::use_cases::search_documents;
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
pub async fn run(
    store: &Store,
    invocation: Invocation,
    options: &Options,
) -> Result<Answer, AppError> {
    let filter = filter_options::read(options)?;
    let order = options.get("sort").map_or(Ok(Order::Newest), str::parse)?;
    let (search, page) = search_documents::search(store, &invocation, filter, order).await?;
    let at = PageAt::FIRST;
    Ok(page::message(COMMAND, &search, at, &page)?.into())
}

/// Shows another page in place of the one whose button was pressed.
pub async fn press(
    store: &Store,
    invocation: Invocation,
    parts: &[&str],
) -> Result<Answer, AppError> {
    let (id, at) = read_button(parts)?;
    let (search, page) = search_documents::another_page(store, &invocation, id, at).await?;
    let message: Message = page::message(COMMAND, &search, at, &page)?;
    Ok(message.in_place().into())
}

/// Orders and fields that have in them what was typed.
pub async fn complete(
    store: &Store,
    invocation: &Invocation,
    option: &str,
    typed: &str,
) -> Result<Choices, AppError> {
    match option {
        "field" => filter_options::complete_field(store, invocation, typed).await,
        "sort" => complete_sort(store, invocation, typed).await,
        _ => Ok(Choices::default()),
    }
}

async fn complete_sort(
    store: &Store,
    invocation: &Invocation,
    typed: &str,
) -> Result<Choices, AppError> {
    let fields = filter_options::known_fields(store, invocation).await?;
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
