//! What the bot answers, written as Discord reads it.

use serenity::all::{
    AutocompleteChoice, ButtonStyle as Style, CreateActionRow, CreateAllowedMentions,
    CreateAutocompleteResponse, CreateButton, CreateEmbed, CreateEmbedFooter, CreateInputText,
    CreateInteractionResponse, CreateInteractionResponseMessage, CreateModal, InputTextStyle,
};

use crate::answer::{
    Answer, Button, ButtonStyle, Choices, Embed, InputStyle, Message, Modal, Placement, TextInput,
    Visibility,
};
use crate::domain::command::Deferral;

/// An answer given at once.
pub(crate) fn immediate(answer: &Answer) -> CreateInteractionResponse {
    match answer {
        Answer::Message(text) => match text.placement() {
            Placement::New => CreateInteractionResponse::Message(new_message(text)),
            Placement::Update => CreateInteractionResponse::UpdateMessage(edit(text)),
        },
        Answer::Modal(window) => CreateInteractionResponse::Modal(modal(window)),
        Answer::Choices(found) => CreateInteractionResponse::Autocomplete(choices(found)),
    }
}

/// The promise of an answer; `None` where none can be promised.
pub(crate) fn deferred(deferral: Deferral) -> Option<CreateInteractionResponse> {
    let promise = CreateInteractionResponseMessage::new();
    match deferral {
        Deferral::Public => Some(CreateInteractionResponse::Defer(promise)),
        Deferral::Ephemeral => Some(CreateInteractionResponse::Defer(promise.ephemeral(true))),
        Deferral::Update => Some(CreateInteractionResponse::Acknowledge),
        Deferral::Never => None,
    }
}

/// A message of its own.
pub(crate) fn new_message(message: &Message) -> CreateInteractionResponseMessage {
    match message.visibility() {
        Visibility::Public => edit(message),
        Visibility::Ephemeral => edit(message).ephemeral(true),
    }
}

/// A message in place of another. Everything is said, so that nothing of the other is left; who sees
/// it stays as it was.
pub(crate) fn edit(message: &Message) -> CreateInteractionResponseMessage {
    let buttons: Vec<_> = message.buttons().iter().map(button).collect();
    let rows = if buttons.is_empty() {
        Vec::new()
    } else {
        vec![CreateActionRow::Buttons(buttons)]
    };
    CreateInteractionResponseMessage::new()
        .content(message.content().unwrap_or_default())
        .embeds(message.the_embed().map(embed).into_iter().collect())
        .components(rows)
        .allowed_mentions(CreateAllowedMentions::new())
}

fn embed(embed: &Embed) -> CreateEmbed {
    let mut written = CreateEmbed::new().title(embed.title());
    if let Some(description) = embed.description() {
        written = written.description(description);
    }
    if let Some(footer) = embed.footer() {
        written = written.footer(CreateEmbedFooter::new(footer));
    }
    written.fields(
        embed
            .fields()
            .iter()
            .map(|field| (&field.name, &field.value, false)),
    )
}

fn button(button: &Button) -> CreateButton {
    let style = match button.style {
        ButtonStyle::Primary => Style::Primary,
        ButtonStyle::Secondary => Style::Secondary,
        ButtonStyle::Danger => Style::Danger,
    };
    CreateButton::new(button.custom_id())
        .label(button.label())
        .style(style)
        .disabled(!button.is_enabled)
}

fn modal(modal: &Modal) -> CreateModal {
    let rows = modal
        .inputs()
        .iter()
        .map(|input| CreateActionRow::InputText(text_input(input)));
    CreateModal::new(modal.custom_id(), modal.title()).components(rows.collect())
}

fn text_input(input: &TextInput) -> CreateInputText {
    let style = match input.style {
        InputStyle::Short => InputTextStyle::Short,
        InputStyle::Paragraph => InputTextStyle::Paragraph,
    };
    // At most 4,000, by construction.
    let max_length = u16::try_from(input.max_length()).unwrap_or(u16::MAX);
    let mut written = CreateInputText::new(style, input.label(), input.id())
        .required(input.is_required)
        .max_length(max_length);
    if let Some(value) = input.value() {
        written = written.value(value);
    }
    if let Some(placeholder) = input.placeholder() {
        written = written.placeholder(placeholder);
    }
    written
}

fn choices(choices: &Choices) -> CreateAutocompleteResponse {
    let choices = choices
        .iter()
        .map(|choice| AutocompleteChoice::new(choice.name(), choice.value()));
    CreateAutocompleteResponse::new().set_choices(choices.collect())
}
