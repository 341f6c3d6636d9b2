// Live pages: console, projector and phone. One stream per tab, closed while the tab is hidden.
//
//   <div data-live data-stream="/…/stream/" data-poll="/…/poll/" data-version="12" data-now="1790000000.25"
//        data-fragments="board-count board-people board-stage"></div>
//
// The stream sends one event per fragment; the event's name is the fragment's id. A fragment whose data-digest is the
// one already on the page is ignored, so that nothing typed is lost. Every change fires "sse:<id>" on <body>, for the
// personal parts: hx-trigger="sse:board-stage from:body, again", where "again" follows a failure. Such a part swaps its
// inside, never itself: a change that comes while it waits for an answer is queued at the element. An element with
// data-signal only takes over the digest and fires, for pages that show something personal in its place. Without a
// stream the page polls with its version, and 204 means that nothing changed. <time data-ends-at="…"> counts down by the
// server's clock; where something carries data-deadline="…", the page asks again as soon as that moment has passed.
import { FAILURES, hideConnectionLost, isNoAnswer, showConnectionLost } from "./errors.js";
import { text } from "./texts.js";

const LOST_AFTER = 5000; // say that the connection is lost
const POLL_AFTER = 8000; // a proxy that swallows the stream must not stop the room
const POLL_EVERY = 3000;
const RETRY_STREAM = 30000;
const LOOK_AFTER = 2000; // what a stream brings is long there by then

const page = document.querySelector("[data-live]");
const names = page?.dataset.fragments.split(" ") ?? [];
const clockOffset = Number(page?.dataset.now) * 1000 - Date.now() || 0;
let source = null;
let lostTimer = 0;
let pollTimer = 0;
let retryTimer = 0;
let isLeaving = false;
let nextAsking = 0;

// ---- fragments ---------------------------------------------------------------------------------------------------

function place(fresh) {
  const current = document.getElementById(fresh.id);
  if (!current || (fresh.dataset.digest && fresh.dataset.digest === current.dataset.digest)) return;
  if (current.hasAttribute("data-signal")) {
    current.dataset.digest = fresh.dataset.digest;
    return announce(fresh.id);
  }
  const focused = current.contains(document.activeElement) ? document.activeElement.id : "";
  current.replaceWith(fresh);
  window.htmx?.process(fresh);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  tick();
  announce(fresh.id);
}

function announce(id) {
  document.body.dispatchEvent(new CustomEvent(`sse:${id}`));
}

function placeAll(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const fresh of [...holder.content.children]) if (names.includes(fresh.id)) place(fresh);
}

// ---- the stream --------------------------------------------------------------------------------------------------

function alive() {
  clearTimeout(lostTimer);
  lostTimer = 0;
  stopPolling();
  hideConnectionLost();
}

function waiting() {
  if (!lostTimer) lostTimer = setTimeout(showConnectionLost, LOST_AFTER);
  if (!pollTimer) pollTimer = setTimeout(poll, POLL_AFTER);
}

function open() {
  close();
  if (!window.EventSource) return poll();
  source = new EventSource(page.dataset.stream);
  waiting();
  source.addEventListener("open", alive);
  source.addEventListener("error", failed);
  source.addEventListener("reload", catchUp);
  for (const name of names) {
    source.addEventListener(name, (event) => {
      if (event.lastEventId) page.dataset.version = event.lastEventId;
      alive();
      if (event.data.includes("<")) placeAll(event.data);
      else announce(name); // "fetch your own part again"
    });
  }
}

function failed() {
  waiting();
  // The browser connects again by itself, unless the server refused: then ask by polling, which learns the reason.
  if (source?.readyState !== EventSource.CLOSED) return;
  close();
  poll();
  retryTimer = setTimeout(open, RETRY_STREAM);
}

function close() {
  clearTimeout(retryTimer);
  source?.close();
  source = null;
}

// ---- polling -----------------------------------------------------------------------------------------------------

function stopPolling() {
  clearTimeout(pollTimer);
  pollTimer = 0;
}

/** Go away once; what is under way until then is not asked again. */
function leave(go) {
  isLeaving = true;
  close();
  go();
}

