"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  const tables = JSON.parse(document.getElementById("tables").textContent);
  const byId = (name) => document.getElementById(name);

  // The heat map: what is chosen is drawn; until then, and without this script, the first treatment stands there.
  const [target, treatment, as, other, heat] = ["target", "treatment", "as", "other", "heat"].map(byId);
  const option = (name, value) => Object.assign(document.createElement("option"), { textContent: name, value });
  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const fill = () => {
    const names = tables[target.value].treatments;
    for (const select of [treatment, other]) select.replaceChildren(...names.map(option));
  };
  const shown = (table, row, column, language) => {
    const value = row[column];
    if (value === null) return null;
    if (as.value === "drop") return row[0] === null ? null : value - row[0];
    if (as.value === "score") return value;
    const against = table.values[other.value][language][column];
    return against === null ? null : value - against;
  };
  const cell = (table, row, column, language, widest) => {
    const value = shown(table, row, column, language);
    const made = element("td", value === null ? "–" : (as.value === "score" ? "" : value > 0 ? "+" : "") + value.toFixed(1));
    if (value !== null) {
      const share = as.value === "score" ? (100 * (value - table.low)) / (100 - table.low || 1) : (100 * Math.abs(value)) / widest;
      made.style.setProperty("--share", Math.round(share));
      if (as.value !== "score") made.style.setProperty("--tone", value < 0 ? "#d55e00" : "#0072b2");
      made.dataset.hint = `${table.languages[language]}, ${table.columns[column]}: ${made.textContent}`;
    }
    return made;
  };
  const draw = () => {
    const table = tables[target.value];
    const rows = table.values[treatment.value];
    byId("less").hidden = other.disabled = as.value !== "beyond";
    const every = rows.flatMap((row, language) => row.map((_, column) => Math.abs(shown(table, row, column, language) ?? 0)));
    const widest = Math.max(1, ...every);
    const made = element("table", undefined, "heat");
    const against = as.value === "beyond" ? ` less ${table.treatments[other.value]}` : as.value === "drop" ? ", change from clean text" : `; chance is ${table.chance.toFixed(0)}`;
    const told = element("p", `${table.target}, ${table.treatments[treatment.value]}${against}.`, "told");
    const head = made.createTHead().insertRow();
    head.append(element("th", "language"), ...table.columns.map((name) => element("th", name, "number")));
    const body = made.createTBody();
    table.languages.forEach((language, place) => {
      const row = body.insertRow();
      const name = element("th", language);
      if (language === table.source) name.append(" ", element("small", "source"));
      if (place === table.lowest[treatment.value]) name.append(" ", element("small", "lowest", "lowest"));
      row.append(name, ...rows[place].map((_, column) => cell(table, rows[place], column, place, widest)));
    });
    heat.querySelector(".scroll").replaceChildren(told, made);
  };
  if (target) {
    fill();
    target.addEventListener("change", () => { fill(); draw(); });
    for (const select of [treatment, as, other]) select.addEventListener("change", draw);
    draw();
  }

  // Tables that can be sorted: a button in the head, by value where a cell has one, by text else.
  const keyOf = (row, place) => {
    const own = row.cells[place];
    const told = own?.dataset.value ?? own?.textContent.trim() ?? "";
    const number = Number.parseFloat(told.replaceAll(",", "").replace("−", "-"));
    return Number.isNaN(number) ? told.toLowerCase() : number;
  };
  const compare = (one, another) =>
    typeof one === typeof another ? (one < another ? -1 : one > another ? 1 : 0) : typeof one === "number" ? -1 : 1;
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      const button = element("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.dataset.sort = "";
      head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const each of heads) each.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = [...table.tBodies[0].rows].sort((a, b) => compare(keyOf(a, place), keyOf(b, place)) * (up ? 1 : -1));
        table.tBodies[0].append(...rows);
      });
    });
  }

  // What a mark of a figure or a cell of the heat map says, where the pointer is.
  const hint = byId("hint");
  document.addEventListener("pointermove", (event) => {
    const told = event.target.closest?.("[data-hint], figure svg [aria-label]");
    const text = told?.dataset?.hint ?? (told?.ariaRoleDescription ? told.getAttribute("aria-label") : "") ?? "";
    hint.hidden = !text || /^(axis|legend|.-axis)/i.test(text) || text.startsWith("X-axis") || text.startsWith("Y-axis");
    hint.textContent = text.replaceAll("; ", "\n");
    hint.style.left = `${Math.min(event.clientX + 14, innerWidth - 230)}px`;
    hint.style.top = `${event.clientY + 16}px`;
    hint.style.whiteSpace = "pre-line";
  });
  addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });
})();
