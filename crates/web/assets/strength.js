// Says in words how good a new password is while it is typed. It only advises: the server decides.

const rules = document.querySelector("[data-strength]");
const field = document.getElementById(rules.dataset.strength);
const words = document.getElementById(`${field.id}-strength`);
const minimum = Number(rules.dataset.minimum);
const ownWords = rules.dataset.ownWords
  .toLowerCase()
  .split(/[\s@.]+/)
  .filter((word) => word.length > 3);

function judge(password) {
  const characters = [...password.normalize("NFC")];
  const missing = minimum - characters.length;
  const different = new Set(characters).size;
  const rest = ownWords.reduce((left, word) => left.replaceAll(word, ""), password.toLowerCase());
  const own = rest.length < password.length && [...rest].length < 8;
  if (missing > 0) return { level: "missing", missing, own };
  if (own) return { level: "own", own };
  if (different < 7) return { level: "weak", own };
  return { level: different > 11 && characters.length >= minimum + 5 ? "strong" : "good", own };
}

function mark(rule, met) {
  const item = rules.querySelector(`[data-rule=${rule}]`);
  item.classList.toggle("met", met);
  item.querySelector(".met-word")?.remove();
  if (met) {
    const word = document.createElement("span");
    word.className = "met-word";
    word.textContent = ` – ${rules.dataset.met}`;
    item.append(word);
  }
}

let pending;

field.addEventListener("input", () => {
  const { level, missing, own } = judge(field.value);
  mark("length", level !== "missing");
  mark("own", field.value !== "" && !own);
  words.hidden = field.value === "";
  words.dataset.level = level;
  clearTimeout(pending);
  // A pause, so that a screen reader is not told at every key.
  pending = setTimeout(() => {
    words.textContent = level === "missing" ? `${rules.dataset.missing} ${missing}` : rules.dataset[level];
  }, 300);
});
