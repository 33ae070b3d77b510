//! `DataApiClient`: where every handle comes from.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::database::Database;
use crate::endpoint::{Endpoint, Environment};
use crate::error::{Error, Result};
use crate::options::Options;
use crate::timeouts::Timeouts;
#[cfg(feature = "http")]
use crate::transport::TlsVersion;
use crate::transport::{HttpSettings, RetryPolicy, Token, Transport};

/// Makes [`Database`] handles that share one pool of connections.
///
/// Cheap to clone. Keep one per program: connections are reused only within a client.
///
/// ```
/// use astra_db::DataApiClient;
///
/// # fn run() -> Result<(), astra_db::Error> {
/// let client = DataApiClient::new("AstraCS:…");
/// let db = client.database("https://ID-REGION.apps.astra.datastax.com")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct DataApiClient {
    shared: Arc<Shared>,
    options: Arc<Options>,
}

struct Shared {
    environment: Option<Environment>,
    api_path: Option<String>,
    /// Given, or made when the first database needs it.
    transport: OnceLock<Arc<dyn Transport>>,
    /// Whether it was given: it may then understand endpoints that are not URLs.
    custom: bool,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("environment", &self.environment)
            .field("api_path", &self.api_path)
            .field("transport", &self.transport.get())
            .finish_non_exhaustive()
    }
}

impl DataApiClient {
    /// A client with every setting at its default.
    pub fn new(token: impl Into<Token>) -> Self {
        Self::builder().token(token).assemble()
    }

    /// A client with other settings.
    pub fn builder() -> DataApiClientBuilder {
        DataApiClientBuilder {
            environment: None,
            api_path: None,
            http: HttpSettings::default(),
            transport: None,
            options: Options::default(),
        }
    }

    /// The database at an endpoint, `https://ID-REGION.apps.astra.datastax.com` or
    /// `http://host:8181`. Nothing is sent yet.
    ///
    /// With a [`Transport`] of your own the endpoint can also be any name it understands. A URL means
    /// the same as without: an endpoint of Astra has Astra's path and default keyspace.
    ///
    /// # Errors
    /// [`Error::Config`] when the endpoint is malformed or does not suit the environment.
    pub fn database(&self, endpoint: &str) -> Result<Database> {
        let environment = self.shared.environment;
        let endpoint = if self.shared.custom {
            Endpoint::of_transport(endpoint, environment)?
        } else {
            Endpoint::parse(endpoint, environment)?
        };
        self.open(&endpoint)
    }

    /// The Astra database of an id and a region.
    ///
    /// ```
    /// # fn run() -> Result<(), astra_db::Error> {
    /// let client = astra_db::DataApiClient::new("AstraCS:…");
    /// let db = client.database_by_id("01234567-89ab-cdef-0123-456789abcdef", "us-east1")?;
    /// assert_eq!(
    ///     db.endpoint(),
    ///     "https://01234567-89ab-cdef-0123-456789abcdef-us-east1.apps.astra.datastax.com",
    /// );
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Config`] when the id is no UUID, the region no name, or the environment not Astra.
    pub fn database_by_id(&self, id: &str, region: &str) -> Result<Database> {
        self.open(&Endpoint::of_database(id, region, self.shared.environment)?)
    }

    /// The databases of an organization on Astra: list, create, resume and drop them, and their
    /// keyspaces.
    ///
    /// # Errors
    /// [`Error::Config`] when the environment is not Astra.
    #[cfg(feature = "devops")]
    pub fn admin(&self) -> Result<crate::devops::Admin> {
        let environment = self.shared.environment.unwrap_or(Environment::Astra);
        crate::devops::Admin::new(environment, Arc::clone(&self.options))
    }

    /// A client with changed options; this one stays as it is.
    #[must_use]
    pub fn with_options(&self, change: impl FnOnce(Options) -> Options) -> Self {
        let options = Arc::new(change(Options::clone(&self.options)));
        Self {
            shared: Arc::clone(&self.shared),
            options,
        }
    }

    fn open(&self, endpoint: &Endpoint) -> Result<Database> {
        let path = self.shared.api_path.as_deref();
        let path = path.unwrap_or_else(|| endpoint.environment.api_path());
        Ok(Database::new(
            self.transport()?,
            endpoint,
            path,
            Arc::clone(&self.options),
        ))
    }

    fn transport(&self) -> Result<Arc<dyn Transport>> {
        if let Some(transport) = self.shared.transport.get() {
            return Ok(Arc::clone(transport));
        }
        let made = default_transport(&self.options.http)?;
        Ok(Arc::clone(self.shared.transport.get_or_init(|| made)))
    }
}

#[cfg(feature = "http")]
fn default_transport(settings: &HttpSettings) -> Result<Arc<dyn Transport>> {
    let transport = crate::transport::HttpTransport::with_settings(settings)?;
    Ok(Arc::new(transport))
}

#[cfg(not(feature = "http"))]
fn default_transport(_: &HttpSettings) -> Result<Arc<dyn Transport>> {
    Err(Error::config(
        "there is no transport: turn on the feature \"http\" of astra-db, or give one with \
         DataApiClient::builder().transport(..)",
    ))
}

/// Settings of a [`DataApiClient`]. Made by [`DataApiClient::builder`].
///
/// ```
/// use std::time::Duration;
/// use astra_db::{DataApiClient, Environment, Timeouts, UsernamePassword};
///
/// let client = DataApiClient::builder()
///     .environment(Environment::Cassandra)
///     .token(UsernamePassword::new("cassandra", "cassandra"))
///     .timeouts(Timeouts { general: Some(Duration::from_secs(5)), ..Timeouts::default() })
///     .options(|options| options.caller("my-shop", "1.2"))
///     .build()?;
/// # Ok::<(), astra_db::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct DataApiClientBuilder {
    environment: Option<Environment>,
    api_path: Option<String>,
    http: HttpSettings,
    transport: Option<Arc<dyn Transport>>,
    options: Options,
}

