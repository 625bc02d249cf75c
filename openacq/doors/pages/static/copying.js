// openacq pages: buttons that copy a text. Without this the text can be marked and copied by hand.
"use strict";
for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
    const said = button.parentElement.querySelector("[data-copied]");
    if (said) said.hidden = false;
  });
}
