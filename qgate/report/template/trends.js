// A click on a point opens the report of its run. Addresses come from a history that others
// write to: only pages are opened.
window.addEventListener("load", () => {
  const page = /^(https?:\/\/|runs\/)/;
  document.querySelectorAll(".qg-chart .js-plotly-plot").forEach((chart) => {
    chart.on("plotly_click", (event) => {
      const address = event.points[0] && event.points[0].customdata;
      if (typeof address === "string" && page.test(address)) {
        window.open(address, "_blank", "noopener");
      }
    });
  });
});
