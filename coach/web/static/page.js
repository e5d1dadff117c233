/* Small courtesies of the page: Esc stops, citations open their source, answers can be copied, new answers come into view,
   and another page does not end a conversation. */
(() => {
  const shown = (element) => element && element.offsetParent !== null;

  const openSource = (link) => {
    const source = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!source) return;
    source.open = true;
    source.scrollIntoView({ block: "nearest" });
    source.querySelector("summary").focus({ preventScroll: true });
  };

  const copy = async (button) => {
    const words = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(words);
    } catch {
      const sheet = document.createElement("textarea");
      sheet.value = words;
      document.body.append(sheet);
      sheet.select();
      document.execCommand("copy");
      sheet.remove();
    }
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 1600);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.cite-link");
    if (link) { event.preventDefault(); openSource(link); return; }
    const jump = event.target.closest("a.jump");
    if (jump) { event.preventDefault(); document.getElementById("stand")?.scrollIntoView({ block: "start" }); return; }
    const way = event.target.closest(".pages a");
    // A conversation lives in its window alone: while there is one, another page opens beside it.
    if (way) way.target = document.querySelector(".exchange") ? "_blank" : "";
    const button = event.target.closest("button.copy");
    if (button) copy(button);
  });

  document.addEventListener("keydown", (event) => {
    const stop = document.getElementById("stop");
    if (event.key === "Escape" && shown(stop)) { event.preventDefault(); stop.click(); }
  });

  let seen = 0;
  const follow = () => {
    const exchanges = document.querySelectorAll(".exchange");
    if (exchanges.length > seen) exchanges[exchanges.length - 1].scrollIntoView({ block: "start" });
    seen = exchanges.length;
  };
  const watch = () => new MutationObserver(follow).observe(document.body, { childList: true, subtree: true });
  if (document.body) watch(); else document.addEventListener("DOMContentLoaded", watch);
})();
