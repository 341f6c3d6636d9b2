// Draws the charts of the analysis page with Plotly. The figures stand in the page as data; each chart's table says the
// same, so without this script, or without Plotly, nothing is lost: then the tables are opened.
const shapes = {
  delighting: "triangle-up",
  ok: "circle",
  disappointing: "triangle-down",
  muted: "circle",
  path: "circle",
  first: "square",
  second: "diamond",
  third: "cross",
};
const letter = 6.6; // width of a letter in small print (px), a little more than most have

const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(`--${name}`).trim();
// Names are other people's; Plotly would take < for markup.
const safe = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function colours() {
  return {
    delighting: colour("delighting"),
    ok: colour("ok"),
    disappointing: colour("disappointing"),
    muted: colour("line-strong"),
    path: colour("curve-line-quiet"),
    drop: colour("ink"),
    first: colour("ink"),
    second: colour("action"),
    third: colour("quiet"),
  };
}

// A number stands above its mark, or below where the line comes and goes above it.
function sides(points, line) {
  const height = new Map(line.map((point) => [point.x, point.y]));
  return points.map(({ x, y }) => {
    const around = [height.get(x - 1), height.get(x + 1)].filter((value) => typeof value === "number");
    const above = around.length === 0 || y >= around.reduce((sum, value) => sum + value, 0) / around.length;
    return above ? "top center" : "bottom center";
  });
}

function trace(series, paint, line, crowded) {
  const { role, points } = series;
  const isLine = role === "path" || role === "drop";
  return {
    type: "scatter",
    mode: isLine ? "lines" : crowded ? "markers" : "markers+text",
    x: points.map((point) => point.x),
    y: points.map((point) => point.y),
    text: points.map((point) => safe(point.label)),
    hovertext: points.map((point) => point.words.map(safe).join("<br>")),
    hoverinfo: isLine ? "skip" : "text",
    textposition: sides(points, line),
    textfont: { color: colour(role === "muted" ? "quiet" : "ink"), size: 11 },
    connectgaps: false,
    cliponaxis: false,
    line: { color: paint[role], width: (role === "drop" ? 4 : 2) / (crowded ? 2 : 1) },
    marker: {
      color: role === "muted" ? colour("card") : paint[role],
      symbol: shapes[role],
      size: crowded ? 8 : 13,
      line: { color: role === "muted" ? colour("line-field") : colour("card"), width: 1.5 },
    },
  };
}

function axis(given, width) {
  const shared = {
    title: { text: safe(given.title), standoff: 8, font: { size: 13 } },
    range: [given.low, given.high],
    gridcolor: colour("line"),
    linecolor: colour("line"),
    zeroline: false,
    ticks: "",
    automargin: true,
    minallowed: given.low,
    maxallowed: given.high,
  };
  if (given.ticks.length) {
    return { ...shared, tickvals: given.ticks.map((tick) => tick[0]), ticktext: given.ticks.map((tick) => safe(tick[1])) };
  }
  const fitting = Math.max(1, Math.floor(width / 34));
  const step = [1, 2, 5, 10, 20, 50].find((size) => (given.high - given.low) / size <= fitting) ?? 100;
  return { ...shared, tick0: step, dtick: step, showgrid: false };
}

function rules(drawing) {
  return drawing.rules.map((rule) => {
    const across = rule.axis === "y";
    return {
      type: "line",
      layer: "below",
      xref: across ? "paper" : "x",
      yref: across ? "y" : "paper",
      x0: across ? 0 : rule.at,
      x1: across ? 1 : rule.at,
      y0: across ? rule.at : 0,
      y1: across ? rule.at : 1,
      line: { color: colour(rule.quiet ? "line-strong" : "curve-zero"), width: 1.5, dash: rule.quiet ? "dot" : "dash" },
    };
  });
}

function stretches(drawing) {
  return drawing.zones
    .filter((zone) => zone.shaded)
    .map((zone) => ({
      type: "rect",
      layer: "below",
      xref: "x",
      yref: "paper",
      x0: zone.start,
      x1: zone.end,
      y0: 0,
      y1: 1,
      line: { width: 0 },
      fillcolor: colour("curve-phase"),
    }));
}

