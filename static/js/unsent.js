// What was typed and not sent outlives a login that has ended, a page that is too old, and a server that says no.
//
// Whenever a page is left, the fields that were changed go into this tab's sessionStorage under the page's path. The
// next page decides: the login and an error page (data-keeps-unsent) keep them, any other page means that the form was
// sent or given up. A kept page that is opened again has them filled in, with a sentence and a way to discard them.
// They belong to one person (data-person on <body>); passwords, files and everything of the room are never kept.
// Hidden fields come along, so that a version says what somebody else saved meanwhile and a code still makes one row.
import { text } from "./texts.js";

const STORE = "unsent";
const NEVER_KEPT = ["password", "file", "submit", "button", "image", "reset"];

const { pathname, search } = window.location;
const person = document.body?.dataset.person ?? "";
const isKept = () => person !== "" && !window.location.pathname.startsWith("/w/");

// --- the store -----------------------------------------------------------------------------------------------------

function read() {
  try {
    return JSON.parse(window.sessionStorage.getItem(STORE)) ?? {};
  } catch {
    return {}; // forbidden, or not ours
  }
}

function write(pages) {
  try {
    if (Object.keys(pages).length) window.sessionStorage.setItem(STORE, JSON.stringify(pages));
    else window.sessionStorage.removeItem(STORE);
  } catch {
    // Forbidden or full: then a page is as forgetful as it would be without this script.
  }
}

/** Change what is kept of this page; without forms nothing is. */
function keep(forms, isCertain) {
  const pages = read();
  const { pathname: path, search: query } = window.location;
  delete pages[path];
  if (forms.length) pages[path] = { person, search: query, isCertain, forms };
  write(pages);
}

function giveUp(form) {
  form.querySelector("[data-unsent-note]")?.remove();
  forget(form);
}

function forget(form) {
  const pages = read();
  const page = pages[window.location.pathname];
  if (!page) return;
  const key = keyOf(form);
  page.forms = page.forms.filter((each) => each.key !== key);
  if (!page.forms.length) delete pages[window.location.pathname];
  write(pages);
}

// --- what a form holds ---------------------------------------------------------------------------------------------

const formsHere = () => [...(document.getElementById("content")?.querySelectorAll('form[method="post"]') ?? [])];

/** The same form on the same page another time. */
function keyOf(form) {
  const name = (each) => `${each.getAttribute("action") ?? ""}#${each.getAttribute("id") ?? ""}`;
  const namesakes = formsHere().filter((each) => name(each) === name(form));
  return `${name(form)}#${namesakes.indexOf(form)}`;
}

const fieldsOf = (form) =>
  [...form.elements].filter((field) => field.name && !NEVER_KEPT.includes(field.type) && field.name !== "csrfmiddlewaretoken");

const isTick = (field) => field.type === "checkbox" || field.type === "radio";
const chosen = (field) => [...field.selectedOptions].map((option) => option.value);

function standard(field) {
  const options = [...field.options].filter((option) => option.defaultSelected);
  return (options.length || field.multiple ? options : [...field.options].slice(0, 1)).map((option) => option.value);
}

function isChanged(field) {
  if (field.type === "hidden" || field.localName === "output" || field.localName === "fieldset") return false;
  if (isTick(field)) return field.checked !== field.defaultChecked;
  if (field.localName === "select") return chosen(field).join("\u0000") !== standard(field).join("\u0000");
  return field.value !== field.defaultValue;
}

/** A form that came back with a sentence shows what was typed as if it were saved. */
const cameBack = (form) => form.querySelector('[aria-invalid="true"], [role="alert"]:not([hidden])') !== null;

function unsentIn(form) {
  if (form.querySelector('[type="password"]')) return [];
  const fields = fieldsOf(form);
  const visible = fields.filter((field) => field.type !== "hidden");
  return cameBack(form) ? visible : visible.filter(isChanged);
}

/** Whether anything on this page would be lost with it. */
const hasUnsent = () => formsHere().some((form) => unsentIn(form).length > 0);

