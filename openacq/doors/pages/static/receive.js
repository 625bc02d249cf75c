// openacq receiving: the scan box keeps the focus, and a sound says what was found. Both may be missing.
"use strict";
(() => {
  const box = document.querySelector("[data-scan]");
  const form = document.getElementById("receiving");
  if (!box || !form) return;

  // What is scanned while nothing has the focus goes into the box.
  document.addEventListener("keydown", (event) => {
    const free = document.activeElement === document.body || document.activeElement === document.getElementById("main");
    if (free && event.key.length === 1 && /[0-9]/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) box.focus();
  });

  // One tone for found, two low ones for what needs a look; off where the browser lets no sound through.
  const tones = { found: [880], several: [440, 660], nothing: [220, 196] }[form.dataset.state] || [];
  if (document.querySelector(".told.problem")) tones.splice(0, tones.length, 220, 196);
  else if (document.querySelector("#told .told.done")) tones.push(1320);
  const Sound = window.AudioContext;
  if (!tones.length || !Sound || navigator.userActivation?.hasBeenActive === false) return;
  const sound = new Sound();
  tones.forEach((pitch, at) => {
    const tone = sound.createOscillator(), loud = sound.createGain();
    tone.frequency.value = pitch;
    loud.gain.value = 0.05;
    tone.connect(loud).connect(sound.destination);
    tone.start(sound.currentTime + at * 0.14);
    tone.stop(sound.currentTime + at * 0.14 + 0.1);
  });
})();
