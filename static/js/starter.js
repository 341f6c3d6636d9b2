// The starter catalogue: search without losing ticks, tick a whole phase, count what is ticked.
// Without this script the search is a page load, and the rest is done by hand.

const form = document.querySelector("[data-starter]");
const search = document.querySelector("[data-starter-search]");
const nothing = document.querySelector("[data-starter-nothing]");
const count = document.querySelector("[data-starter-count]");

const phases = () => [...form.querySelectorAll("[data-starter-phase]")];
const shown = (phase) => [...phase.querySelectorAll("[data-starter-entry]:not([hidden]) input[name=entry]")];

/** Bring "tick all" in line with the ticks it stands for, and say how many there are. */
function refresh() {
  for (const phase of phases()) {
    const all = phase.querySelector("[data-starter-all]");
    if (!all) continue;
    const boxes = shown(phase);
    const ticked = boxes.filter((box) => box.checked).length;
    const box = all.querySelector("input");
    all.hidden = boxes.length === 0;
    box.checked = boxes.length > 0 && ticked === boxes.length;
    box.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  const total = form.querySelectorAll("input[name=entry]:checked").length;
  const { none, one, many } = count.dataset;
  count.textContent = total === 0 ? none : total === 1 ? one : many.replace("{count}", String(total));
}

function filter(text) {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  for (const phase of phases()) {
    let found = 0;
    for (const entry of phase.querySelectorAll("[data-starter-entry]")) {
      entry.hidden = !words.every((word) => entry.dataset.text.includes(word));
      if (!entry.hidden) found += 1;
    }
    phase.hidden = found === 0;
  }
  nothing.hidden = phases().some((phase) => !phase.hidden);
  refresh();
}

if (form && search) {
  search.addEventListener("input", (event) => filter(event.target.value));
  search.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    const all = event.target.closest("[data-starter-all]");
    if (all) for (const box of shown(all.closest("[data-starter-phase]"))) box.checked = event.target.checked;
    refresh();
  });
  filter(search.elements.q.value);
}
