// Turns addresses that are written out, "jane [at] example [dot] org", into links for those who read with
// JavaScript. Only text is read and only text is written.
"use strict";
(() => {
  const AT = " [at] ";
  const DOT = " [dot] ";
  const ADDRESS = /^[\p{L}\p{N}\p{M}._+\-'&]{1,64}@(?:[\p{L}\p{N}\p{M}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?\.)+(?:[\p{L}\p{M}]{2,63}|xn--[a-z0-9-]+)$/iu;
  for (const link of document.querySelectorAll("a.mailto:not(.named)")) {
    const address = link.textContent.replaceAll(DOT, ".").replaceAll(AT, "@");
    if (!ADDRESS.test(address)) continue;
    const [local, domain] = address.split("@");
    link.setAttribute("href", `mailto:${encodeURIComponent(local).replaceAll("'", "%27")}@${domain}`);
    link.removeAttribute("rel");
    link.textContent = address;
  }
})();
