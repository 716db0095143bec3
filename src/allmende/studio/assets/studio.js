// What makes pages easier for those who have JavaScript; everything works without it. No text becomes markup.
"use strict";

// The charts clear their place by setting innerHTML to nothing; that alone is let through, and nothing else is.
if (globalThis.trustedTypes) {
  trustedTypes.createPolicy("default", { createHTML: (text) => (text === "" ? "" : null) });
}

// Times in the reader's own zone; what the server wrote stays as a hint.
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) continue;
  time.title = time.textContent;
  time.textContent = at.toLocaleString(document.documentElement.lang, {
    day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit",
  });
}

// A slider beside each lever; the number is what counts.
for (const number of document.querySelectorAll("input[data-slider]")) {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = number.min || "0";
  slider.max = number.dataset.slider;
  const width = Number(slider.max) - Number(slider.min);
  slider.step = number.step === "1" ? String(Math.max(1, Math.round(width / 200))) : String(width / 200);
  slider.value = number.value;
  slider.setAttribute("aria-label", `${number.labels[0].textContent}, slider`);
  slider.addEventListener("input", () => {
    number.value = number.step === "1" ? slider.value : String(Number(Number(slider.value).toPrecision(4)));
    const use = number.closest(".policy")?.querySelector("legend input");
    if (use) use.checked = true;
  });
  number.addEventListener("input", () => { slider.value = number.value; });
  number.after(slider);
}

// How many characters a comment has.
for (const text of document.querySelectorAll("textarea[maxlength]")) {
  const told = document.getElementById(`${text.id}-count`);
  if (!told) continue;
  const tell = () => { told.textContent = `${[...text.value].length.toLocaleString("en")} of ${text.maxLength.toLocaleString("en")} characters`; };
  text.addEventListener("input", tell);
  tell();
}

// How far a job is; when it ends the page is loaded anew.
async function watch(place) {
  const stage = place.querySelector(".stage");
  const bar = place.querySelector("progress");
  for (let wait = 300; ; wait = Math.min(wait * 1.3, 2000)) {
    await new Promise((resolve) => { setTimeout(resolve, wait); });
    let said;
    try {
      const answer = await fetch(`${place.dataset.job}/progress`, { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      said = await answer.json();
    } catch {
      continue;
    }
    if (said.state === "running") {
      stage.textContent = said.stage;
      if (said.share !== null) bar.value = said.share;
    } else if (said.state !== "queued") {
      location.reload();
      return;
    }
  }
}
for (const place of document.querySelectorAll("[data-job]")) watch(place);
