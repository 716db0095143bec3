// Makes addresses that are shown as "jane [at] example [dot] com" into links that write a mail. The strings that
// stand for "@" and "." are given on the script's own element as data-at and data-dot. Without this script such a
// link leads to the contact form.
"use strict";
(() => {
  const { at = " [at] ", dot = " [dot] " } = document.currentScript ? document.currentScript.dataset : {};
  const letter = "\\p{L}\\p{N}\\p{M}";
  const label = `[${letter}](?:[${letter}\\-]{0,61}[${letter}])?`;
  const top = "(?:[\\p{L}\\p{M}]{2,63}|[xX][nN]--[A-Za-z0-9\\-]{0,58}[A-Za-z0-9])";
  const address = new RegExp(`^[${letter}_][${letter}._+\\-'&]*@(?:${label}\\.)+${top}$`, "u");

  const open = () => {
    for (const link of document.querySelectorAll("a.mailto:not(.named)")) {
      const shown = link.textContent.replaceAll(dot, ".").replaceAll(at, "@");
      if (!address.test(shown)) continue;
      const [local, domain] = shown.split("@");
      link.setAttribute("href", `mailto:${encodeURIComponent(local).replaceAll("'", "%27")}@${domain}`);
      link.removeAttribute("rel");
      link.textContent = shown;
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", open);
  else open();
})();
