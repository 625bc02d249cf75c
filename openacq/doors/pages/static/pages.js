// openacq pages: what makes working quicker. Everything works without it.
"use strict";
(() => {
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName)) &&
    !/^(checkbox|radio|button|submit)$/.test(el.type || "");
  const rows = () => [...document.querySelectorAll("tr[data-row]")];
  const shown = (el) => el.getClientRects().length > 0;

  // A second press of a button sends nothing; the page says so to who listens.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // Filters take effect when they are set.
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("[data-submits]")) field.form.requestSubmit();
    if (field.matches("[data-all]")) {
      for (const box of document.querySelectorAll(`input[name="${field.dataset.all}"]`)) box.checked = field.checked;
    }
    if (field.type === "checkbox") count();
  });
  const count = () => {
    for (const place of document.querySelectorAll("[data-counts]")) {
      place.textContent = document.querySelectorAll(`input[name="${place.dataset.counts}"]:checked`).length;
    }
  };

  // Menus close when something else is asked for.
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.account[open], details.views[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
    const opener = event.target.closest("[data-opens]");
    if (opener) { event.preventDefault(); document.getElementById(opener.dataset.opens)?.showModal(); }
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  });

  // -- keys: single letters, off while typing, off by choice, never from a scanner ----------
  if (document.body.dataset.keys !== "off") {
    const SCAN = 40;
    let waiting = null, last = 0, after = "";
    const press = (key) => {
      if (after === "g") {
        after = "";
        document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
        return;
      }
      if (key === "g") { after = "g"; setTimeout(() => { after = ""; }, 1500); return; }
      if (key === "?") { help(); return; }
      if (key === "j" || key === "k") { step(key === "j" ? 1 : -1); return; }
      const row = document.activeElement?.closest("tr[data-row]");
      if (key === "x" && row) { row.querySelector("input[type=checkbox]")?.click(); return; }
      if (key === "o" && row) { row.querySelector("a[href]")?.click(); return; }
      const name = `[data-key="${CSS.escape(key)}"]`;
      const found = (row && row.querySelector(name)) || [...document.querySelectorAll(name)].find(shown);
      if (!found) return;
      if (typing(found)) { found.focus(); found.select?.(); } else found.click();
    };
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        for (const open of document.querySelectorAll("details.account[open], details.views[open]")) open.open = false;
      }
      if ((event.ctrlKey || event.metaKey) && !event.altKey) {
        if (event.key === "k") { event.preventDefault(); document.getElementById("find")?.focus(); }
        if (event.key === "s") {
          const button = document.querySelector("[data-saves]");
          if (button) { event.preventDefault(); button.click(); }
        }
        return;
      }
      if (event.altKey || event.key.length !== 1 || typing(event.target) || document.querySelector("dialog[open]")) return;
      const now = event.timeStamp, quick = now - last < SCAN;
      last = now;
      clearTimeout(waiting);
      if (quick) return;
      if (event.key === "/" || event.key === "'") event.preventDefault();
      const key = event.key;
      waiting = setTimeout(() => press(key), SCAN + 5);
    });
    const step = (by) => {
      const all = rows();
      if (!all.length) return;
      const at = all.indexOf(document.activeElement?.closest("tr[data-row]"));
      const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    };
    const help = () => {
      const link = document.querySelector('a[href$="/keys"]');
      if (link) location.href = link.href;
    };
  }

  // -- live: what a share comes to, what is left, what the fund has after it -----------------
  const live = (form) => {
    if (!form || !window.htmx) return;
    clearTimeout(form.liveTimer);
    form.liveTimer = setTimeout(() => window.htmx.trigger(form, "look"), 120);
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-live]")) live(event.target.form);
  });

  if (matchMedia("(max-width: 60rem)").matches) {
    for (const facets of document.querySelectorAll("details.facets")) facets.open = false;
  }
  document.getElementById("errors")?.focus();
  count();
})();
