// <div data-names-search="id" hidden> with a search field: narrows the list with that id to the rows whose data-name holds
// every word, while one types. What is ticked stays ticked, shown or not. Without this script the whole list stands there.

// A shorter list is read faster than a word is typed; the lists of the server say the same (accounts.queries).
const SEARCHED_FROM = 8;

function narrow(rows, field, status) {
  const words = field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const row of rows) {
    const name = row.dataset.name.toLocaleLowerCase();
    row.hidden = !words.every((word) => name.includes(word));
    if (!row.hidden) found += 1;
  }
  const { all, some } = status.dataset;
  status.textContent = (words.length ? some : all).replace("{found}", found).replace("{total}", rows.length);
}

for (const search of document.querySelectorAll("[data-names-search]")) {
  const rows = [...document.getElementById(search.dataset.namesSearch).querySelectorAll("[data-name]")];
  const field = search.querySelector("input");
  const update = () => narrow(rows, field, search.querySelector("[role=status]"));
  search.hidden = rows.length < SEARCHED_FROM;
  field.addEventListener("input", update);
  // The field may stand in the form of the list; searching sends nothing.
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  update(); // a browser that comes back to the page may have kept what was typed
}
