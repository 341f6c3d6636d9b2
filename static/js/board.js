// The journey board: stations are dragged by mouse, by finger and by keyboard; changes of others arrive by asking.
// Every move is one POST with the version this page saw. The answer holds the whole path; columns that did not change stay.
import { FAILURES } from "./errors.js";

const PATIENCE = 3000; // between two questions, in milliseconds
const SLACK = 6; // pixels that a press may wander before it is a drag
const HOLD = 350; // how long a finger rests on a card before it lifts it, in milliseconds
const EDGE = 72; // pixels from the window's edge in which it scrolls during a drag

const board = document.getElementById("board");
const mayEdit = !board.classList.contains("board--read");
const lists = () => [...board.querySelectorAll(".board__list")];
const stationsOf = (list) => [...list.querySelectorAll(":scope > .board__station:not(.board__ghost)")];
const isBusy = () => Boolean(drag || lifted);

// --- words ---------------------------------------------------------------------------------------------------------

function say(key, values = {}) {
  const words = document.getElementById("board-texts").content.querySelector(`[data-text="${key}"]`).textContent;
  document.getElementById("board-voice").textContent = words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function placeOf(card) {
  const list = card.closest(".board__list");
  const cards = stationsOf(list);
  return { name: card.dataset.name, phase: list.dataset.label, place: cards.indexOf(card) + 1, count: cards.length };
}

// --- one move ------------------------------------------------------------------------------------------------------

const homeOf = (card) => ({ list: card.parentElement, next: card.nextElementSibling });

function putBack(card, home) {
  home.list.insertBefore(card, home.next);
}

/** Send where the card stands now, unless it stands where it was. */
function send(card, home) {
  const list = card.parentElement;
  if (list === home.list && card.nextElementSibling === home.next) return;
  const cards = stationsOf(list);
  const following = cards[cards.indexOf(card) + 1];
  // Its column is no longer what the server drew, so the answer must replace it whatever it holds.
  for (const changed of [list, home.list]) changed.dataset.digest = "";
  const values = { version: card.dataset.version, phase: list.dataset.phase, before: following?.dataset.code ?? "" };
  const focused = document.activeElement?.id;
  window.htmx
    .ajax("POST", card.dataset.move, { source: board, target: board, swap: "none", values })
    .then(() => focused && document.getElementById(focused)?.focus({ preventScroll: true }));
}

// When the move did not reach the server, the path is asked for again instead of showing what is not so.
for (const failure of FAILURES) {
  document.addEventListener(failure, (event) => {
    if (event.detail.elt === board) document.getElementById("board-stamp").dataset.stamp = "";
  });
}

// --- mouse and finger ----------------------------------------------------------------------------------------------

let drag = null;
let pressed = null;

function begin({ card, x, y, pointer }) {
  const box = card.getBoundingClientRect();
  const ghost = card.cloneNode(true);
  ghost.removeAttribute("id");
  for (const element of ghost.querySelectorAll("[id]")) element.removeAttribute("id");
  ghost.setAttribute("aria-hidden", "true");
  ghost.inert = true;
  ghost.classList.add("board__ghost");
  Object.assign(ghost.style, { width: `${box.width}px`, left: `${box.left}px`, top: `${box.top}px` });
  document.body.append(ghost);
  drag = { card, ghost, pointer, x, y, from: { x, y }, home: homeOf(card) };
  card.classList.add("is-dragging");
  document.documentElement.classList.add("is-dragging-station");
  card.querySelector("details[open]")?.removeAttribute("open");
  window.getSelection()?.removeAllRanges();
  requestAnimationFrame(follow);
}

function listAt(x, y) {
  const boxes = lists().map((list) => [list, list.closest(".board__column").getBoundingClientRect()]);
  const hit = boxes.find(([, box]) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
  if (hit) return hit[0];
  // Beside, above or below the board: the nearest column counts.
  const distance = (box) => Math.max(box.left - x, 0, x - box.right) + Math.max(box.top - y, 0, y - box.bottom);
  return boxes.reduce((best, entry) => (distance(entry[1]) < distance(best[1]) ? entry : best))[0];
}

/** Scroll while the hand is near an edge that it has moved towards: a card lifted there stays where it is. */
function scrollAlong(y, start) {
  const beyond = y - (window.innerHeight - EDGE);
  if (y < EDGE && y < start - 2 * SLACK) window.scrollBy(0, -Math.ceil((EDGE - y) / 6));
  else if (beyond > 0 && y > start + 2 * SLACK) window.scrollBy(0, Math.ceil(beyond / 6));
}

function follow() {
  if (!drag) return;
  const { card, ghost, x, y, from } = drag;
  ghost.style.transform = `translate(${x - from.x}px, ${y - from.y}px)`;
  scrollAlong(y, from.y);
  const list = listAt(x, y);
  const next = stationsOf(list).find((other) => {
    if (other === card) return false;
    const box = other.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  const place = next ?? null;
  if (card.parentElement !== list || card.nextElementSibling !== place) list.insertBefore(card, place);
  requestAnimationFrame(follow);
}

function finish(keep) {
  if (!drag) return;
  const { card, ghost, home } = drag;
  drag = null;
  ghost.remove();
  card.classList.remove("is-dragging");
  document.documentElement.classList.remove("is-dragging-station");
  if (!keep) return putBack(card, home);
  say("dropped", placeOf(card));
  send(card, home);
}

function forget() {
  clearTimeout(pressed?.timer);
  pressed = null;
}

function press(event) {
  const card = event.target.closest(".board__station");
  if (!card || event.button !== 0 || !event.isPrimary || drag || lifted) return;
  const onHandle = Boolean(event.target.closest(".board__handle"));
  // A control keeps its own meaning, except the name: a click opens it, a drag moves the card.
  if (!onHandle && event.target.closest("button, input, summary, .menu__panel")) return;
  forget();
  pressed = { card, x: event.clientX, y: event.clientY, pointer: event.pointerId, mouse: event.pointerType === "mouse" || onHandle };
  if (!pressed.mouse) {
    const held = pressed;
    held.timer = setTimeout(() => {
      if (pressed !== held) return;
      forget();
      begin(held);
    }, HOLD);
  }
}

function wander(event) {
  if (drag && event.pointerId === drag.pointer) {
    Object.assign(drag, { x: event.clientX, y: event.clientY });
    return;
  }
  if (!pressed || event.pointerId !== pressed.pointer) return;
  if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < SLACK) return;
  const start = pressed;
  forget();
  // A finger that wanders before the hold is over wants to scroll.
  if (!start.mouse) return;
  begin(start);
  Object.assign(drag, { x: event.clientX, y: event.clientY });
}

let swallow = 0;

function release(event) {
  forget();
  if (!drag || event.pointerId !== drag.pointer) return;
  Object.assign(drag, { x: event.clientX, y: event.clientY });
  follow();
  swallow = event.timeStamp;
  finish(true);
}

function listenToPointers() {
  board.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", wander);
  document.addEventListener("pointerup", release);
  document.addEventListener("pointercancel", () => {
    forget();
    finish(false);
  });
  // A drag ends in a click; it opens nothing.
  document.addEventListener(
    "click",
    (event) => {
      if (event.timeStamp - swallow > 60 || !event.isTrusted) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  // While a card hangs on the finger, the page stays. This needs a listener that may say no.
  document.addEventListener("touchmove", (event) => drag && event.preventDefault(), { passive: false });
  board.addEventListener("contextmenu", (event) => {
    if (drag || pressed) event.preventDefault();
  });
  board.addEventListener("dragstart", (event) => event.preventDefault());
}

// --- keyboard ------------------------------------------------------------------------------------------------------

let lifted = null;

function lift(card) {
  lifted = { card, home: homeOf(card) };
  card.classList.add("is-lifted");
  card.querySelector(".board__handle").setAttribute("aria-pressed", "true");
  say("lifted", placeOf(card));
}

function lower(keep) {
  if (!lifted) return;
  const { card, home } = lifted;
  const hadFocus = card.contains(document.activeElement);
  lifted = null;
  card.classList.remove("is-lifted");
  card.querySelector(".board__handle").setAttribute("aria-pressed", "false");
  if (keep) {
    say("dropped", placeOf(card));
    send(card, home);
  } else {
    putBack(card, home);
    say("cancelled", { name: card.dataset.name });
  }
  if (hadFocus) card.querySelector(".board__handle").focus();
}

/** Where an arrow key leads: in front of `next` in `list` (null: the end), or nowhere. */
function stepFrom(card, key) {
  const list = card.parentElement;
  const cards = stationsOf(list);
  const place = cards.indexOf(card);
  const all = lists();
  const column = all.indexOf(list);
  // To the right is later on the path, so the card comes first there; to the left it comes last.
  if (key === "ArrowUp" && place > 0) return { list, next: cards[place - 1] };
  if (key === "ArrowDown" && place < cards.length - 1) return { list, next: cards[place + 2] ?? null };
  if (key === "ArrowLeft" && column > 0) return { list: all[column - 1], next: null };
  if (key === "ArrowRight" && column < all.length - 1) {
    return { list: all[column + 1], next: stationsOf(all[column + 1])[0] ?? null };
  }
  return null;
}

function step(key) {
  const { card } = lifted;
  const target = stepFrom(card, key);
  if (!target) return say("edge");
  moving = true; // taking the card out of the page blurs its handle; that is not the end of the move
  target.list.insertBefore(card, target.next);
  card.querySelector(".board__handle").focus();
  moving = false;
  card.scrollIntoView({ block: "nearest" });
  say("at", placeOf(card));
}

let moving = false;

function onKey(event) {
  if (event.key === "Escape" && drag) return finish(false);
  const handle = event.target.closest?.(".board__handle");
  if (!handle) return;
  const isDrop = event.key === " " || event.key === "Enter";
  if (isDrop) {
    event.preventDefault();
    if (event.repeat) return;
    if (lifted) lower(true);
    else lift(handle.closest(".board__station"));
  } else if (lifted && event.key === "Escape") {
    event.preventDefault();
    lower(false);
  } else if (lifted && event.key.startsWith("Arrow")) {
    event.preventDefault();
    step(event.key);
  }
}

function listenToKeys() {
  document.addEventListener("keydown", onKey);
  board.addEventListener("keyup", (event) => {
    // A button would take the key's release for a click.
    if (event.key === " " && event.target.closest(".board__handle")) event.preventDefault();
  });
  board.addEventListener("focusout", () => {
    if (lifted && !moving) lower(false);
  });
}

// --- what arrives --------------------------------------------------------------------------------------------------

let asking = false;
let known = new Set();
let openMenu = null;

const codes = () => new Set([...board.querySelectorAll(".board__station")].map((card) => card.dataset.code));

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  const fresh = fragment.firstElementChild;
  // Nothing moves under a hand that holds a card; the next question asks again.
  if (asking && isBusy()) event.detail.shouldSwap = false;
  else if (fresh?.dataset.digest && fresh.dataset.digest === target.dataset.digest) event.detail.shouldSwap = false;
});

document.addEventListener("htmx:beforeSwap", () => {
  known = codes();
  const menu = board.querySelector("details.menu[open]");
  const active = document.activeElement;
  openMenu = menu && { id: menu.id, value: menu.contains(active) ? active.value : null };
});

document.addEventListener("htmx:afterSettle", () => {
  for (const card of board.querySelectorAll(".board__station")) {
    if (!known.has(card.dataset.code)) card.classList.add("is-new");
  }
  known = codes();
  followTheNote();
  if (!openMenu) return;
  const menu = document.getElementById(openMenu.id);
  const { value } = openMenu;
  openMenu = null;
  if (!menu || menu.open) return;
  menu.open = true;
  const same = value && menu.querySelector(`button[value="${value}"]`);
  (same || menu.querySelector("button"))?.focus({ preventScroll: true });
});

/** A station that was taken off had the focus: the keyboard goes on at the button that puts it back. */
function followTheNote() {
  const active = document.activeElement;
  if (active && active !== document.body && active.id !== "content") return;
  document.querySelector("#board-note button")?.focus({ preventScroll: true });
}

async function ask() {
  if (asking || isBusy() || document.hidden) return;
  const stamp = document.getElementById("board-stamp");
  const before = stamp.dataset.stamp;
  asking = true;
  const address = `${board.dataset.changes}?v=${encodeURIComponent(before)}`;
  await window.htmx.ajax("GET", address, { source: board, target: board, swap: "none" }).catch(() => {});
  asking = false;
  const after = document.getElementById("board-stamp").dataset.stamp;
  if (before && after !== before) say("changed");
}

setInterval(ask, PATIENCE);
document.addEventListener("visibilitychange", ask);

// --- quick add -----------------------------------------------------------------------------------------------------

// A name leaves the field when Enter is pressed, so that the next one can be typed at once. Names go one after the other:
// each answer brings the code that makes the next one a new station. What did not arrive returns to the field.
const queues = new Map();
const later = new Map(); // names behind one that did not arrive; they follow when it is sent again
const answered = new Map();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("[data-quick-add]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const field = form.elements.name;
    const queue = queues.get(form.id) ?? [];
    queues.set(form.id, queue);
    const isSending = queue.length > 0;
    queue.push(field.value, ...(later.get(form.id) ?? []));
    later.delete(form.id);
    field.value = "";
    field.removeAttribute("aria-invalid");
    form.querySelector(".field__error")?.remove();
    if (!isSending) sendNames(form.id, queue);
  },
  true,
);

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, xhr } = event.detail;
  // An answer that leads to the login took nothing in.
  const took = xhr.status === 200 && !xhr.getResponseHeader("HX-Redirect");
  if (elt.matches("[data-quick-add]")) answered.set(elt.id, took);
});

