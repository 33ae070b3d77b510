//! People: they type commands, press buttons and fill in forms, and see what the bot answers.

use std::sync::Arc;
use std::time::Instant;

use ed25519_dalek::Signer as _;
use serde_json::{Value, json};

use super::answers::accept;
use super::reply::{Reply, reply};
use super::{APPLICATION_ID, Exchange, INTERACTION_TOKEN, PATIENCE, State, hex};

/// How an interaction reaches the bot.
#[derive(Debug, Clone)]
pub(crate) enum EntryPoint {
    Gateway,
    /// The address of the bot's HTTP server.
    Http(String),
}

/// Somebody in a guild.
#[derive(Clone)]
pub(crate) struct Member {
    state: Arc<State>,
    entry_point: EntryPoint,
    pub(crate) guild_id: u64,
    pub(crate) user_id: u64,
}

/// An interaction that has been sent.
pub(crate) struct Sent {
    state: Arc<State>,
    pub(crate) id: u64,
}

pub(crate) fn channel_id(guild_id: u64) -> u64 {
    guild_id + 1
}

impl Member {
    pub(crate) fn new(
        state: Arc<State>,
        entry_point: EntryPoint,
        guild_id: u64,
        user_id: u64,
    ) -> Self {
        Self {
            state,
            entry_point,
            guild_id,
            user_id,
        }
    }

    /// The same person in another guild.
    pub(crate) fn in_guild(&self, guild_id: u64) -> Self {
        Self {
            guild_id,
            ..self.clone()
        }
    }

    /// Somebody else in the same guild.
    pub(crate) fn neighbour(&self, number: u64) -> Self {
        Self {
            user_id: self.user_id + number,
            ..self.clone()
        }
    }

    /// Types `/name` with these options and waits for the whole answer.
    pub(crate) async fn command(&self, name: &str, options: Value) -> Reply {
        self.start_command(name, options).await.settled().await
    }

    /// Types `/name` and does not wait for the answer.
    pub(crate) async fn start_command(&self, name: &str, options: Value) -> Sent {
        let data = self.command_data(name, &options, None);
        self.send(2, data, None).await
    }

