"use strict";
(function () {
  // Times in the reader's zone, the largest unit first; the title keeps UTC.
  const two = (number) => String(number).padStart(2, "0");
  const inZone = (at) =>
    `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ` +
    `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  function localise(root) {
    for (const time of root.querySelectorAll("time[datetime]:not([title])")) {
      const at = new Date(time.dateTime);
      if (!isNaN(at)) {
        time.title = time.textContent;
        time.textContent = inZone(at);
      }
    }
  }
  // A table that is wider than its place can be reached and moved by keys; others are no stop.
  function makeReachable() {
    for (const table of document.querySelectorAll(".wide")) {
      if (table.scrollWidth > table.clientWidth) {
        table.tabIndex = 0;
        table.setAttribute("role", "group");
        table.setAttribute("aria-label", "Table, wider than the page");
      } else if (table.hasAttribute("tabindex")) {
        for (const name of ["tabindex", "role", "aria-label"]) table.removeAttribute(name);
      }
    }
  }
  localise(document);
  makeReachable();
  window.addEventListener("resize", makeReachable);
  for (const one of document.querySelectorAll("[data-without-script]")) one.hidden = true;
  for (const one of document.querySelectorAll("[data-pause], [data-copy]")) one.hidden = false;
  document.addEventListener("htmx:load", (event) => {
    localise(event.target);
    makeReachable();
  });

  // What is asked before it is done.
  document.addEventListener("submit", (event) => {
    const question = event.submitter && event.submitter.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // One box for all that are shown, where each row has one.
  function chooseAll(event) {
    for (const one of document.querySelectorAll("main tbody input[form=chosen]")) one.checked = event.target.checked;
  }
  for (const one of document.querySelectorAll("[data-choose-all]")) {
    one.hidden = false;
    one.firstElementChild.addEventListener("change", chooseAll);
  }

  // Keys, while nobody types.
  function moveRow(step) {
    const links = [...document.querySelectorAll("main tbody tr")]
      .map((row) => row.querySelector("a, button"))
      .filter((link) => link);
    const row = document.activeElement && document.activeElement.closest("main tbody tr");
    const at = links.findIndex((link) => row && row.contains(link));
    const next = links[Math.min(links.length - 1, Math.max(0, at + step))];
    if (next) next.focus();
  }
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea, dialog");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const find = document.getElementById("find");
    const keys = document.getElementById("keys");
    if (event.key === "/" && find) {
      event.preventDefault();
      find.focus();
    } else if (event.key === "?" && keys) {
      keys.showModal();
    } else if (event.key === "j" || event.key === "k") {
      moveRow(event.key === "j" ? 1 : -1);
    }
  });

  // The one polled section of a page: not asked for while nobody looks or while it is paused.
  let failures = 0;
  let isPaused = false;
  // A new table would forget what is chosen.
  const isChoosing = () => document.querySelector("#live input[form=chosen]:checked") !== null;
  const live = () => document.querySelector("[data-live]");
  function tell(text) {
    const place = document.getElementById("live-state");
    if (place) place.textContent = text;
  }
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.hasAttribute("data-live") && (document.hidden || isPaused || isChoosing())) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    // After a swap the section that has asked is gone, and the event is another element's.
    if (!event.detail.requestConfig.elt.hasAttribute("data-live")) return;
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (status >= 200 && status < 400) {
      failures = 0;
      tell("Updated " + new Date().toLocaleTimeString(undefined, { hour12: false }));
    } else if (++failures >= 3) {
      tell("No connection since some tries; this is the state of the last update");
    }
  });
  document.addEventListener("visibilitychange", () => {
    const section = live();
    if (!document.hidden && section && window.htmx) window.htmx.trigger(section, "shown");
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pause]");
    if (button) {
      isPaused = !isPaused;
      button.setAttribute("aria-pressed", String(isPaused));
      tell(isPaused ? "Paused" : "");
      const section = live();
      if (!isPaused && section && window.htmx) window.htmx.trigger(section, "shown");
      return;
    }
    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      const source = document.getElementById(copy.dataset.copy);
      navigator.clipboard.writeText(source.textContent).then(() => { copy.textContent = "Copied"; });
    }
  });
})();
