// <time class="timer" data-timer="462" data-running>07:42</time>: seconds left when it was rendered, counted down here.
// The server's clock decides; this one only measures what has passed since, so a wrong clock on the device does no harm.
// At zero it says so and nothing else happens.
import { text } from "./texts.js";

const ends = new WeakMap();

function endOf(element) {
  const known = ends.get(element);
  if (known && known.from === element.dataset.timer) return known.end;
  const end = performance.now() + Number(element.dataset.timer) * 1000;
  ends.set(element, { from: element.dataset.timer, end });
  return end;
}

function format(seconds) {
  const minutes = String(Math.floor(seconds / 60)).padStart(2, "0");
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

function tick() {
  for (const element of document.querySelectorAll("[data-timer][data-running]")) {
    const left = Math.max(0, Math.ceil((endOf(element) - performance.now()) / 1000));
    const shown = left > 0 ? format(left) : text("time-over");
    if (element.textContent !== shown) element.textContent = shown;
    element.classList.toggle("timer--over", left === 0);
  }
}

setInterval(tick, 500);
document.addEventListener("htmx:load", tick);
document.addEventListener("visibilitychange", tick);
tick();
