// <fieldset data-ticks-group> with tick boxes and <button data-ticks-toggle hidden data-all="…" data-none="…">:
// the button ticks all of the group, or none when all are ticked. What a search (names.js) hides is left as it is.
// Without this script the boxes work one by one.

const boxes = (group) => [...group.querySelectorAll('input[type="checkbox"]')].filter((box) => !box.closest("[hidden]"));

function label(group) {
  const button = group.querySelector("[data-ticks-toggle]");
  if (!button) return;
  button.hidden = boxes(group).length === 0;
  button.textContent = boxes(group).every((box) => box.checked) ? button.dataset.none : button.dataset.all;
}

document.addEventListener("click", (event) => {
  const group = event.target.closest?.("[data-ticks-toggle]")?.closest("[data-ticks-group]");
  if (!group) return;
  const all = boxes(group).every((box) => box.checked);
  for (const box of boxes(group)) box.checked = !all;
  label(group);
});

for (const kind of ["change", "input"]) {
  document.addEventListener(kind, (event) => {
    const group = event.target.closest?.("[data-ticks-group]");
    if (group) label(group);
  });
}

for (const group of document.querySelectorAll("[data-ticks-group]")) label(group);
