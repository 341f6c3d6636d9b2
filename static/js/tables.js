// <form data-table-form>: beside each station, how many of the people at the table are still missing or too many, while
// one types. Without this script the server says so after saving. A field with data-table-numbers holds one number per
// person, so the scale with the most numbers says how many answered.

const number = (input) => Math.max(0, Math.trunc(Number(input.value) || 0));

const listed = (input) => input.value.split(/[\s,;./]+/).filter(Boolean).length;

function answered(inputs) {
  const scales = inputs.filter((input) => "tableNumbers" in input.dataset);
  const counts = inputs.filter((input) => !("tableNumbers" in input.dataset));
  return counts.reduce((sum, input) => sum + number(input), 0) + Math.max(0, ...scales.map(listed));
}

function words(form, people, heads) {
  const texts = form.querySelector("[data-table-words]").dataset;
  if (!people || !heads) return "";
  if (people > heads) return texts.over.replace("{count}", people - heads);
  if (people === heads) return texts.all;
  return heads - people === 1 ? texts.leftOne : texts.left.replace("{count}", heads - people);
}

function count(form) {
  const heads = number(form.elements.heads);
  for (const station of form.querySelectorAll("[data-table-station]")) {
    const people = answered([...station.querySelectorAll("input")]);
    const text = words(form, people, heads);
    const place = station.querySelector("[data-table-sum]");
    if (place.textContent !== text) place.textContent = text;
    place.classList.toggle("is-over", people > heads && heads > 0);
  }
}

for (const form of document.querySelectorAll("[data-table-form]")) {
  form.addEventListener("input", () => count(form));
  count(form);
}