// The words in one line, in two, or not at all.
function fitted(words, width) {
  const lines = [words, words.replace(" ", "\n")].find((text) =>
    text.split("\n").every((part) => part.length * letter <= width),
  );
  return lines && safe(lines).replace("\n", "<br>");
}

function zoneWords(drawing, pixel) {
  return drawing.zones.flatMap((zone) => {
    const [upper, left] = [!zone.corner.startsWith("bottom"), !zone.corner.endsWith("right")];
    const words = { showarrow: false, font: { size: 12, color: colour("quiet") } };
    if (zone.height !== null) {
      const place = { xref: "paper", x: 0.995, xanchor: "right", y: zone.height, yanchor: "middle" };
      return [{ ...words, ...place, text: safe(zone.words), bgcolor: colour("card") }];
    }
    const stretch = zone.corner ? (drawing.x.high - drawing.x.low) / 2 : zone.end - zone.start;
    const text = fitted(zone.words, stretch * pixel);
    if (!text) return [];
    const place = zone.corner
      ? { xref: "paper", x: left ? 0.01 : 0.99, xanchor: left ? "left" : "right", yanchor: upper ? "top" : "bottom" }
      : { xref: "x", x: (zone.start + zone.end) / 2, xanchor: "center", yanchor: "bottom" };
    return [{ ...words, ...place, yref: "paper", y: upper ? 1 : 0, text, align: zone.corner ? (left ? "left" : "right") : "center" }];
  });
}

// The deepest drops by name, below their marks; the list beside the chart has them all, so one in the way is left out.
function notes(drawing, pixel) {
  const taken = [];
  return drawing.notes.flatMap((note) => {
    const half = (note.label.length * letter) / 2 / pixel;
    const middle = Math.min(Math.max(note.x, drawing.x.low + half), drawing.x.high - half);
    if (taken.some(([start, end]) => middle - half < end && middle + half > start)) return [];
    taken.push([middle - half, middle + half]);
    return [
      { x: middle, y: note.y, text: safe(note.label), showarrow: false, yanchor: "top", yshift: -20, font: { size: 12, color: colour("ink") } },
    ];
  });
}

function layout(drawing, width) {
  const pixel = (width - 80) / (drawing.x.high - drawing.x.low);
  return {
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colour("ink") },
    paper_bgcolor: "transparent",
    plot_bgcolor: "transparent",
    margin: { l: 44, r: 16, t: 40, b: 44 },
    xaxis: axis(drawing.x, width),
    yaxis: axis(drawing.y, width),
    shapes: [...stretches(drawing), ...rules(drawing)],
    annotations: [...zoneWords(drawing, pixel), ...notes(drawing, pixel)],
    showlegend: false, // it stands beside the drawing, in the page's own shapes
    hoverlabel: { bgcolor: colour("card"), bordercolor: colour("line-strong"), font: { color: colour("ink"), size: 13 }, align: "left" },
    hovermode: "closest",
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
  };
}

const options = { displayModeBar: false, responsive: true, showTips: false, doubleClickDelay: 400 };

async function draw(place) {
  const drawing = JSON.parse(place.previousElementSibling.textContent);
  place.hidden = false;
  const paint = colours();
  const width = place.clientWidth;
  const line = drawing.series.find((series) => series.role === "path")?.points ?? [];
  const crowded = drawing.series.some((series) => series.points.length > 60); // numbers would hide each other
  const traces = drawing.series.map((series) => trace(series, paint, line, crowded));
  await window.Plotly.react(place, traces, layout(drawing, width), options);
  place.nextElementSibling.hidden = false;
  place.dataset.drawn = "";
}

function openTable(place) {
  place.hidden = place.nextElementSibling.hidden = true;
  const table = place.parentElement.querySelector("details");
  if (table) table.open = true;
}

async function drawAll(root = document) {
  for (const place of root.querySelectorAll("[data-chart]")) {
    try {
      await draw(place);
    } catch (error) {
      openTable(place);
      console.error(error);
    }
  }
}

document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
let resting;
addEventListener("resize", () => {
  clearTimeout(resting);
  resting = setTimeout(() => drawAll(), 200); // the words that fit depend on the width
});
drawAll();
