// Makes the cart live: what a form of the cart would load a page for happens on the page that is
// there. Everything works without this file; whatever it cannot do it leaves to the browser.
//
// The answer to such a form is the page the browser would have shown. So there is one place that
// decides what is said and shown, the server, and this file only puts its parts where they belong.

const live = document.getElementById("live");

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  const path = new URL(form.action).pathname;
  const isOurs = path === "/cart/items" || (path.startsWith("/cart/items/") && form.closest(".cart"));
  if (form.method !== "post" || !isOurs) return;
  event.preventDefault();
  // A second click while the first is under way is the same wish.
  if (form.dataset.busy) return;
  form.dataset.busy = "true";
  button?.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { accept: "text/html" },
      credentials: "same-origin",
    });
    show(new DOMParser().parseFromString(await answer.text(), "text/html"), form, answer.ok);
  } catch {
    // The answer was lost, perhaps after the change was made. Sending it again could add a second
    // time; the cart itself says how things are, or the browser that there is no network.
    location.assign("/cart");
  } finally {
    delete form.dataset.busy;
    button?.removeAttribute("aria-disabled");
  }
});

// A quantity is sent when it is changed; without a script there is a button for it.
document.addEventListener("change", (event) => {
  if (event.target.matches(".line .quantity input") && event.target.value !== "") {
    event.target.form.requestSubmit();
  }
});

function show(page, form, done) {
  const known = page.querySelector("main .message, main .problem[role=alert]");
  if (!known) return replaceMain(page); // a page of its own, such as "no longer sold"
  replace(page, ".cart-link");
  const here = ["main .cart", "#buy"].find((part) => document.querySelector(part) && page.querySelector(part));
  if (here && (here !== "#buy" || !done)) {
    const typing = document.activeElement?.id;
    replaceMain(page);
    // Whoever was typing goes on typing. Otherwise the focus is on what is to be read, and it is
    // not said a second time.
    const field = done && typing && document.getElementById(typing);
    if (!field) return;
    field.focus({ preventScroll: true });
    return say(known.textContent.trim());
  }
  say(known.textContent.trim(), done ? "/cart" : form.closest(".card")?.querySelector("h3 a").href);
}

function replace(page, selector) {
  const [old, fresh] = [document.querySelector(selector), page.querySelector(selector)];
  if (old && fresh) old.replaceWith(fresh);
}

function replaceMain(page) {
  const old = document.querySelector("main");
  const fresh = page.querySelector("main");
  if (!old || !fresh) return;
  old.replaceWith(fresh);
  (fresh.querySelector("[autofocus]") ?? fresh).focus({ preventScroll: true });
}

// Said to screen readers; with a way on also shown for a while.
function say(text, href) {
  const words = document.createElement("span");
  words.textContent = text;
  live.replaceChildren(words);
  live.classList.toggle("hidden", !href);
  if (!href) return;
  const link = document.createElement("a");
  link.href = href;
  link.textContent = href === "/cart" ? "View cart" : "Look at it";
  live.append(" ", link);
  clearTimeout(say.timer);
  say.timer = setTimeout(() => live.classList.add("hidden"), 8000);
}
