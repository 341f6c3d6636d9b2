// <form data-retry hx-post="…">: what was tapped without a connection is marked "not saved yet" and sent once the
// connection is back. The request is repeated as it was, with its idempotency key, so the server counts it once.
// Only the newest tap of a form waits; an older one would overwrite it.
import { hideConnectionLost } from "./errors.js";

const EVERY = 3000;
const waiting = new Map();
let timer = 0;

const formOf = (element) => element?.closest?.("form[data-retry]");

function mark(form, submitter) {
  unmark(form);
  form.classList.add("is-waiting");
  submitter?.classList.add("is-unsaved");
}

function unmark(form) {
  form.classList.remove("is-waiting");
  for (const element of form.querySelectorAll(".is-unsaved")) element.classList.remove("is-unsaved");
}

function forget(form) {
  waiting.delete(form);
  unmark(form);
  if (waiting.size === 0) {
    clearInterval(timer);
    timer = 0;
    hideConnectionLost();
  }
}

function sendAgain() {
  for (const [form, request] of waiting) {
    if (!form.isConnected) {
      forget(form);
    } else if (!form.classList.contains("htmx-request")) {
      // Rejects when the connection is still gone; the listener below keeps the answer waiting.
      window.htmx.ajax(request.verb, request.path, { source: form, values: request.values }).catch(() => {});
    }
  }
}

// htmx fires send errors on the element that asked: the form itself or a button in it.
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => {
    const form = formOf(detail.elt);
    if (!form) return;
    const { verb, path, formData, triggeringEvent } = detail.requestConfig;
    const submitter = triggeringEvent?.submitter ?? waiting.get(form)?.submitter;
    waiting.set(form, { verb, path, values: formData, submitter });
    mark(form, submitter);
    timer ||= setInterval(sendAgain, EVERY);
  });
}

// Any answer of the server, good or bad, ends the waiting; bad ones are shown by errors.js.
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  const form = formOf(detail.elt);
  if (form && waiting.has(form)) forget(form);
});

window.addEventListener("online", sendAgain);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) sendAgain();
});
