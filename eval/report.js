// Filters of the questions; without scripts all of them are on the page.
(() => {
  const bar = document.querySelector(".filters");
  if (!bar) return;
  const questions = [...document.querySelectorAll(".q")];
  const words = questions.map((q) => q.textContent.toLowerCase());
  const button = bar.querySelector("button");
  const apply = () => {
    const want = {};
    for (const field of bar.querySelectorAll("select, input")) want[field.name] = field.value;
    const search = want.search.trim().toLowerCase();
    let left = 0;
    questions.forEach((q, i) => {
      const has = (name) => !want[name] || q.dataset[name] === want[name];
      const show = has("split") && has("kind") && has("language") && words[i].includes(search)
        && (!want.verdict || q.dataset.verdict.split(" ").includes(want.verdict));
      q.hidden = !show;
      left += show;
    });
    bar.querySelector("output").textContent = `${left} of ${questions.length} questions`;
  };
  button.addEventListener("click", () => {
    const open = button.textContent === "Open all";
    for (const q of questions) if (!q.hidden) q.open = open;
    button.textContent = open ? "Close all" : "Open all";
  });
  bar.addEventListener("input", apply);
  bar.hidden = false;
  apply();
})();