function noteDown(form, field) {
  const label = field.labels?.[0]?.firstChild?.textContent.trim() || field.name;
  const { name, type, value } = field;
  if (isTick(field)) return { name, type, label, value, checked: field.checked };
  if (field.localName === "select") return { name, type, label, values: chosen(field) };
  return { name, type, label, value };
}

function collect() {
  return formsHere().flatMap((form) => {
    const unsent = unsentIn(form);
    if (!unsent.length) return [];
    const hidden = fieldsOf(form).filter((field) => field.type === "hidden");
    const fields = [...unsent, ...hidden].map((field) => noteDown(form, field));
    return [{ key: keyOf(form), action: form.getAttribute("action") ?? "", fields }];
  });
}

// --- filling in ----------------------------------------------------------------------------------------------------

/** Fill one field in and return what takes it back, or nothing where it stands so already. */
function fill(form, saved) {
  const field = fieldsOf(form).find(
    (each) => each.name === saved.name && each.type === saved.type && (!isTick(each) || each.value === saved.value),
  );
  if (!field) return null;
  if (isTick(field)) {
    const before = field.checked;
    field.checked = saved.checked;
    return before === saved.checked ? null : { field, undo: () => (field.checked = before) };
  }
  if (saved.values) {
    const before = chosen(field);
    for (const option of field.options) option.selected = saved.values.includes(option.value);
    return before.join("\u0000") === saved.values.join("\u0000")
      ? null
      : { field, undo: () => { for (const option of field.options) option.selected = before.includes(option.value); } };
  }
  const before = field.value;
  field.value = saved.value;
  return before === saved.value ? null : { field, undo: () => (field.value = before) };
}

/** Say something at the top of a form, where it is read also when the form is in a dialog. */
function tell(form, sentence, ...controls) {
  form.querySelector("[data-unsent-note]")?.remove();
  const note = document.createElement("div");
  note.className = "notice notice--warn";
  note.dataset.unsentNote = "";
  note.setAttribute("role", "status");
  form.prepend(note);
  const paragraph = document.createElement("p");
  paragraph.textContent = sentence; // after the region is there: then it is read out
  note.append(paragraph);
  if (controls.length) {
    const row = document.createElement("p");
    row.append(...controls);
    note.append(row);
  }
  return note;
}

function control(tag, label) {
  const element = document.createElement(tag);
  element.className = "button button--small";
  element.textContent = label;
  if (tag === "button") element.type = "button";
  return element;
}

function fillIn(form, saved) {
  const changes = saved.fields.map((field) => fill(form, field)).filter(Boolean);
  const seen = changes.filter(({ field }) => field.type !== "hidden");
  if (!seen.length) {
    for (const { undo } of changes) undo();
    return forget(form);
  }
  const inform = () => { for (const { field } of seen) field.dispatchEvent(new Event("input", { bubbles: true })); };
  inform();
  const discard = control("button", text("unsent-discard"));
  const note = tell(form, text("unsent"), discard);
  note.scrollIntoView({ block: "nearest" });
  discard.addEventListener("click", () => {
    for (const { undo } of changes) undo();
    inform();
    forget(form);
    note.remove();
    (seen[0].field.isConnected ? seen[0].field : document.getElementById("content")).focus();
  });
}

/** The form is no longer here: what was typed is shown, so that it can be copied. */
function showWords(saved) {
  const words = saved.fields.filter((field) => field.type !== "hidden" && !field.values && !("checked" in field) && field.value);
  const region = document.getElementById("messages");
  if (!words.length || !region) return;
  const notice = document.createElement("div");
  notice.className = "notice notice--warn";
  const paragraph = document.createElement("p");
  paragraph.textContent = text("unsent-lost");
  const list = document.createElement("dl");
  list.className = "stack stack--tight";
  for (const { label, value } of words) {
    const [group, term, said] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
    term.textContent = label;
    said.textContent = value;
    group.append(term, said);
    list.append(group);
  }
  notice.append(paragraph, list);
  region.append(notice);
}

