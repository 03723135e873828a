// Running clocks: <time data-due datetime="…">. Counts by the server's clock (body data-now),
// so an exercise and a phone with a wrong clock show the same minutes. Words come from
// body data-words-left / -over / -hours; without them the server's words simply stay.
(() => {
  const body = document.body, words = body.dataset;
  if (!words.now || !words.wordsLeft) return;
  const ahead = Date.parse(words.now) - Date.now();
  const span = (minutes) => minutes < 60 ? words.wordsMinutes.replace("{m}", minutes)
    : words.wordsHours.replace("{h}", Math.floor(minutes / 60)).replace("{m}", minutes % 60);
  const local = (ms) => new Date(ms + 8 * 3600e3).toISOString().slice(0, 16);
  const tick = () => {
    for (const clock of document.querySelectorAll("time[data-due]")) {
      const due = new Date(clock.dateTime), ms = due - (Date.now() + ahead);
      const minutes = Math.abs(ms < 0 ? Math.ceil(ms / 60000) : Math.floor(ms / 60000));
      const [day, hour] = local(+due).split("T"), isToday = day === local(Date.now() + ahead).split("T")[0];
      // The day in words comes from the server, where it is not today.
      const at = isToday || !clock.dataset.day ? hour : `${clock.dataset.day} ${hour}`;
      clock.textContent = (ms < 0 ? words.wordsOver : words.wordsLeft).replace("{at}", at).replace("{span}", span(minutes));
      clock.classList.toggle("now", ms < 0);
      clock.classList.toggle("today", ms >= 0 && minutes < 60);
    }
  };
  setInterval(tick, 15000);
  document.addEventListener("htmx:afterSwap", tick);
})();
