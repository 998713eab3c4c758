// Makes every .qg-table sortable (click a heading), searchable, filterable and paged.
(function () {
  "use strict";
  const PAGE = 25;
  const FEW = 5; // rows up to which a table needs no tools
  const BRIEF = 30; // characters of a cell that is not broken into lines
  const PRINTED = 50; // rows of a table on paper
  const PAPER = 680; // pixels of a sheet's width

  function key(cell) {
    return cell.dataset.key === undefined ? cell.textContent : cell.dataset.key;
  }

  function make(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }

  function setUp(box) {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    const table = box.querySelector("table");
    const body = table.tBodies[0];
    const heads = Array.from(table.tHead.rows[0].cells);
    const rows = Array.from(body.rows).map((row) => ({
      row, keys: Array.from(row.cells, key), text: row.textContent.toLowerCase() }));
    rows.forEach((r) => Array.from(r.row.cells).forEach((cell) => {
      if (cell.textContent.length <= BRIEF) cell.classList.add("qg-brief");
    }));
    const numeric = heads.map((head, i) => {
      const filled = rows.filter((r) => r.keys[i] !== "");
      return filled.length > 0 && filled.every((r) => !isNaN(r.keys[i]));
    });
    numeric.forEach((is, i) => {
      if (is) [heads[i], ...rows.map((r) => r.row.cells[i])].forEach((c) => c.classList.add("qg-number"));
    });
    const scroll = make("div", { className: "qg-scroll" });
    table.replaceWith(scroll);
    scroll.append(table);
    const note = make("p", { className: "qg-paper" });
    scroll.after(note);
    if (rows.length <= FEW) return;

    let shown = rows, page = 0, sorted = -1, direction = 1;
    const search = make("input", { type: "search", placeholder: "Search", oninput: filter });
    search.setAttribute("aria-label", "Search this table");
    const choices = heads.map((head, i) => {
      const values = [...new Set(rows.map((r) => r.keys[i]))].filter(Boolean).sort();
      if (head.dataset.filter === undefined || values.length < 2) return null;
      const select = make("select", { onchange: filter });
      select.setAttribute("aria-label", "Filter by " + head.textContent);
      select.add(new Option(head.textContent + ": all", ""));
      const words = new Map(rows.map((r) => [r.keys[i], r.row.cells[i].textContent]));
      values.forEach((value) => select.add(new Option(words.get(value), value)));
      return select;
    });
    const turn = (text, label, step) => {
      const made = make("button", { type: "button", textContent: text, onclick: () => { page += step; render(); } });
      made.setAttribute("aria-label", label);
      return made;
    };
    const before = turn("‹", "Previous page", -1), after = turn("›", "Next page", 1);
    const where = make("span", { className: "qg-where" });
    where.setAttribute("role", "status");
    const tools = make("div", { className: "qg-tools" });
    tools.append(search, ...choices.filter(Boolean), before, where, after);
    scroll.before(tools);
    heads.forEach((head, i) => {
      head.tabIndex = 0;
      head.classList.add("qg-sorts");
      head.onclick = () => sort(i);
      head.onkeydown = (event) => { if (event.key === "Enter") sort(i); };
    });

    function filter() {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      shown = rows.filter((r) => words.every((word) => r.text.includes(word)) &&
        choices.every((select, i) => !select || !select.value || r.keys[i] === select.value));
      page = 0;
      render();
    }
    function sort(i) {
      direction = sorted === i ? -direction : 1;
      sorted = i;
      const order = new Intl.Collator(undefined, { numeric: true });
      rows.sort((a, b) => {
        const [x, y] = [a.keys[i], b.keys[i]];
        if (x === "" || y === "") return (x === "") - (y === ""); // what is missing stands last
        return direction * (numeric[i] ? x - y : order.compare(x, y));
      });
      heads.forEach((head, k) => head.setAttribute(
        "aria-sort", k !== i ? "none" : direction > 0 ? "ascending" : "descending"));
      filter();
    }
    function put(from, to) {
      body.replaceChildren(...shown.slice(from, to).map((r) => r.row));
    }
    function render() {
      const last = Math.max(0, Math.ceil(shown.length / PAGE) - 1);
      page = Math.min(Math.max(page, 0), last);
      put(page * PAGE, (page + 1) * PAGE);
      before.hidden = after.hidden = last === 0;
      before.disabled = page === 0;
      after.disabled = page === last;
      where.textContent = shown.length === 0 ? "nothing matches"
        : `${page * PAGE + 1} to ${Math.min((page + 1) * PAGE, shown.length)} of ${shown.length.toLocaleString("en")}`;
    }
    window.addEventListener("beforeprint", () => {
      put(0, PRINTED);
      const left = shown.length - PRINTED;
      note.textContent = left > 0 ? `${left.toLocaleString("en")} more rows are on the page and in the frame.` : "";
    });
    window.addEventListener("afterprint", render);
    render();
  }

  // Charts do not notice that paper is narrower than the window.
  function resize(change) {
    document.querySelectorAll(".qg-chart .js-plotly-plot").forEach((div) => window.Plotly.relayout(div, change));
  }
  window.addEventListener("beforeprint", () => resize({ autosize: false, width: PAPER }));
  window.addEventListener("afterprint", () => resize({ autosize: true, width: null }));

  window.qgateTables = () => document.querySelectorAll(".qg-table").forEach(setUp);
})();
