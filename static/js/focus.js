// After a swap the keyboard goes on where it was. htmx keeps the focus on elements with an id; this does the rest.
// Fragments that arrive from elsewhere (live updates) never move the focus unless they replace what had it.

/** What to look for after the swap: enough to find the same control in the new fragment. */
function describe(element) {
  if (element.dataset.focusKey) return `[data-focus-key="${CSS.escape(element.dataset.focusKey)}"]`;
  const { name, value } = element;
  const tag = element.localName;
  if (name && (tag === "button" || element.type === "radio" || element.type === "checkbox")) {
    return `${tag}[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`;
  }
  return name ? `${tag}[name="${CSS.escape(name)}"]` : null;
}

let pending = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const active = document.activeElement;
  const { target, xhr } = event.detail;
  pending = null;
  if (!active || active === document.body || !target?.contains(active)) return;
  pending = { id: active.id, selector: describe(active), target: target.id, invalid: xhr.status === 422 };
});

function restore({ id, selector, target, invalid }) {
  const root = document.getElementById(target) ?? document.getElementById("content");
  if (!root) return;
  const wrong = invalid && root.querySelector('[aria-invalid="true"]');
  if (wrong) return wrong.focus();
  if (document.activeElement && document.activeElement !== document.body) return;
  const next =
    root.querySelector("[autofocus]") ??
    (id ? document.getElementById(id) : null) ??
    (selector && root.querySelector(selector));
  if (next && !next.disabled) return next.focus({ preventScroll: true });
  if (!root.hasAttribute("tabindex")) root.setAttribute("tabindex", "-1");
  root.focus({ preventScroll: true });
}

document.addEventListener("htmx:afterSettle", () => {
  if (!pending) return;
  const before = pending;
  pending = null;
  restore(before);
});