async function sendNames(id, queue) {
  while (queue.length) {
    const form = document.getElementById(id);
    answered.delete(id);
    const options = { source: form, target: form, swap: "outerHTML", values: { name: queue[0] } };
    await window.htmx.ajax("POST", form.getAttribute("action"), options).catch(() => {});
    if (!answered.get(id)) break;
    queue.shift();
  }
  const [unsent, ...rest] = queue.splice(0, queue.length);
  later.set(id, rest);
  const field = document.getElementById(id).elements.name;
  if (unsent && !field.value) field.value = unsent;
}

// --- the dialog of a station -----------------------------------------------------------------------------------------

function listenToDialog() {
  const dialog = document.getElementById("station-dialog");
  const panel = document.getElementById("station-panel");
  const form = () => panel.querySelector("form");
  const answers = () => [...(form()?.querySelectorAll("textarea") ?? [])].map((field) => field.value).join("\u0000");
  let saved = "";
  let opener = "";
  const isDirty = () => answers() !== saved;

  const remind = () => {
    const place = panel.querySelector("[data-unsaved]");
    if (!place) return;
    place.textContent = document.getElementById("board-texts").content.querySelector('[data-text="unsaved"]').textContent;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    dialog.close();
    panel.replaceChildren();
    saved = "";
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest('[data-opens="station-dialog"]');
    if (!link) return;
    opener = link.dataset.focusKey;
    panel.replaceChildren();
    saved = "";
  });
  panel.addEventListener("htmx:afterSettle", (event) => {
    const { xhr } = event.detail;
    if (xhr.status >= 400) return;
    saved = answers();
    (panel.querySelector("textarea") ?? panel.querySelector("#station-title"))?.focus();
  });
  panel.addEventListener("input", () => dialog.toggleAttribute("data-keep-open", isDirty()));
  panel.addEventListener("click", (event) => event.target.closest("[data-discards]") && close());
  dialog.addEventListener("cancel", (event) => {
    if (!isDirty()) return;
    event.preventDefault();
    remind();
  });
  dialog.addEventListener("mousedown", (event) => event.target === dialog && isDirty() && remind());
  dialog.addEventListener("close", () => {
    dialog.removeAttribute("data-keep-open");
    board.querySelector(`[data-focus-key="${opener}"]`)?.focus({ preventScroll: true });
  });
  document.addEventListener("station-saved", close);
}

known = codes();
listenToDialog();
if (mayEdit) {
  listenToPointers();
  listenToKeys();
}