const find = (saved) => formsHere().find((form) => keyOf(form) === saved.key);

/** A form that a link fetches is asked for by that link, and filled in when it is there. */
function fetchForm(saved) {
  const opener = saved.action && document.querySelector(`a[hx-get="${CSS.escape(saved.action)}"]`);
  if (!opener) return showWords(saved);
  const settled = () => {
    const form = find(saved);
    if (!form) return;
    document.removeEventListener("htmx:afterSettle", settled);
    fillIn(form, saved);
  };
  document.addEventListener("htmx:afterSettle", settled);
  opener.click();
}

function offer(page) {
  for (const saved of page.forms) {
    const form = find(saved);
    if (form) fillIn(form, saved);
    else fetchForm(saved);
  }
}

// --- leaving and arriving ------------------------------------------------------------------------------------------

/** The login and an error page say that words are kept; the latter names their page. */
function showTheWayBack([path, page]) {
  const place = document.querySelector("[data-unsent-way]");
  if (!place) return;
  const link = place.querySelector("a");
  if (link) link.href = path + page.search;
  place.hidden = false;
}

function arrive() {
  const keeps = document.querySelector("[data-keeps-unsent]") !== null;
  const pages = Object.entries(read()).filter(
    ([, page]) => (keeps || page.isCertain) && (!person || page.person === person),
  );
  for (const [, page] of pages) page.isCertain = true;
  write(Object.fromEntries(pages));
  if (keeps) {
    if (pages.length) showTheWayBack(pages.at(-1));
    return;
  }
  const [, here] = pages.find(([path]) => path === pathname) ?? [];
  if (here && isKept()) offer(here);
}

// What was filled in again, or could not be sent, is kept until it is sent or discarded; the rest for the next page to
// decide. A page that shows no such words any more, or not yet, changes nothing.
window.addEventListener("pagehide", () => {
  if (!isKept()) return;
  const forms = collect();
  if (forms.length) keep(forms, document.querySelector("[data-unsent-note]") !== null);
});
window.addEventListener("pageshow", (event) => event.persisted && keep([], false));

// Sent: if it does not arrive, leaving the page or the answer keeps it again. Before anybody stops the event.
window.addEventListener(
  "submit",
  ({ target }) => {
    giveUp(target);
    if (target.hasAttribute("data-forgets-unsent")) write({});
  },
  true,
);

// The form's own ways to leave without saving.
window.addEventListener(
  "click",
  ({ target }) => {
    const form = target.closest?.("form .form-actions a, form [data-discards]")?.closest("form");
    if (form) giveUp(form);
  },
  true,
);

// What a page asks by itself does not lead it away from words that nobody has sent.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig } = event.detail;
  const login = xhr.getResponseHeader("HX-Redirect");
  if (!login || requestConfig.verb !== "get" || requestConfig.triggeringEvent?.isTrusted || !hasUnsent()) return;
  event.preventDefault();
  const form = formsHere().find((each) => unsentIn(each).length);
  if (form.querySelector("[data-unsent-note='login']")) return;
  const link = control("a", text("log-in"));
  link.href = login;
  tell(form, text("login-ended"), link).dataset.unsentNote = "login";
});

// Refused because the page is too old, or the right is gone: the page stays, and loaded again it has the words.
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status !== 403 || detail.requestConfig.verb !== "post" || !isKept()) return;
  const forms = collect();
  if (!forms.length) return;
  keep(forms, true);
  const form = detail.elt.closest("form") ?? find(forms[0]);
  const again = control("button", text("load-again"));
  again.addEventListener("click", () => window.location.assign(window.location.pathname + window.location.search));
  tell(form, text("page-old"), again).scrollIntoView({ block: "nearest" });
});

// htmx has found the links of the page by then, and every other script listens.
document.addEventListener("DOMContentLoaded", arrive);
