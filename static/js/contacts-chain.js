// The chain of cases as a graph: onset from left to right, codes only. The same stands in a table.
(() => {
  const box = document.querySelector("[data-chain]");
  if (!window.echarts || !box) return;
  const d = JSON.parse(document.getElementById(box.dataset.chain).textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const chart = echarts.init(box, null, { renderer: "canvas" });
  const draw = () => {
    const ink = colour("--ink"), act = colour("--act"), soft = colour("--soft");
    chart.setOption({
      animation: false,
      textStyle: { color: ink, fontFamily: getComputedStyle(document.body).fontFamily },
      tooltip: { renderMode: "richText", backgroundColor: colour("--sheet"), borderColor: colour("--edge"), textStyle: { color: ink }, formatter: (p) => p.dataType === "node" ? `${p.data.name}\n${d.words.day} ${p.data.day}\n${d.words.infected} ${p.data.infected}` : `${p.data.source} → ${p.data.target}${p.data.maybe ? `\n${d.words.maybe}` : ""}` },
      series: [{
        type: "graph", layout: "none", roam: true, edgeSymbol: ["none", "arrow"], edgeSymbolSize: 9,
        label: { show: d.nodes.length <= 60, position: "bottom", color: ink, fontSize: 12, textBorderColor: colour("--sheet"), textBorderWidth: 3 }, labelLayout: { hideOverlap: true },
        data: d.nodes.map((n) => ({ ...n, x: n.column * 90, y: n.row * 60 + (n.column % 2) * 22, symbolSize: 16 + 4 * Math.min(n.infected, 8), symbol: n.generation === 0 ? "diamond" : "circle", itemStyle: { color: n.infected ? act : colour("--sheet"), borderColor: act, borderWidth: 2 } })),
        links: d.links.map((l) => ({ ...l, lineStyle: { color: l.maybe ? soft : ink, type: l.maybe ? "dashed" : "solid", width: 2, curveness: 0.08 } })),
      }],
    }, true);
  };
  draw();
  addEventListener("resize", () => chart.resize());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