    /// Stops in the middle of typing an option and answers the values offered.
    pub(crate) async fn complete(&self, name: &str, option: &str, typed: &str) -> Vec<String> {
        let data = self.command_data(name, &json!({ option: typed }), Some(option));
        let reply = self.send(4, data, None).await.settled().await;
        let choices = reply.data["choices"].as_array().unwrap().clone();
        choices
            .iter()
            .map(|choice| choice["value"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Presses the button with this label under the message of a reply.
    pub(crate) async fn press(&self, reply: &Reply, label: &str) -> Reply {
        self.start_press(reply, label).await.settled().await
    }

    /// Presses the button and does not wait for the answer.
    pub(crate) async fn start_press(&self, reply: &Reply, label: &str) -> Sent {
        let custom_id = reply.button(label);
        let custom_id = custom_id.unwrap_or_else(|| panic!("no button `{label}`: {reply:#?}"));
        let data = json!({ "custom_id": custom_id, "component_type": 2 });
        self.send(3, data, reply.message.clone()).await
    }

    /// Presses a button with this id, whether or not it is there.
    pub(crate) async fn press_id(&self, reply: &Reply, custom_id: &str) -> Reply {
        let data = json!({ "custom_id": custom_id, "component_type": 2 });
        self.send(3, data, reply.message.clone())
            .await
            .settled()
            .await
    }

    /// Fills in the form of a reply. What is not given keeps the value it came with.
    pub(crate) async fn submit(&self, form: &Reply, values: &[(&str, &str)]) -> Reply {
        self.start_submit(form, values).await.settled().await
    }

    /// Sends the form and does not wait for the answer.
    pub(crate) async fn start_submit(&self, form: &Reply, values: &[(&str, &str)]) -> Sent {
        assert_eq!(form.kind, 9, "not a form: {form:#?}");
        let rows = form.data["components"].as_array().unwrap().iter();
        let inputs = rows.map(|row| {
            let input = &row["components"][0];
            let given = values.iter().find(|(name, _)| input["custom_id"] == *name);
            let value = given.map_or_else(|| input["value"].as_str().unwrap_or(""), |(_, value)| value);
            json!({ "type": 1, "components": [{ "type": 4, "custom_id": input["custom_id"], "value": value }] })
        });
        let data = json!({ "custom_id": form.data["custom_id"], "components": inputs.collect::<Vec<_>>() });
        self.send(5, data, None).await
    }

    /// Sends the interaction through the entry point.
    pub(crate) async fn send(&self, kind: u64, data: Value, message: Option<Value>) -> Sent {
        let interaction = self.interaction(kind, &data, message);
        self.deliver(&interaction).await
    }

    /// Sends an interaction, for a second time even.
    pub(crate) async fn deliver(&self, interaction: &Value) -> Sent {
        let sent = self.sent(interaction);
        match &self.entry_point {
            EntryPoint::Gateway => {
                self.state
                    .gateway
                    .dispatch(self.guild_id, "INTERACTION_CREATE", interaction);
            }
            EntryPoint::Http(url) => {
                let (status, body) = self.post(url, interaction).await;
                assert_eq!(status, 200, "{body}");
                accept(&self.state, sent.id, serde_json::from_str(&body).unwrap()).unwrap_or_else(
                    |refusal| {
                        self.state
                            .complain(format!("the HTTP answer: {refusal:?}: {body}"));
                    },
                );
            }
        }
        sent
    }

    /// An interaction that is sent by other means.
    pub(crate) fn sent(&self, interaction: &Value) -> Sent {
        let id = interaction["id"].as_str().unwrap().parse().unwrap();
        Sent {
            state: Arc::clone(&self.state),
            id,
        }
    }

    /// Posts an interaction as Discord does; answers status and body.
    pub(crate) async fn post(&self, url: &str, interaction: &Value) -> (u16, String) {
        let body = interaction.to_string();
        let timestamp = std::time::UNIX_EPOCH
            .elapsed()
            .unwrap()
            .as_secs()
            .to_string();
        let signature = self
            .state
            .signing_key
            .sign(format!("{timestamp}{body}").as_bytes());
        let response = self
            .state
            .client
            .post(format!("{url}/interactions"))
            .header("content-type", "application/json")
            .header(
                "user-agent",
                "Discord-Interactions/1.0 (+https://discord.com)",
            )
            .header("x-signature-ed25519", hex(&signature.to_bytes()))
            .header("x-signature-timestamp", timestamp)
            .timeout(PATIENCE)
            .body(body)
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        (status, response.text().await.unwrap())
    }

    /// An interaction as Discord writes it, noted so that it can be answered.
    pub(crate) fn interaction(&self, kind: u64, data: &Value, message: Option<Value>) -> Value {
        let id = self.state.next_id();
        let token = format!("{INTERACTION_TOKEN}{id}");
        let exchange = Exchange {
            token: token.clone(),
            kind,
            guild_id: self.guild_id,
            started: Instant::now(),
            callback: None,
            message: message.clone(),
            is_loading: false,
            followups: Vec::new(),
        };
        self.state.exchanges.lock().unwrap().insert(id, exchange);
        let (guild_id, channel_id) = (
            self.guild_id.to_string(),
            channel_id(self.guild_id).to_string(),
        );
        let mut interaction = json!({
            "id": id.to_string(), "application_id": APPLICATION_ID.to_string(), "type": kind, "data": data,
            "guild_id": guild_id, "channel_id": channel_id,
            "guild": { "id": guild_id, "locale": "en-US", "features": [] },
            "channel": { "id": channel_id, "guild_id": guild_id, "type": 0, "name": "general", "permissions": "562949953421311" },
            "member": {
                "user": { "id": self.user_id.to_string(), "username": format!("user{}", self.user_id), "discriminator": "0", "global_name": "Ada", "avatar": null, "public_flags": 0 },
                "nick": null, "avatar": null, "roles": [], "joined_at": "2025-01-05T10:00:00.000000+00:00", "premium_since": null,
                "deaf": false, "mute": false, "flags": 0, "pending": false, "permissions": "562949953421311", "communication_disabled_until": null,
            },
            "token": token, "version": 1, "app_permissions": "562949953421311", "locale": "en-US", "guild_locale": "en-US",
            "entitlements": [], "authorizing_integration_owners": { "0": guild_id }, "context": 0, "attachment_size_limit": 10_485_760,
        });
        if let Some(message) = message {
            interaction["message"] = message;
        }
        interaction
    }

    /// The data of a command, with the types of its options as they were published.
    pub(crate) fn command_data(&self, name: &str, options: &Value, focused: Option<&str>) -> Value {
        let published = self.state.commands.lock().unwrap();
        let command = [None, Some(self.guild_id)]
            .iter()
            .filter_map(|scope| published.get(scope))
            .flatten()
            .find(|command| command["name"] == name)
            .unwrap_or_else(|| panic!("/{name} is not published"));
        let option = |(option, value): (&String, &Value)| {
            let known = command["options"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|known| known["name"] == *option);
            let known = known.unwrap_or_else(|| panic!("/{name} has no option {option}"));
            let mut given = json!({ "name": option, "type": known["type"], "value": value });
            if focused == Some(option) {
                assert_eq!(
                    known["autocomplete"], true,
                    "/{name} {option} is not completed"
                );
                given["focused"] = json!(true);
            }
            given
        };
        let options: Vec<Value> = options.as_object().unwrap().iter().map(option).collect();
        json!({ "id": command["id"], "name": name, "type": 1, "options": options })
    }
}

impl Sent {
    /// What allows to answer.
    pub(crate) fn token(&self) -> String {
        self.state.exchanges.lock().unwrap()[&self.id].token.clone()
    }

    /// Waits for a message after the first answer.
    pub(crate) async fn followed_up(&self) -> Reply {
        let id = self.id;
        let followed_up = |state: &State| {
            reply(id, &state.exchanges.lock().unwrap()[&id])
                .filter(|reply| !reply.followups.is_empty())
        };
        self.state.until("a follow-up", followed_up).await
    }

    /// Waits for the first answer, which may be that there will be one.
    pub(crate) async fn first(&self) -> Reply {
        let id = self.id;
        self.state
            .until("an answer", |state| {
                reply(id, &state.exchanges.lock().unwrap()[&id])
            })
            .await
    }

    /// Waits until people no longer see that the bot is thinking.
    pub(crate) async fn settled(&self) -> Reply {
        let id = self.id;
        let what = "the end of an answer";
        let settled = |state: &State| {
            let exchanges = state.exchanges.lock().unwrap();
            reply(id, &exchanges[&id]).filter(|_| !exchanges[&id].is_loading)
        };
        self.state.until(what, settled).await
    }
}
