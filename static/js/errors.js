// What htmx cannot show as a fragment: a lost connection, a lost session, an answer that is an error.
import { text } from "./texts.js";

const SENTENCES = { 400: "failed", 401: "forbidden", 403: "forbidden", 404: "missing", 410: "missing", 413: "large", 429: "limited" };

/** The events of a request that was not answered, or not well. */
export const FAILURES = ["htmx:sendError", "htmx:timeout", "htmx:responseError"];

/** Whether it is worth asking again: no answer came, or a server said that it could not, rather than that one may not. */
export const isNoAnswer = (xhr) => xhr.status === 0 || xhr.status >= 500;

const banner = () => document.getElementById("connection");

/** Say that the connection is lost, until a request gets through again. */
export function showConnectionLost(key = "lost") {
  const element = banner();
  if (!element) return;
  element.textContent = text(key);
  element.hidden = false;
}

export function hideConnectionLost() {
  const element = banner();
  if (element) element.hidden = true;
}

function showError(sentence, reference) {
  const region = document.getElementById("messages");
  const notice = document.createElement("div");
  notice.className = "notice notice--error";
  const paragraph = document.createElement("p");
  paragraph.textContent = sentence;
  notice.append(paragraph);
  if (reference) {
    const small = document.createElement("p");
    small.className = "small quiet";
    small.textContent = `${text("reference")} ${reference}`;
    notice.append(small);
  }
  if (!region) return;
  region.replaceChildren(notice);
  notice.scrollIntoView({ block: "nearest" });
}

// What js/room.js sends again by itself (data-retry) is said in its own words.
const isRetried = (element) => Boolean(element?.closest?.("[data-retry]"));

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    showConnectionLost(isRetried(event.detail.elt) ? "retrying" : "lost");
  });
}
window.addEventListener("online", () => {
  if (!document.querySelector(".is-waiting")) hideConnectionLost();
});
document.addEventListener("htmx:afterOnLoad", hideConnectionLost);

// A request that ends with its page, or because a newer one replaces it, is no error: htmx shall not log it as one.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const ended = detail.xhr.onabort;
  detail.xhr.onabort = () => {
    detail.error = "";
    ended();
  };
});

// What became of the step before is no news beside the next one. Warnings stay: they may hold words of somebody's own.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.requestConfig.verb === "get") return;
  for (const notice of document.querySelectorAll("#messages > :is(.notice--ok, .notice--error)")) notice.remove();
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  hideConnectionLost();
  showError(text(SENTENCES[xhr.status] ?? "failed"), xhr.getResponseHeader("X-Request-ID"));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  // "Stop polling" without a last fragment leaves what is there.
  if (xhr.status === 286 && xhr.response === "") event.detail.shouldSwap = false;
  // A whole page where a fragment was expected (a login page, a proxy's error page) never lands inside a card.
  if (/^\s*<!doctype/i.test(xhr.response) && event.detail.target !== document.body) {
    event.detail.shouldSwap = false;
    if (xhr.status < 400 && xhr.responseURL) window.location.assign(xhr.responseURL);
  }
});
