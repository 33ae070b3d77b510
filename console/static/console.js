// Comforts only: every page works without this.
"use strict";

// What went wrong is read and seen first.
document.querySelector("[data-focus]")?.focus();

// What is to be copied, is copied by a button.
for (const text of document.querySelectorAll("pre.copy")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet small";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Copied";
  });
  if (navigator.clipboard) text.after(button);
}

// Ctrl+Enter or Cmd+Enter sends the form one is writing in.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field instanceof HTMLTextAreaElement) {
    event.preventDefault();
    field.form?.requestSubmit();
  }
});
