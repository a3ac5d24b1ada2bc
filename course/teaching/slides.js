// One slide at a time on a wide screen; without this script, on a phone and in print all stand one below the other.
(() => {
  const slides = [...document.querySelectorAll(".slide")], [back, on] = ["back", "on"].map((id) => document.getElementById(id));
  let at = 0;
  const show = (place, quiet) => {
    at = Math.max(0, Math.min(slides.length - 1, place));
    slides.forEach((slide, count) => slide.classList.toggle("now", count === at));
    back.disabled = at === 0;
    on.disabled = at === slides.length - 1;
    history.replaceState(null, "", "#" + (at + 1));
    if (!quiet) slides[at].focus();
  };
  const named = () => Number(location.hash.slice(1)) - 1 || 0;
  const full = () => document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  const keys = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Backspace: -1 };
  document.addEventListener("keydown", (event) => {
    const step = keys[event.key], button = event.target.closest("button") && [" ", "Enter"].includes(event.key);
    if (event.ctrlKey || event.altKey || event.metaKey || button) return;
    if (step) show(at + (event.shiftKey ? -step : step));
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(slides.length - 1);
    else if (event.code === "KeyF") full();
    else return;
    event.preventDefault();
  });
  back.addEventListener("click", () => show(at - 1));
  on.addEventListener("click", () => show(at + 1));
  addEventListener("hashchange", () => show(named()));
  document.documentElement.classList.add("live");
  show(named(), true);
})();
