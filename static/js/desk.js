// Keys for the work lists (J, K, Enter, C), and what a block does after it was fetched anew.
// The pages work without this file.
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const current = () => document.activeElement && document.activeElement.closest("[data-row]");
  const go = (step) => {
    const all = rows(), at = all.indexOf(current());
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const follow = (row, what) => { const link = row && row.querySelector(what); if (link) link.click(); };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "j") go(1);
    else if (key === "k") go(-1);
    else if (key === "c") follow(current() || rows().find((row) => row.querySelector("[data-call]")), "[data-call]");
    else if (key === "enter" && event.target.matches("[data-row]")) follow(event.target, "[data-open]");
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  // Whoever comes back to this page sees it as it is now.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.body.dispatchEvent(new Event("look"));
  });
  for (const here of document.querySelectorAll(".strip [aria-current]"))
    here.parentElement.scrollLeft = here.offsetLeft - 40;
  // A form that was refused may stand far below: what has to be mended comes into sight.
  const wrong = document.querySelector("main .problem");
  if (wrong) {
    wrong.scrollIntoView({ block: "center" });
    const field = document.querySelector(`main [aria-describedby~="${wrong.id}"]`);
    if (wrong.id && field) field.focus({ preventScroll: true });
  }
  // No connection: said once, and unsaid when an answer comes. A session that ended: log in.
  const offline = document.getElementById("offline");
  document.addEventListener("htmx:sendError", () => { offline.hidden = false; });
  document.addEventListener("htmx:afterOnLoad", () => { offline.hidden = true; });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!new URL(event.detail.xhr.responseURL || location.href).pathname.startsWith("/login/")) return;
    event.detail.shouldSwap = false;
    location.reload();
  });
  // After the number was shown the cursor stands on it.
  document.addEventListener("htmx:afterSwap", (event) => {
    const phone = event.target.querySelector && event.target.querySelector("a[href^='tel:']");
    if (phone) phone.focus();
  });
})();
