// The phone in the room: one station at a time, taps that survive a lost connection, drafts that survive everything,
// and a sign of life. Without this script the same forms work with a page load each.
//
// What a phone keeps for itself lies in sessionStorage and leaves it only as the answer it belongs to:
//   room.place.<block>     the station that is shown
//   room.draft.<station>   a reason that the server does not have yet
//   room.waiting           taps that the server has not answered yet, [path, {drawer …} or {experience, …}], the newest
//   room.own.<station>     the own answer, since after the reveal the server no longer knows whose is whose
import { FAILURES, hideConnectionLost, isNoAnswer, showConnectionLost } from "./errors.js";
import { choose, refresh, scalesIn, sendOnlyNew, step, takeBack } from "./scales.js";

const RETRY_EVERY = 4000;
const ALIVE_EVERY = 45000;

/** sessionStorage may be forbidden or full; then the page works without a memory. */
const memory = {
  get(key) {
    try {
      return sessionStorage.getItem(`room.${key}`);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      sessionStorage.setItem(`room.${key}`, value);
    } catch {
      // see above
    }
  },
  drop(key) {
    try {
      sessionStorage.removeItem(`room.${key}`);
    } catch {
      // see above
    }
  },
};

const ballot = () => document.getElementById("room-ballot");
const formOf = (element) => element?.closest?.("form[data-station]");
const formFor = (path) => document.querySelector(`form[data-station][action="${CSS.escape(path)}"]`);

// --- one station at a time --------------------------------------------------------------------------------------

function show(place, { focus = true } = {}) {
  const root = ballot();
  const target = root?.querySelector(`[data-place="${CSS.escape(place)}"]`);
  if (!target) return false;
  for (const section of root.querySelectorAll("[data-place]")) section.hidden = section !== target;
  memory.set(`place.${root.dataset.ballot}`, place);
  if (focus) {
    window.scrollTo({ top: 0 });
    target.querySelector("h1, h2")?.focus({ preventScroll: true });
  }
  return true;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#room-ballot [name=go]");
  if (!button) return;
  event.preventDefault();
  if (show(button.value)) history.pushState({ place: button.value }, "");
});

// The phone's own "back" leads to the station before, not out of the room.
window.addEventListener("popstate", (event) => {
  if (event.state?.place) show(event.state.place);
});

// --- taps ---------------------------------------------------------------------------------------------------------

const waiting = new Map(JSON.parse(memory.get("waiting") ?? "[]"));
let timer = 0;

function keepWaiting() {
  if (waiting.size) memory.set("waiting", JSON.stringify([...waiting]));
  else memory.drop("waiting");
  if (waiting.size && !timer) timer = setInterval(sendAgain, RETRY_EVERY);
  if (!waiting.size) {
    clearInterval(timer);
    timer = 0;
  }
}

/** Show a form's newest tap: on its way at first, "not saved yet" once the connection failed. */
function mark(form, values, { failed }) {
  unmark(form);
  form.classList.add(failed ? "is-waiting" : "is-sending");
  for (const [name, value] of Object.entries(values)) {
    const button = form.querySelector(`button[name="${name}"][value="${CSS.escape(value)}"]`);
    (button ?? choose(form, name, value))?.classList.add(failed ? "is-unsaved" : "is-sending");
  }
}

function unmark(form) {
  const states = ["is-waiting", "is-sending", "is-unsaved"];
  for (const element of [form, ...form.querySelectorAll(states.map((state) => `.${state}`).join())]) {
    element.classList.remove(...states);
  }
}

/** The answer among what is sent; the reason is read again when it really goes out. */
function answerIn(form, values) {
  if (values.has("drawer")) return { drawer: values.get("drawer") };
  if (values.has("cannot_judge")) return { cannot_judge: values.get("cannot_judge") };
  return scalesIn(form, values);
}

const isWhole = (values) => "drawer" in values || "cannot_judge" in values;

/** What waits after a newer tap: a drawer or "cannot judge" replaces all of it, a scale only its own number. */
function merged(older, newer) {
  if (!Object.keys(newer).length) return older;
  return isWhole(newer) || isWhole(older) ? newer : { ...older, ...newer };
}

function keep(form, values) {
  const path = form.getAttribute("action");
  waiting.set(path, merged(waiting.get(path) ?? {}, values));
  mark(form, waiting.get(path), { failed: true });
  keepWaiting();
  showConnectionLost("retrying");
}

