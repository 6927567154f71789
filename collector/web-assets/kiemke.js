"use strict";
(() => {
  const csrf = () => document.body.dataset.csrf || "";

  // htmx sends the session's token with whatever changes something.
  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx && event.detail.ctx.request;
    if (request && request.method !== "GET") request.headers["X-CSRF-Token"] = csrf();
  });

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const box = document.querySelector("#q") || document.querySelector("#quick");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    }
    if (event.key === "Escape") closePanel();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") moveHit(event);
  });

  function moveHit(event) {
    const hits = [...document.querySelectorAll(".kk-hit")];
    const box = document.querySelector("#q");
    const at = hits.indexOf(document.activeElement);
    if (!hits.length || (at < 0 && document.activeElement !== box)) return;
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) box.focus(); else hits[Math.min(next, hits.length - 1)].focus();
  }

  function closePanel() {
    const panel = document.querySelector("#panel");
    if (!panel || !panel.firstElementChild) return;
    panel.replaceChildren();
    const open = document.querySelector(".kk-cell[aria-expanded=true]");
    if (open) { open.setAttribute("aria-expanded", "false"); open.focus(); }
    setParameter("cell", null);
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    const panel = event.target.id === "panel" && event.target.firstElementChild;
    if (panel) panel.focus();
  });

  function setParameter(name, value) {
    const here = new URL(location.href);
    if (value === null) here.searchParams.delete(name); else here.searchParams.set(name, value);
    history.replaceState(history.state, "", here);
  }

  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) return copyText(copy);
    if (event.target.closest("[data-close-panel]")) return closePanel();
    if (event.target.closest("[data-back]") && history.length > 1) {
      event.preventDefault();
      return history.back();
    }
    const facets = event.target.closest("[data-toggle-facets]");
    if (facets) return facets.closest("main").querySelector(".kk-search").classList.toggle("show-facets");
    const cell = event.target.closest(".kk-cell");
    if (cell) {
      document.querySelectorAll(".kk-cell[aria-expanded=true]").forEach((c) => c.setAttribute("aria-expanded", "false"));
      cell.setAttribute("aria-expanded", "true");
      setParameter("cell", cell.dataset.cell);
    }
    const toggle = event.target.closest(".kk-toggle[aria-expanded]");
    if (toggle) toggleRows(toggle);
    document.querySelectorAll("details.kk-menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });

  function copyText(button) {
    const text = document.querySelector(button.dataset.copy).innerText;
    const done = () => { button.classList.add("done"); setTimeout(() => button.classList.remove("done"), 1500); };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done);
  }

  // The tree: rows once fetched are hidden and shown again; the address keeps what is open.
  function toggleRows(toggle) {
    const row = toggle.closest("tr");
    const open = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(open));
    const shown = new URL(location.href);
    const set = new Set((shown.searchParams.get("open") || row.closest("table").dataset.open || "").split(",").filter(Boolean));
    if (open) set.add(row.dataset.code); else set.delete(row.dataset.code);
    setParameter("open", [...set].join(","));
    if (!open) hideBelow(row);
    else document.querySelectorAll(`tr[data-parent="${CSS.escape(row.dataset.code)}"]`).forEach((child) => { child.hidden = false; });
  }

  function hideBelow(row) {
    document.querySelectorAll(`tr[data-parent="${CSS.escape(row.dataset.code)}"]`).forEach((child) => {
      child.hidden = true;
      const toggle = child.querySelector(".kk-toggle");
      if (toggle) toggle.setAttribute("aria-expanded", "false");
      hideBelow(child);
    });
  }

  // The address follows what is typed and opened; a change of language returns to where it is then.
  const address = () => location.pathname + location.search;
  const loaded = address();

  document.addEventListener("submit", (event) => {
    const next = event.target.matches('[action="/language"]') && event.target.elements.next;
    if (next && next.value === loaded) next.value = address();
    const asks = event.target.dataset.confirm;
    if (asks && !window.confirm(asks)) event.preventDefault();
  });

  const typed = document.querySelector("#q");
  if (typed && typed.value) typed.setSelectionRange(typed.value.length, typed.value.length);

  // A link from a mail comes without the Strict cookie: ask again as a request of our own.
  const login = document.querySelector("[data-resume]");
  if (login) {
    fetch("/session", { credentials: "same-origin" }).then((answer) => {
      if (answer.status === 204) location.replace(login.dataset.resume);
    });
  }
})();
