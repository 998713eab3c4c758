// Makes every .qg-table sortable (click a heading), filterable and paged; no library.
(function () {
  "use strict";
  const PAGE = 25;
  const FEW = 12; // distinct values up to which a column gets a selection of its own

  function setUp(box) {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    const table = box.querySelector("table");
    const body = table.tBodies[0];
    const heads = Array.from(table.tHead.rows[0].cells);
    const rows = Array.from(body.rows).map((row) => ({
      row,
      cells: Array.from(row.cells).map((cell) => cell.textContent),
      text: row.textContent.toLowerCase(),
    }));
    const numeric = heads.map((_, i) =>
      rows.length > 0 && rows.every((r) => r.cells[i] === "" || !isNaN(r.cells[i])));
    rows.forEach((r) => numeric.forEach((is, i) => {
      if (is) r.row.cells[i].classList.add("qg-number");
    }));
    const scroll = document.createElement("div");
    scroll.className = "qg-scroll";
    table.replaceWith(scroll);
    scroll.append(table);

    let shown = rows, page = 0, sorted = -1, direction = 1;
    const tools = document.createElement("div");
    tools.className = "qg-tools";
    const search = document.createElement("input");
    search.type = "search";
    search.placeholder = "Search";
    search.setAttribute("aria-label", "Search this table");
    const choices = heads.map((head, i) => {
      const values = [...new Set(rows.map((r) => r.cells[i]))].filter(Boolean);
      if (numeric[i] || values.length < 2 || values.length > FEW) return null;
      const select = document.createElement("select");
      select.setAttribute("aria-label", head.textContent);
      select.add(new Option("All: " + head.textContent.toLowerCase(), ""));
      values.sort().forEach((value) => select.add(new Option(value, value)));
      select.onchange = filter;
      return select;
    });
    const before = button("‹", () => { page -= 1; render(); }, "Previous page");
    const after = button("›", () => { page += 1; render(); }, "Next page");
    const where = document.createElement("span");
    if (rows.length > 5) {
      tools.append(search, ...choices.filter(Boolean), before, where, after);
      scroll.before(tools);
    }
    search.oninput = filter;
    heads.forEach((head, i) => {
      head.tabIndex = 0;
      head.onclick = () => sort(i);
      head.onkeydown = (event) => { if (event.key === "Enter") sort(i); };
    });

    function button(text, action, label) {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      made.setAttribute("aria-label", label);
      made.onclick = action;
      return made;
    }
    function filter() {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      shown = rows.filter((r) => words.every((word) => r.text.includes(word)) &&
        choices.every((select, i) => !select || !select.value || r.cells[i] === select.value));
      page = 0;
      render();
    }
    function sort(i) {
      direction = sorted === i ? -direction : 1;
      sorted = i;
      rows.sort((a, b) => direction * (numeric[i]
        ? Number(a.cells[i]) - Number(b.cells[i])
        : a.cells[i].localeCompare(b.cells[i], undefined, { numeric: true })));
      heads.forEach((head, k) => head.setAttribute(
        "aria-sort", k !== i ? "none" : direction > 0 ? "ascending" : "descending"));
      filter();
    }
    function render() {
      const pages = Math.max(1, Math.ceil(shown.length / PAGE));
      page = Math.min(Math.max(page, 0), pages - 1);
      body.replaceChildren(...shown.slice(page * PAGE, (page + 1) * PAGE).map((r) => r.row));
      before.disabled = page === 0;
      after.disabled = page >= pages - 1;
      where.textContent = shown.length === 0 ? "nothing matches"
        : `${page * PAGE + 1}–${Math.min((page + 1) * PAGE, shown.length)} of ${shown.length}`;
    }
    window.addEventListener("beforeprint", () => body.replaceChildren(...shown.map((r) => r.row)));
    window.addEventListener("afterprint", render);
    render();
  }

  function all() { document.querySelectorAll(".qg-table").forEach(setUp); }
  if (document.readyState !== "complete") window.addEventListener("load", all);
  else all();
  // In a notebook tables come after this script.
  new MutationObserver(all).observe(document.documentElement, { childList: true, subtree: true });
})();
