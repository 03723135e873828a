// The report works without this file. With it: the thermometer field has the cursor, a reload
// loses nothing, no network is said on the page, and places can be chosen from lists.
(() => {
  const form = document.getElementById("report"), box = sessionStorage, name = "report " + form.dataset.day;
  const field = (n) => form.elements.namedItem(n), skip = /^(csrf|key|opened|client|truth)/;
  form.addEventListener("change", (e) => {
    if (e.target.name === "how" && e.target.value === "well") field("temperature").focus();
  });
  const asked = document.getElementById("asked-back");
  if (asked) asked.focus();
  // kept in this tab until the receipt is seen
  const keep = () => box.setItem(name, JSON.stringify([...new FormData(form)].filter(([n]) => !skip.test(n))));
  if ("fresh" in form.dataset) for (const [n, value] of JSON.parse(box.getItem(name) || "[]"))
    for (const one of form.querySelectorAll(`[name="${CSS.escape(n)}"]`))
      if (/radio|checkbox/.test(one.type)) one.checked = one.checked || one.value === value; else if (one.type !== "hidden") one.value = value;
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  const note = document.getElementById("offline"), button = form.querySelector("button[name=truth]");
  form.addEventListener("submit", (e) => {
    note.hidden = navigator.onLine;
    if (!navigator.onLine) { e.preventDefault(); note.textContent = form.dataset.offline; return; }
    field("client_now").value = Date.now();
    setTimeout(() => { button.disabled = true; });
  });
  addEventListener("pageshow", () => { button.disabled = false; });
  // province, city, county: each list asks for the one below it; the name goes into the text field
  const text = field("place_text"), words = form.dataset.choose.split("|"), lists = [];
  const list = (level) => {
    const select = document.createElement("select");
    select.setAttribute("aria-label", words[level]);
    select.addEventListener("change", () => choose(level));
    text.before(lists[level] = select);
    return select;
  };
  const fill = async (level, code) => {
    const answer = await fetch(form.dataset.places + (code && code + "/") + "?on=" + form.dataset.day);
    if (!answer.ok) return;
    const select = lists[level] || list(level);
    select.hidden = false;
    select.replaceChildren(new Option(words[level], ""), ...(await answer.json()).map(([c, n, end]) => { const o = new Option(n, c); o.dataset.end = end; return o; }));
  };
  const choose = (level) => {
    const names = lists.slice(0, level + 1).map((s) => s.selectedOptions[0]).filter((o) => o.value);
    lists.slice(level + 1).forEach((s) => { s.hidden = true; });
    text.value = names.map((o) => o.text).join("");
    const last = names[level];
    if (last && last.dataset.end === "false") fill(level + 1, last.value).catch(() => {});
    keep();
  };
  const open = () => lists.length || fill(0, "").catch(() => {});
  if (!document.querySelector("[name=place][type=radio]")) open();
  form.addEventListener("change", (e) => { if (e.target.name === "place" && e.target.value === "other") open(); });
})();
