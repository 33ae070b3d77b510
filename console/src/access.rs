//! Who may use the console. Whoever may, can read and change everything.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use sha2::{Digest as _, Sha256};
use shared::rate_limit::RateLimiter;
use uuid::Uuid;

/// How long somebody stays signed in.
const SESSION: Duration = Duration::from_hours(12);
/// So many sessions there are at most; the oldest ends when another begins.
const SESSIONS: usize = 100;

/// So many wrong passwords in a row are answered at once,
const FREE_TRIES: u32 = 5;
/// and after that one more every so often.
const PAUSE: Duration = Duration::from_secs(10);

/// How people get in.
#[derive(Debug)]
pub enum Access {
    /// Only this machine can reach the server, and the password is the one everybody knows: to ask for it would protect
    /// nothing. What is left to keep out are pages of other sites in this machine's browsers.
    ThisMachine,
    /// By username and password.
    SignIn(Box<Door>),
}

/// Whether a username and a password are right.
type IsUser = Box<dyn Fn(&str, &str) -> bool + Send + Sync>;

/// The user, and who is signed in. Sessions are kept in memory and end with the process.
pub struct Door {
    is_user: IsUser,
    /// Counted for everybody together: an address to count by is whatever a proxy, or a client, says it is.
    tries: RateLimiter,
    sessions: Mutex<Vec<Session>>,
    /// Cookies are shared by all ports of a host, so each server needs a name of its own.
    cookie: String,
}

/// Known by the hash of its token: whoever reads our memory, or measures how long a comparison takes, learns no token.
#[derive(Debug)]
struct Session {
    token: [u8; 32],
    ends: Instant,
}

/// Why somebody was not signed in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Wrong,
    /// It was not looked at.
    TooOften {
        wait: Duration,
    },
}

impl Access {
    /// Asks everyone for a username and password that `is_user` accepts. `port` tells the cookies of several servers apart.
    pub fn sign_in(
        is_user: impl Fn(&str, &str) -> bool + Send + Sync + 'static,
        port: u16,
    ) -> Self {
        Self::SignIn(Box::new(Door {
            is_user: Box::new(is_user),
            tries: RateLimiter::new(FREE_TRIES, PAUSE),
            sessions: Mutex::default(),
            cookie: format!("astra-dev-{port}"),
        }))
    }

    /// Whether people have to sign in.
    pub(super) fn asks(&self) -> bool {
        matches!(self, Self::SignIn(_))
    }

    /// The door, if there is one.
    pub(super) fn door(&self) -> Option<&Door> {
        match self {
            Self::SignIn(door) => Some(door.as_ref()),
            Self::ThisMachine => None,
        }
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door")
            .field("cookie", &self.cookie)
            .finish_non_exhaustive()
    }
}

impl Door {
    /// Signs somebody in, for `now_ms` milliseconds since 1970, and gives the cookie to be sent.
    pub(super) fn open(
        &self,
        username: &str,
        password: &str,
        now_ms: i64,
    ) -> Result<Cookie<'static>, Refused> {
        self.tries
            .take(&(), now_ms)
            .map_err(|wait| Refused::TooOften { wait })?;
        if !(self.is_user)(username, password) {
            return Err(Refused::Wrong);
        }
        self.tries.reset(&());
        let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        self.begin(hash(&token));
        Ok(self.cookie(token))
    }

    /// Ends the session of this browser and gives the cookie to be taken back.
    pub(super) fn close(&self, cookies: &CookieJar) -> Cookie<'static> {
        if let Some(cookie) = cookies.get(&self.cookie) {
            let token = hash(cookie.value());
            self.sessions().retain(|session| session.token != token);
        }
        self.cookie(String::new())
    }

    /// Whether this browser's session is one of ours and has not ended.
    pub(super) fn knows(&self, headers: &HeaderMap) -> bool {
        let cookies = CookieJar::from_headers(headers);
        cookies.get(&self.cookie).is_some_and(|cookie| {
            let (token, now) = (hash(cookie.value()), Instant::now());
            let sessions = self.sessions();
            sessions
                .iter()
                .any(|session| session.token == token && session.ends > now)
        })
    }

    fn begin(&self, token: [u8; 32]) {
        let now = Instant::now();
        let mut sessions = self.sessions();
        sessions.retain(|session| session.ends > now);
        if sessions.len() >= SESSIONS {
            sessions.remove(0);
        }
        sessions.push(Session {
            token,
            ends: now + SESSION,
        });
    }

    /// No other site's request carries it, no script reads it, and it ends with the browser. It is not `Secure`, as this server
    /// speaks HTTP.
    fn cookie(&self, token: String) -> Cookie<'static> {
        Cookie::build((self.cookie.clone(), token))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .build()
    }

    fn sessions(&self) -> MutexGuard<'_, Vec<Session>> {
        // Sessions are put in and taken out whole, so a panic elsewhere has spoilt nothing.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_it_is_closed_or_a_hundred_others_began() {
        let is_ann = |name: &str, password: &str| (name, password) == ("ann", "s3cret");
        let Access::SignIn(door) = Access::sign_in(is_ann, 8181) else {
            unreachable!("asked for a door")
        };
        let open = || door.open("ann", "s3cret", 0).unwrap();
        let headers = |cookie: &Cookie<'_>| {
            let text = format!("{}={}", cookie.name(), cookie.value());
            HeaderMap::from_iter([(axum::http::header::COOKIE, text.parse().unwrap())])
        };
        let (first, second) = (headers(&open()), headers(&open()));
        assert!(door.knows(&first) && door.knows(&second));
        door.close(&CookieJar::from_headers(&first));
        assert!(!door.knows(&first) && door.knows(&second));
        for _ in 0..SESSIONS {
            open();
        }
        assert!(!door.knows(&second));
        assert!(!door.knows(&HeaderMap::new()));
    }
}
