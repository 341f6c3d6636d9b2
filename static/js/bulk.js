// The catalogue's ticks: how many there are, all at once, and on the form which fields change.
// Without this script the boxes and buttons work one by one, and the form says how many touchpoints it changes.

const ticks = () => [...document.querySelectorAll('input[name="row"][form="bulk-form"]')];

/** Say how many are ticked, and bring "tick all" in line with them. */
function refresh() {
  const bar = document.getElementById("bulk-form");
  if (!bar) return;
  const boxes = ticks();
  const ticked = boxes.filter((box) => box.checked).length;
  const count = bar.querySelector("[data-bulk-count]");
  const { none, one, many } = count.dataset;
  const words = ticked === 0 ? none : ticked === 1 ? one : many.replace("{count}", String(ticked));
  if (count.textContent !== words) count.textContent = words;
  const all = bar.querySelector("[data-bulk-all]");
  all.hidden = boxes.length === 0;
  const box = all.querySelector("input");
  box.checked = ticked > 0 && ticked === boxes.length;
  box.indeterminate = ticked > 0 && ticked < boxes.length;
  bar.toggleAttribute("data-ticked", ticked > 0);
  bar.querySelector("[data-bulk-button]").classList.toggle("button--primary", ticked > 0);
  const merge = bar.querySelector("[data-bulk-merge]");
  if (merge) merge.hidden = ticked !== 2;
}

/** Name the fields that are not left as they are. */
function summarise(form) {
  const note = form.querySelector("[data-bulk-summary]");
  const names = [...form.querySelectorAll(".field")]
    .filter((field) => [...field.querySelectorAll("select, input:not([type=radio])")].some(chosen))
    .map((field) => field.querySelector("label").firstChild.textContent.trim() || field.textContent.trim());
  const { none, some } = note.dataset;
  const words = names.length ? some.replace("{fields}", names.join(", ")) : none;
  if (note.textContent !== words) note.textContent = words;
}

const chosen = (input) => (input.type === "checkbox" ? input.checked : input.value.trim() !== "");

document.addEventListener("change", (event) => {
  if (event.target.closest?.("[data-bulk-all]")) for (const box of ticks()) box.checked = event.target.checked;
  refresh();
});

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-bulk-fields]");
  if (form) summarise(form);
});

// The list is sent anew by the filters, and a row is added by the line above it.
document.addEventListener("htmx:afterSettle", refresh);
// Going back may bring ticks along.
window.addEventListener("pageshow", refresh);

refresh();
for (const form of document.querySelectorAll("[data-bulk-fields]")) summarise(form);

// A word is asked for while it is typed. Asking again when its field is left would replace the list under the very click
// that left it.
document.getElementById("filter_q")?.addEventListener("change", (event) => event.stopPropagation());
