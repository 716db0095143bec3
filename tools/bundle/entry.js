// Draws every chart of a report from its Vega-Lite specification. Runs offline under a content security
// policy without eval: expressions are interpreted, never compiled, and nothing is ever fetched.
import { parse, View } from "vega";
import { compile } from "vega-lite";
import { expressionInterpreter } from "vega-interpreter";

const noLoader = {
  load: () => Promise.reject(new Error("charts load nothing")),
  sanitize: () => Promise.reject(new Error("charts link nowhere")),
  http: () => Promise.reject(new Error("charts load nothing")),
  file: () => Promise.reject(new Error("charts load nothing")),
};

function tooltipBox() {
  const box = document.createElement("div");
  box.className = "tooltip";
  box.hidden = true;
  document.body.append(box);
  return box;
}

// What the pointer is on, as a small table; text only, never markup.
function showTooltip(box, event, value) {
  box.hidden = value === null || value === undefined || value === "";
  if (box.hidden) return;
  box.replaceChildren();
  const rows = typeof value === "object" ? Object.entries(value) : [["", value]];
  for (const [name, text] of rows) {
    const row = document.createElement("div");
    const term = document.createElement("span");
    const shown = document.createElement("b");
    term.textContent = name;
    shown.textContent = String(text);
    row.append(term, shown);
    box.append(row);
  }
  const room = document.documentElement.clientWidth - box.offsetWidth - 12;
  box.style.left = `${Math.max(4, Math.min(event.clientX + 14, room))}px`;
  box.style.top = `${event.clientY + 16}px`;
}

async function draw(place, specification, box) {
  const view = new View(parse(compile(specification).spec, undefined, { ast: true }), {
    container: place,
    expr: expressionInterpreter,
    hover: true,
    loader: noLoader,
    renderer: "svg",
  });
  view.tooltip((_handler, event, _item, value) => showTooltip(box, event, value));
  await view.runAsync();
  // The place has the chart's description; what is inside would be read out as a heap of unnamed symbols.
  place.querySelector("svg")?.setAttribute("aria-hidden", "true");
  place.dataset.drawn = "true";
}

async function drawAll() {
  const store = document.getElementById("allmende-charts");
  const charts = store ? JSON.parse(store.textContent) : {};
  const box = tooltipBox();
  for (const place of document.querySelectorAll("[data-chart]")) {
    const specification = charts[place.dataset.chart];
    if (specification) await draw(place, specification, box);
  }
  document.documentElement.dataset.charts = "drawn";
}

drawAll();