function sendAgain() {
  for (const [path, values] of waiting) {
    const form = formFor(path);
    // A form that is not on the page (a pause, another page) waits: its answer comes back with it.
    if (!form || form.classList.contains("htmx-request")) continue;
    window.htmx.ajax("POST", path, { source: form, values }).catch(() => {});
  }
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const form = formOf(detail.elt);
  if (!form) return;
  const path = form.getAttribute("action");
  const older = waiting.get(path) ?? {};
  sendOnlyNew(form, detail.formData, older);
  if (!waiting.has(path)) return;
  // A tap that has not arrived goes along with whatever is sent next, unless that is a newer one in its place.
  const values = merged(older, answerIn(form, detail.formData));
  for (const [name, value] of Object.entries(values)) detail.formData.set(name, value);
  waiting.set(path, values);
  keepWaiting();
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const form = formOf(detail.elt);
  const values = form && answerIn(form, detail.requestConfig.formData);
  if (form && Object.keys(values).length && !waiting.has(form.getAttribute("action"))) mark(form, values, { failed: false });
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => {
    const form = formOf(detail.elt);
    if (form) keep(form, answerIn(form, detail.requestConfig.formData));
  });
}

document.addEventListener("htmx:responseError", (event) => {
  const form = formOf(event.detail.elt);
  // A server that is just being restarted behind its proxy is a lost connection, not a refusal.
  if (form && [502, 503, 504].includes(event.detail.xhr.status)) {
    event.stopImmediatePropagation();
    keep(form, answerIn(form, event.detail.requestConfig.formData));
  } else if (form) settle(form, answerIn(form, event.detail.requestConfig.formData));
}, true);

/** The server has answered what was ``sent``; only that waits no longer. */
function settle(form, sent) {
  const path = form.getAttribute("action");
  const left = Object.entries(waiting.get(path) ?? {}).filter(([name, value]) => sent[name] !== value);
  if (left.length) waiting.set(path, Object.fromEntries(left));
  else waiting.delete(path);
  unmark(form);
  if (left.length) mark(form, waiting.get(path), { failed: true });
  keepWaiting();
  if (!waiting.size) hideConnectionLost();
}

/** Write into the card what the server says is saved. No button is replaced: a thumb may be on it, its tap under way. */
function takeOver(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const fresh of holder.content.children) {
    const current = fresh.id.startsWith("station-") && document.getElementById(fresh.id);
    if (!current) continue;
    for (const notice of current.querySelectorAll(":scope > .notice")) notice.remove();
    current.prepend(...fresh.querySelectorAll(":scope > .notice"));
    if ("ownAnswer" in fresh.dataset) current.dataset.ownAnswer = fresh.dataset.ownAnswer;
    for (const answer of fresh.querySelectorAll(":scope > button[name]")) {
      const own = current.querySelector(`:scope > button[name="${answer.name}"][value="${CSS.escape(answer.value)}"]`);
      own?.setAttribute("aria-pressed", answer.getAttribute("aria-pressed"));
      own?.querySelector(".answer__state").replaceWith(answer.querySelector(".answer__state"));
    }
  }
}

document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  const form = formOf(detail.elt);
  if (!form || detail.xhr.status >= 500) return;
  const sent = answerIn(form, detail.requestConfig.formData);
  settle(form, sent);
  if (detail.xhr.status >= 400) takeBack(form, Object.keys(sent));
  const reason = form.querySelector("textarea");
  // What was typed while the request was under way stays a draft.
  if (reason && detail.xhr.status === 200 && reason.value === detail.requestConfig.formData.get("reason")) {
    memory.drop(`draft.${form.dataset.station}`);
  }
});

window.addEventListener("online", sendAgain);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) sendAgain();
});

// --- drafts and the own answers -------------------------------------------------------------------------------------

document.addEventListener("input", (event) => {
  const form = event.target.localName === "textarea" && formOf(event.target);
  if (form) memory.set(`draft.${form.dataset.station}`, event.target.value);
});

function rememberOwn() {
  for (const answers of document.querySelectorAll("#room-ballot [data-own-answer]")) {
    if (answers.dataset.ownAnswer) memory.set(`own.${answers.dataset.station}`, answers.dataset.ownAnswer);
  }
}

/** On the result: the own answer beside each station, from this phone's memory. */
function showOwn() {
  const marks = document.getElementById("own-marks")?.content;
  if (!marks) return;
  for (const place of document.querySelectorAll("[data-own-station]:empty")) {
    const own = memory.get(`own.${place.dataset.ownStation}`);
    // Six scales are six numbers with spaces between them; a hyphen is one left open.
    const numbers = own?.includes(" ") ? own.split(" ") : [];
    const words = own && marks.querySelector(`[data-own="${numbers.length ? "scales" : CSS.escape(own)}"]`)?.cloneNode(true);
    words?.querySelectorAll("[data-own-number]").forEach((slot, index) => (slot.textContent = numbers[index].replace("-", "–")));
    if (words) place.replaceChildren(words);
  }
}

