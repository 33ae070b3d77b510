//! What reaches over the edge of the screen.

use super::Browser;

const OUTSIDE: &str = "
    const outside = element => {
        const box = element.getBoundingClientRect();
        return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1) && !element.closest('EXCEPT');
    };
    const found = [...document.querySelectorAll('body *')].filter(outside);
    const names = found.slice(0, 5).map(element => element.outerHTML.slice(0, 80));
    if (document.documentElement.scrollWidth > WIDTH || innerWidth !== WIDTH) names.push('the page itself');
    return names;";

/// The elements outside of the screen. What is hidden does not count, nor what is in an element that `except` selects, such
/// as one that scrolls.
pub async fn outside(browser: &Browser, except: &str) -> Vec<String> {
    let (width, _) = browser.screen.size();
    let script = OUTSIDE
        .replace("WIDTH", &width.to_string())
        .replace("EXCEPT", except);
    let found = browser.script(&script).await;
    let found = found.as_array().expect("a list of what is outside").iter();
    found.map(ToString::to_string).collect()
}
