// openacq requests board: cards dragged to a column go the way their buttons lead.
"use strict";
(() => {
  const board = document.querySelector(".board");
  if (!board) return;
  let card = null;
  const post = (path, fields) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = `${board.dataset.base}/${path}`;
    for (const [name, value] of Object.entries({ ...fields, _form: board.dataset.token, _back: location.pathname + location.search })) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  };
  const moves = {
    approve: (id) => { location.href = `${board.dataset.base}/approve?ids=${id}`; },
    reject: (id) => { location.href = `${board.dataset.base}/reject?ids=${id}`; },
    defer: (id) => { location.href = `${board.dataset.base}/defer?ids=${id}`; },
    take: (id, from) => (from === "aside" ? post("resume", { ids: id }) : post("assign", { ids: id, to: "me" })),
    unassign: (id, from) => (from === "aside" ? post("resume", { ids: id }) : post("assign", { ids: id, to: "" })),
  };
  board.addEventListener("dragstart", (event) => {
    card = event.target.closest("[data-card]");
    if (card) event.dataTransfer.setData("text/plain", card.dataset.card);
  });
  board.addEventListener("dragover", (event) => {
    const column = event.target.closest("[data-drop]");
    for (const each of board.querySelectorAll(".over")) if (each !== column) each.classList.remove("over");
    if (!card || !column || column.contains(card)) return;
    event.preventDefault();
    column.classList.add("over");
  });
  board.addEventListener("dragend", () => {
    for (const each of board.querySelectorAll(".over")) each.classList.remove("over");
    card = null;
  });
  board.addEventListener("drop", (event) => {
    const column = event.target.closest("[data-drop]");
    if (!card || !column || column.contains(card)) return;
    event.preventDefault();
    moves[column.dataset.drop](card.dataset.card, card.closest("[data-column]").dataset.column);
  });
})();
