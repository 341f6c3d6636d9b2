// Full mode on the phone: one of the six scales in sight, and the next one as soon as a thumb has answered it.
// Without this script all six stand below each other in the same form. room.js sends what is tapped here.
//
// Only a pointer moves on by itself: who chooses with the arrow keys passes numbers on the way to theirs.

const ADVANCE_AFTER = 150; // ms: long enough to see which number the thumb has hit

let thumb = false; // whether a pointer was used last, or a key

const scalesOf = (form) => [...(form?.querySelectorAll("[data-scale]") ?? [])];
const chosen = (scale) => scale.querySelector("input:checked")?.value ?? "";
const saved = (scale) => scale.querySelector("[data-saved]").dataset.saved;
const cannotJudge = (form) => form.querySelector('[name="cannot_judge"][aria-pressed="true"]') !== null;

/** The scales among what is about to be sent, by name. */
export function scalesIn(form, values) {
  const names = scalesOf(form).map((scale) => scale.dataset.scale);
  return Object.fromEntries(names.filter((name) => values.has(name)).map((name) => [name, values.get(name)]));
}

/** Send only what the server does not have: a form in a second tab never writes its old numbers over newer ones. */
export function sendOnlyNew(form, parameters, waiting) {
  for (const scale of scalesOf(form)) {
    const name = scale.dataset.scale;
    const known = chosen(scale) === saved(scale) && !(name in waiting);
    if (known || parameters.has("cannot_judge")) parameters.delete(name);
  }
}

/** Show a number that waits to be sent, after the page was loaded anew. */
export function choose(form, name, value) {
  const radio = form.querySelector(`[data-scale="${name}"] input[value="${CSS.escape(value)}"]`);
  if (radio) radio.checked = true;
  return radio?.closest("[data-scale]");
}

/** A refused number is none: show what is saved, and the scale on which to tap again. */
export function takeBack(form, names) {
  const refused = scalesOf(form).filter((scale) => names.includes(scale.dataset.scale));
  for (const scale of refused) {
    for (const radio of scale.querySelectorAll("input")) radio.checked = radio.value === saved(scale);
  }
  if (refused.length) goTo(form, refused[0], { focus: false });
}

// --- one scale in sight -------------------------------------------------------------------------------------------

/** The next scale without a number, from the one in sight on; undefined when there is none. */
function nextOpen(form) {
  if (cannotJudge(form)) return undefined;
  const scales = scalesOf(form);
  const here = scales.findIndex((scale) => scale.classList.contains("is-current"));
  return [...scales.slice(here + 1), ...scales.slice(0, here + 1)].find((scale) => !chosen(scale));
}

/** Write the numbers on the six steps, and say which of them is in sight. */
export function refresh(form) {
  for (const scale of scalesOf(form)) {
    const step = form.querySelector(`[data-step="${scale.dataset.scale}"]`);
    step.querySelector(".scale-step__number").textContent = chosen(scale) || "–";
    step.classList.toggle("is-saved", chosen(scale) !== "" && chosen(scale) === saved(scale));
    step.classList.toggle("is-unsaved", scale.classList.contains("is-unsaved"));
    if (scale.classList.contains("is-current")) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }
}

function goTo(form, scale, { focus = true } = {}) {
  for (const each of scalesOf(form)) each.classList.toggle("is-current", each === scale);
  form.classList.toggle("is-rated", !scale);
  refresh(form);
  if (!focus) return;
  // A thumb needs the question read out; the keyboard goes on where it can answer.
  const answer = scale?.querySelector("input:checked") ?? scale?.querySelector("input");
  const target = thumb ? scale?.querySelector(".scale-card__question") : answer;
  (target ?? form.querySelector(".scale-step")).focus({ preventScroll: true });
}

/** Show one scale of every card that has scales: the first open one. */
export function step(root) {
  for (const form of root?.querySelectorAll("form[data-station]") ?? []) {
    const steps = form.querySelector(".scale-steps");
    if (!steps?.hidden) continue;
    steps.hidden = false;
    form.classList.add("is-stepped");
    goTo(form, nextOpen(form), { focus: false });
  }
}

document.addEventListener("pointerdown", () => (thumb = true), true);
document.addEventListener("keydown", () => (thumb = false), true);

document.addEventListener("change", ({ target }) => {
  if (target.closest?.("[data-scale]")) refresh(target.form);
});

// A click, not a change: who looks at an answer again and confirms it goes on, too.
document.addEventListener("click", ({ target }) => {
  const scale = target.localName === "input" && target.closest("[data-scale]");
  if (!scale || !thumb) return;
  setTimeout(() => {
    // Refused meanwhile, it stays in sight.
    if (scale.classList.contains("is-current") && chosen(scale)) goTo(target.form, nextOpen(target.form));
  }, ADVANCE_AFTER);
});

document.addEventListener("keydown", (event) => {
  const scale = event.target.closest?.("[data-scale]");
  if (!scale || event.key !== "Enter" || event.target.localName !== "input") return;
  event.preventDefault();
  goTo(event.target.form, nextOpen(event.target.form));
});

document.addEventListener("click", ({ target }) => {
  const form = target.closest?.("form[data-station]");
  const wanted = target.closest?.("[data-step]")?.dataset.step;
  if (form && wanted) goTo(form, form.querySelector(`[data-scale="${wanted}"]`));
  if (!form || !target.closest('[name="cannot_judge"]')) return;
  for (const radio of form.querySelectorAll("[data-scale] input:checked")) radio.checked = false;
  if (form.querySelector("[data-scale]")) goTo(form, undefined, { focus: false });
});
