// The report has arrived: forget what the form kept. Then look every 10 seconds whether somebody
// has answered; without script the page reloads itself.
(() => {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("report ")) sessionStorage.removeItem(name);
  const told = document.getElementById("told");
  if (!told || "settled" in told.dataset) return;
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(told.dataset.from);
      if (!answer.ok) return;
      const words = await answer.text();
      if (words !== told.dataset.last) { told.innerHTML = words; told.dataset.last = words; }
      if (!answer.headers.get("X-Waits")) clearInterval(timer);
    } catch { /* no network: the next look tells */ }
  };
  const timer = setInterval(look, 10000);
})();
