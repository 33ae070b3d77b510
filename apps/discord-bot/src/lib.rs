//! A Discord bot that queries and inserts documents through the Astra Data API.
