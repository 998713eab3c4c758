// Runs before the web client's own scripts, in every page: counts the requests under way, so
// that the page can be asked whether anything is still going to change.
(() => {
    const state = { open: 0, last: performance.now() };
    const begin = () => { state.open += 1; };
    const end = () => { state.open -= 1; state.last = performance.now(); };

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

    // Quiet: no request under way, the last one long enough ago that its answer is drawn.
    window.qgateQuiet = () =>
        document.readyState === "complete" &&
        state.open === 0 &&
        performance.now() - state.last > 60 &&
        !document.querySelector(".o_blockUI, .o_view_nocontent_loading, .o_action_manager:empty");
})();