function restore() {
  const root = ballot();
  if (root && !root.dataset.restored) {
    root.dataset.restored = "yes";
    const place = memory.get(`place.${root.dataset.ballot}`);
    if (place) show(place, { focus: false });
    for (const form of root.querySelectorAll("form[data-station]")) {
      const draft = memory.get(`draft.${form.dataset.station}`);
      const reason = form.querySelector("textarea");
      if (draft !== null && reason) reason.value = draft;
      const values = waiting.get(form.getAttribute("action"));
      if (values) mark(form, values, { failed: true });
    }
    step(root);
    const first = root.querySelector("[data-place]:not([hidden])");
    if (first) history.replaceState({ place: first.dataset.place }, "");
    if (waiting.size) sendAgain();
  }
  rememberOwn();
  showOwn();
}

document.addEventListener("htmx:load", restore);
document.addEventListener("htmx:afterOnLoad", ({ detail }) => {
  const form = formOf(detail.elt);
  if (!form) return;
  takeOver(detail.xhr.responseText);
  step(ballot());
  refresh(form);
  rememberOwn();
});

// --- the cards follow the stage ------------------------------------------------------------------------------------

/** A pause hides the cards and keeps them; a new block brings new ones; the result and the end clear them away. */
function follow({ fetches = true } = {}) {
  const stage = document.getElementById("room-stage");
  const root = ballot();
  if (!stage || !root) return;
  const { stage: state, block } = stage.dataset;
  // A deadline has passed: the cards stay as they are, with whatever is being typed, and each tap is told.
  const ended = state === "ended";
  const resumes = root.hidden || root.classList.contains("is-over");
  if (state === "running" && resumes && root.dataset.ballot === block && root.dataset.ended === undefined) goOn(root);
  if (state === "running" && root.dataset.ended !== undefined) root.dataset.stale = "yes";
  root.hidden = state !== "running" && !ended;
  root.classList.toggle("is-over", ended);
  if (ended && root.dataset.ballot !== block) root.dataset.stale = "yes";
  if ((state === "running" || ended) && (root.dataset.ballot !== block || root.dataset.stale)) {
    if (fetches) fetchCards(root);
  } else if (!["running", "paused", "ended"].includes(state)) {
    if (waiting.size) {
      waiting.clear();
      keepWaiting();
      hideConnectionLost();
      const late = document.getElementById("room-late");
      if (late) late.hidden = false;
    }
    root.replaceChildren();
    root.dataset.ballot = "";
  }
  showOwn();
}

let isFetching = false;
let isOutdated = false;

/** Replace the cards, one request at a time: what comes meanwhile may be newer than its answer, and is asked for next. */
async function fetchCards(root) {
  isOutdated = isFetching;
  if (isFetching) return;
  isFetching = true;
  await window.htmx.ajax("GET", root.dataset.url, { target: root, swap: "outerHTML" }).catch(() => {});
  isFetching = false;
  if (isOutdated) renew();
  else follow({ fetches: false });
}

/** After a pause, or a deadline that was moved: what was refused meanwhile is no news any more, and reasons typed in it are sent. */
function goOn(root) {
  document.getElementById("room-stopped")?.replaceChildren();
  for (const notice of root.querySelectorAll(".answers .notice--error")) notice.remove();
  for (const form of root.querySelectorAll("form[data-station]")) {
    const answered = form.querySelector("[data-own-answer]")?.dataset.ownAnswer;
    const typed = memory.get(`draft.${form.dataset.station}`) !== null;
    if (answered && typed) form.querySelector("textarea")?.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** The moderator changed something for this person alone. */
function renew() {
  const root = ballot();
  if (root) root.dataset.stale = "yes";
  follow();
}

// The cards come by one request when a block opens. One that failed is sent again, else this person could not rate.
for (const failure of FAILURES) {
  document.addEventListener(failure, ({ detail }) => {
    const { path, verb } = detail.requestConfig;
    if (verb === "get" && path === ballot()?.dataset.url && isNoAnswer(detail.xhr)) setTimeout(follow, RETRY_EVERY);
  });
}

document.body.addEventListener("sse:room-stage", () => follow());
document.body.addEventListener("sse:room-ballot", renew);

// Who goes leaves nothing behind for the next person with this phone.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.forgets === undefined) return;
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("room.")) sessionStorage.removeItem(key);
});

// --- a sign of life while somebody looks --------------------------------------------------------------------------

async function alive() {
  const url = document.querySelector("[data-seen-url]")?.dataset.seenUrl;
  if (!url || document.hidden) return;
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  const response = await fetch(url, { method: "POST", headers }).catch(() => null);
  // Removed, or unknown: the page says which.
  if (response && [403, 409].includes(response.status)) return window.location.reload();
  // The moderator has let this person rate, or only watch, while the phone slept or heard nothing.
  const rates = response?.headers.get("X-Rates");
  if (rates && ballot() && rates !== ballot().dataset.rates) renew();
}

setInterval(alive, ALIVE_EVERY);
document.addEventListener("visibilitychange", alive);
setTimeout(alive, 2000);
if (waiting.size) keepWaiting();
