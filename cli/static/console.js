// Comforts only: every page works without this.
"use strict";

// What went wrong is read and seen first.
document.querySelector("[data-focus]")?.focus();

// Ctrl+Enter or Cmd+Enter sends the form one is writing in.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field instanceof HTMLTextAreaElement) {
    event.preventDefault();
    field.form?.requestSubmit();
  }
});