async function ask() {
  const address = new URL(page.dataset.poll, window.location.href);
  const asked = page.dataset.version;
  address.searchParams.set("version", asked);
  const answer = await fetch(address, { headers: { "X-Poll": "1" }, credentials: "same-origin", redirect: "manual" });
  const elsewhere = answer.headers.get("X-Gone"); // logged out, or no longer known in the room
  if (elsewhere) return leave(() => window.location.replace(elsewhere));
  const gone = answer.type === "opaqueredirect" || [401, 403, 404, 410].includes(answer.status);
  if (gone) return leave(() => window.location.reload()); // no longer a member, or closed: the page itself says which
  if (answer.status !== 200) return;
  const html = await answer.text();
  const version = answer.headers.get("X-Version");
  // The stream may have brought something newer while this was under way.
  if (page.dataset.version !== asked && isOlder(version)) return;
  page.dataset.version = version ?? page.dataset.version;
  placeAll(html);
}

function isOlder(version) {
  return version !== null && Number(version) < Number(page.dataset.version);
}

async function poll() {
  stopPolling();
  if (document.hidden || isLeaving) return;
  try {
    await ask();
    clearTimeout(lostTimer);
    lostTimer = 0;
    hideConnectionLost();
  } catch {
    if (!lostTimer) lostTimer = setTimeout(showConnectionLost, LOST_AFTER);
  }
  if (!isLeaving && source?.readyState !== window.EventSource?.OPEN) pollTimer = setTimeout(poll, POLL_EVERY);
}

function catchUp() {
  ask().catch(waiting);
}

// Steps that change everybody's page, this one's too, need no answer of their own while the stream is open. A stream may
// be dead without knowing it, so a step that was left to it is looked after by one poll.
document.addEventListener("htmx:configRequest", (event) => {
  if (source && source.readyState === EventSource.OPEN) event.detail.headers["X-Live"] = "open";
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (page && event.detail.xhr.status === 204) setTimeout(catchUp, LOOK_AFTER);
});

// A personal part may hold a fragment, and may have been written before the stream brought a newer one. Then the page
// asks once how things stand, as if it knew only what that part shows.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const version = page && detail.xhr.getResponseHeader("X-Version");
  if (!version || !isOlder(version)) return;
  page.dataset.version = version;
  catchUp();
});

// A personal part is fetched when its fragment changes, which happens once. Where that fails it is fetched again, for as
// long as it takes: the digest is taken over already, so neither stream nor poll would bring the change a second time.
for (const failure of FAILURES) {
  document.addEventListener(failure, ({ detail }) => {
    const { id } = detail.elt;
    if (!detail.elt.getAttribute("hx-trigger")?.includes("sse:") || !isNoAnswer(detail.xhr)) return;
    setTimeout(() => document.getElementById(id)?.dispatchEvent(new Event("again")), POLL_EVERY);
  });
}

// ---- the timer ---------------------------------------------------------------------------------------------------

function remaining(element) {
  return Math.max(0, Math.ceil((Number(element.dataset.endsAt) * 1000 - (Date.now() + clockOffset)) / 1000));
}

function tick() {
  for (const element of document.querySelectorAll("[data-ends-at]")) {
    const left = remaining(element);
    const minutes = String(Math.floor(left / 60)).padStart(2, "0");
    const shown = left > 0 ? `${minutes}:${String(left % 60).padStart(2, "0")}` : text("time-over");
    if (element.textContent !== shown) element.textContent = shown;
    element.classList.toggle("timer--over", left === 0);
  }
  askAtDeadline();
}

/** Nobody acts when a deadline passes: a page that shows one asks how things stand then, and its asking tells all. */
function askAtDeadline() {
  const shown = document.querySelector("[data-deadline]");
  const now = Date.now() + clockOffset;
  if (!shown || now < Number(shown.dataset.deadline) * 1000 || now < nextAsking) return;
  nextAsking = now + POLL_EVERY;
  catchUp();
}

// ---- start, sleep, wake ------------------------------------------------------------------------------------------

if (page) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      stopPolling();
      clearTimeout(lostTimer);
      lostTimer = 0;
      close();
    } else {
      open(); // the first thing a stream sends is how things stand now
    }
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && open());
  window.addEventListener("online", () => !document.hidden && open());
  setInterval(tick, 500);
  document.addEventListener("htmx:load", tick);
  tick();
  // Not before everybody listens: on a slow line this script may have come long before those that follow it.
  document.addEventListener("DOMContentLoaded", () => !document.hidden && open());
}
