// <button data-copy="id of an input">: copies its value and says so. On plain http there is no clipboard interface,
// so the field is selected and the browser's older command does it; if even that fails, the text stays selected.
import { text } from "./texts.js";

async function copy(field) {
  field.focus();
  field.select();
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(field.value);
    return true;
  }
  return document.execCommand("copy");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  const field = button && document.getElementById(button.dataset.copy);
  if (!field) return;
  event.preventDefault();
  const done = await copy(field).catch(() => false);
  if (!done) return;
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  button.textContent = text("copied");
  button.setAttribute("aria-live", "polite");
  setTimeout(() => (button.textContent = label), 2500);
});
