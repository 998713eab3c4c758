// Runs before the web client's own scripts, in every page: counts the requests under way, so
// that the page can be asked whether anything is still going to change, and what it says.
// Each question of a spec is one call: Playwright records the whole page with every one.
(() => {
    const QUIET = 40; // ms after the last answer
    const FRAMES = 3; // drawn since then: what an answer brings is drawn a frame or two later
    const DIALOG = ".o_dialog:not(.o_inactive_modal)";
    const state = { open: 0, seen: 0, last: performance.now(), trouble: "" };
    const touch = () => { state.seen += 1; state.last = performance.now(); };
    const begin = () => { state.open += 1; touch(); };
    const end = () => { state.open -= 1; touch(); };
    // A dialog about it will come, which keeps to itself what it is about.
    const trouble = (error) => {
        touch();
        const inner = (error && error.cause) || error;
        state.trouble = (inner && ((inner.data && inner.data.message) || inner.message)) || "";
    };
    window.addEventListener("unhandledrejection", (event) => trouble(event.reason));
    window.addEventListener("error", (event) => trouble(event.error));

    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (...words) {
        begin();
        this.addEventListener("loadend", end, { once: true });
        try {
            return send.apply(this, words);
        } catch (error) {
            end();
            throw error;
        }
    };

    const ask = window.fetch;
    window.fetch = (...words) => {
        begin();
        return ask(...words).finally(end);
    };

    const find = (selector) => document.querySelector(selector);
    const words = (element) => (element ? element.innerText.replace(/\s+/g, " ").trim() : "");

    const quiet = () =>
        document.readyState === "complete" &&
        state.open === 0 &&
        performance.now() - state.last > QUIET &&
        find(".o_main_navbar") &&
        (find(".o_action_manager > *") || refusal()) &&
        !find(".o_blockUI");

    const marked = () =>
        [...document.querySelectorAll(".o_field_widget.o_field_invalid")].map((field) =>
            field.getAttribute("name")
        );

    // What keeps the user from going on, in the words he reads.
    const refusal = () => {
        const dialog = find(`${DIALOG} .o_error_dialog`);
        if (dialog) {
            const title = words(dialog.querySelector(".modal-title"));
            const vague = dialog.querySelector(".modal-body button.btn-link") && state.trouble;
            return `${title}: ${vague || words(dialog.querySelector(".modal-body"))}`;
        }
        const warnings = [...document.querySelectorAll(".o_notification")].filter((one) =>
            one.querySelector(".bg-danger")
        );
        return warnings.map((one) => words(one.querySelector(".o_notification_content"))).join(" ");
    };

    // The web client closes a dialog by itself when it goes back to what was shown before, so
    // what the user was told is kept from when it appears.
    const told = [];
    new MutationObserver(() => {
        const said = refusal();
        if (said) told.push(said);
    }).observe(document, { childList: true, subtree: true });

    const answer = (busy) => {
        const said = told[0] || refusal();
        told.length = 0;
        return { busy, refusal: said, marked: marked() };
    };

    // A busy machine draws late, so frames count and not time alone.
    const drawn = async () => {
        for (let frame = 0; frame < FRAMES; frame += 1) {
            await new Promise((resolve) => {
                requestAnimationFrame(resolve);
                setTimeout(resolve, 500); // a page that nobody sees may draw nothing
            });
        }
        await new Promise((resolve) =>
            window.requestIdleCallback
                ? requestIdleCallback(resolve, { timeout: 500 })
                : setTimeout(resolve, 0)
        );
    };

    // Resolves when nothing is under way any more, or after `limit` ms.
    window.qgateSettled = async (limit) => {
        const begun = performance.now();
        const rest = async () => {
            if (!quiet()) return false;
            const seen = state.seen;
            await drawn();
            return seen === state.seen && quiet();
        };
        while (!(await rest())) {
            if (performance.now() - begun > limit) {
                return answer(true);
            }
            await new Promise((resolve) => setTimeout(resolve, 15));
        }
        return answer(false);
    };

    // Opens an action as a menu does. It is not waited for: of one that fails nobody hears.
    window.qgateOpen = (action, viewType) => {
        touch();
        const { services } = odoo.__WOWL_DEBUG__.root.env;
        services.action.doAction(action, { clearBreadcrumbs: true, viewType });
    };

    // How a field is filled, by what its widget is made of.
    window.qgateKind = (widget) => {
        const has = (selector) => widget.querySelector(selector) !== null;
        if (has("input.o-autocomplete--input")) return "choice";
        if (has("input.o_select_menu_input")) return "menu";
        if (has("button[data-field]")) return "closed date";
        if (has("input[data-field]")) return "date";
        if (has("input[type=checkbox]:not(:disabled)")) return "check";
        if (has("select")) return "select";
        if (has("input[type=radio]")) return "radio";
        if (has("[contenteditable=true]")) return "rich text";
        if (has("input:not([type=file], [type=checkbox]), textarea")) return "text";
        if (widget.classList.contains("o_readonly_modifier")) return "read-only";
        const kinds = [...widget.classList].filter((word) => /^o_field_(?!widget)/.test(word));
        return `unknown ${kinds.join(" ")}`;
    };

    // What a field shows.
    window.qgateValue = (widget) => {
        const box = widget.querySelector(
            "input:not([type=file], [type=checkbox], [type=radio]), textarea"
        );
        if (box) {
            const symbol = widget.querySelector("span.o_input > span:first-child");
            return `${words(symbol)} ${box.value}`.trim();
        }
        const check = widget.querySelector("input[type=checkbox]");
        if (check) return check.checked ? "yes" : "no";
        const date = widget.querySelector("button[data-field]");
        if (date) return date.getAttribute("value") || words(date);
        const select = widget.querySelector("select");
        if (select) return words(select.selectedOptions[0]);
        return words(widget);
    };

    window.qgateRows = (rows) =>
        rows.map((row) =>
            Object.fromEntries(
                [...row.querySelectorAll("td.o_data_cell[name]")].map((cell) => [
                    cell.getAttribute("name"),
                    words(cell),
                ])
            )
        );
})();
