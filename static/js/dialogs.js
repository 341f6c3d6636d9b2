// <a data-opens="id" href="…"> opens a native <dialog>; without this script the link leads to the same form as a page.
// What the link fetches into it may take a moment: until then nobody can answer the question of last time.
import { FAILURES } from "./errors.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    if (opener.hasAttribute("hx-get")) for (const button of dialog.querySelectorAll("button")) button.disabled = true;
    dialog.showModal();
    return;
  }
  const closer = event.target.closest?.("[data-closes]");
  if (closer?.closest("dialog")) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

// What could not be fetched is said on the page, where the dialog would hide it.
for (const failure of FAILURES) {
  document.addEventListener(failure, ({ detail }) => {
    const opener = detail.elt.closest?.("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.close();
  });
}

// A form in a dialog that changes the page behind it: answered well, the dialog closes before the page changes, so that
// the keyboard is back where it came from. An answer that belongs into the dialog itself leaves it open.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { elt, target, xhr } = event.detail;
  const dialog = elt.closest?.("dialog");
  if (dialog?.open && xhr.status < 300 && !dialog.contains(target)) dialog.close();
});

// A click on the backdrop is a click on the dialog itself.
document.addEventListener("mousedown", (event) => {
  if (!(event.target instanceof HTMLDialogElement)) return;
  const box = event.target.getBoundingClientRect();
  const outside =
    event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  if (outside && !event.target.hasAttribute("data-keep-open")) event.target.close();
});