impl DataApiClientBuilder {
    /// What kind of Data API is talked to. Not needed for the usual endpoints of Astra.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// The token to send, see [`Options::token`].
    pub fn token(self, token: impl Into<Token>) -> Self {
        self.options(|options| options.token(token))
    }

    /// The time limits, see [`Options::timeouts`].
    pub fn timeouts(self, timeouts: Timeouts) -> Self {
        self.options(|options| options.timeouts(timeouts))
    }

    /// When to try again, see [`Options::retry`].
    pub fn retry(self, policy: impl RetryPolicy) -> Self {
        self.options(|options| options.retry(policy))
    }

    /// Everything else that can be set on every level.
    pub fn options(mut self, change: impl FnOnce(Options) -> Options) -> Self {
        self.options = change(self.options);
        self
    }

    /// The path of the API below the endpoint, `api/json/v1` on Astra and `v1` elsewhere.
    pub fn api_path(mut self, path: impl Into<String>) -> Self {
        self.api_path = Some(path.into());
        self
    }

    /// How long making a connection may take; 10 s. A transport of your own has its own limit: with
    /// both, [`build`](Self::build) fails.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.http.connect_timeout = Some(timeout);
        self
    }

    /// Sends all requests through a proxy: `http://proxy.internal:3128`, with `user:password@` where
    /// it wants to know who asks. Without it, the variables `HTTP_PROXY`, `HTTPS_PROXY` and
    /// `NO_PROXY` count.
    ///
    /// ```
    /// # fn run() -> Result<(), astra_db::Error> {
    /// use astra_db::DataApiClient;
    ///
    /// let client = DataApiClient::builder()
    ///     .token("AstraCS:…")
    ///     .proxy("http://proxy.internal:3128")
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "http")]
    #[doc(alias = "HttpProxy")]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.http.proxy = Some(url.into());
        self
    }

    /// Trusts the certificates in this PEM text as well as those of the system, for a server with a
    /// certificate of your own authority.
    ///
    /// ```no_run
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// use astra_db::DataApiClient;
    ///
    /// let client = DataApiClient::builder()
    ///     .root_certificate_pem(std::fs::read("our-authority.pem")?)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "http")]
    #[doc(alias = "ca_cert_path")]
    #[doc(alias = "truststore")]
    pub fn root_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.root_certificates.push(pem.into());
        self
    }

    /// The oldest version of TLS to accept: 1.2 unless set.
    ///
    /// ```
    /// use astra_db::{DataApiClient, TlsVersion};
    ///
    /// let builder = DataApiClient::builder().min_tls(TlsVersion::Tls13);
    /// ```
    #[cfg(feature = "http")]
    pub fn min_tls(mut self, version: TlsVersion) -> Self {
        self.http.min_tls = Some(version);
        self
    }

    /// Speaks HTTP/2 from the first byte, without asking the server whether it does: for a Data API
    /// on plain `http://`, where there is no other way to HTTP/2. On `https://` the two sides agree
    /// on HTTP/2 by themselves.
    ///
    /// ```
    /// let builder = astra_db::DataApiClient::builder().http2_prior_knowledge();
    /// ```
    #[cfg(feature = "http")]
    #[doc(alias = "h2c")]
    pub fn http2_prior_knowledge(mut self) -> Self {
        self.http.http2_prior_knowledge = true;
        self
    }

    /// What carries the requests, instead of HTTP with the defaults.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::Config`] when the API path cannot be part of a URL, when proxy or certificates are not
    /// valid, or when there is a setting that the given transport would not hear of.
    pub fn build(self) -> Result<DataApiClient> {
        let given = self.http.first_given();
        if let (Some(setting), true) = (given, self.transport.is_some()) {
            return Err(Error::config(format!(
                "{setting} has no effect on a transport of your own: set it there, with \
                 HttpTransport::new(timeout) or reqwest's ClientBuilder"
            )));
        }
        if let Some(path) = &self.api_path {
            let odd =
                |c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '\\');
            if path.contains(odd) {
                return Err(Error::config(format!(
                    "the API path \"{path}\" cannot be part of a URL: expected something like \
                     api/json/v1"
                )));
            }
        }
        let client = self.assemble();
        if given.is_some() {
            // What cannot be used is said now rather than by the first database.
            client.transport()?;
        }
        Ok(client)
    }

    fn assemble(self) -> DataApiClient {
        let Self {
            environment,
            api_path,
            http,
            transport,
            mut options,
        } = self;
        options.http = Arc::new(http);
        let custom = transport.is_some();
        let transport = transport.map_or_else(OnceLock::new, OnceLock::from);
        let shared = Shared {
            environment,
            api_path,
            transport,
            custom,
        };
        DataApiClient {
            shared: Arc::new(shared),
            options: Arc::new(options),
        }
    }
}
