//! What a browser without JavaScript does: it sends forms and reads pages. It follows no redirect by itself, so that tests see them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// A browser that runs no scripts.
#[derive(Debug)]
pub struct Browser {
    /// Host and port of what it visits.
    address: String,
    /// Sent with every request.
    pub cookie: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    head: String,
    /// The body.
    pub html: String,
}

impl Browser {
    /// A browser on the site at this host and port.
    pub fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            cookie: None,
        }
    }

    /// Opens a page.
    pub fn get(&self, path: &str) -> Page {
        self.send("GET", path, &[("Sec-Fetch-Site", "none")], "")
    }

    /// Sends a form of the site's own.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let origin = format!("http://{}", self.address);
        let headers = [
            ("Origin", origin.as_str()),
            ("Sec-Fetch-Site", "same-origin"),
        ];
        self.post_with(path, &headers, fields)
    }

    /// Sends a form with these headers.
    pub fn post_with(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send("POST", path, headers, &body)
    }

    /// Sends a form and goes where that leads.
    pub fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.post(path, fields);
        assert_eq!(answer.status, 303, "{}", answer.html);
        let page = self.get(answer.location());
        assert_eq!(page.status, 200, "{}", page.html);
        page
    }

    /// A request with these headers; `Host` is the server's unless one of them.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let mut lines = vec![
            format!("{method} {path} HTTP/1.1"),
            "Accept: text/html".to_owned(),
            "Connection: close".to_owned(),
        ];
        if !headers.iter().any(|(name, _)| *name == "Host") {
            lines.push(format!("Host: {}", self.address));
        }
        lines.extend(
            headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}")),
        );
        lines.extend(self.cookie.iter().map(|cookie| format!("Cookie: {cookie}")));
        if method == "POST" {
            lines.push("Content-Type: application/x-www-form-urlencoded".to_owned());
            lines.push(format!("Content-Length: {}", body.len()));
        }
        let request = format!("{}\r\n\r\n{body}", lines.join("\r\n"));
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        Page::read(&answer)
    }
}

impl Page {
    fn read(answer: &str) -> Self {
        let (head, html) = answer.split_once("\r\n\r\n").unwrap();
        Self {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            html: html.to_owned(),
        }
    }

    /// A header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// Where the answer leads.
    pub fn location(&self) -> &str {
        self.header("location").unwrap()
    }

    /// The page as it is read, without its markup.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut is_markup = false;
        for character in self.html.chars() {
            match character {
                '<' => is_markup = true,
                '>' => is_markup = false,
                other if !is_markup => text.push(other),
                _ => {}
            }
        }
        unescaped(&text)
    }

    /// Where the links lead that have this text.
    pub fn links(&self, words: &str) -> Vec<String> {
        let anchors = self.html.split("<a ").skip(1);
        let of = |anchor: &str| {
            let (attributes, rest) = anchor.split_once('>')?;
            let text = unescaped(rest.split_once("</a>")?.0);
            let href = attributes.split_once("href=\"")?.1.split_once('"')?.0;
            (text == words).then(|| unescaped(href))
        };
        anchors.filter_map(of).collect()
    }

    /// Where the link with this text leads.
    pub fn link(&self, words: &str) -> String {
        self.links(words)
            .pop()
            .unwrap_or_else(|| panic!("no link {words}: {}", self.html))
    }

    /// What empty fields of forms show.
    pub fn placeholders(&self) -> impl Iterator<Item = String> {
        let fields = self.html.split(" placeholder=\"").skip(1);
        fields.map(|field| unescaped(field.split_once('"').unwrap().0))
    }

    /// What stands in a field of a form.
    pub fn field(&self, name: &str) -> String {
        let tag = self
            .html
            .split('<')
            .find(|tag| tag.contains(&format!(" name=\"{name}\"")))
            .unwrap_or_else(|| panic!("no field {name}: {}", self.html));
        let value = if tag.starts_with("textarea") {
            // A line break at the beginning is not part of it.
            tag.split_once('>').unwrap().1.strip_prefix('\n').unwrap()
        } else {
            tag.split_once(" value=\"")
                .map_or("", |(_, rest)| rest.split_once('"').unwrap().0)
        };
        unescaped(value)
    }
}

fn unescaped(html: &str) -> String {
    [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ]
    .iter()
    .fold(html.to_owned(), |text, (entity, character)| {
        text.replace(entity, character)
    })
}
