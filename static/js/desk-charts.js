// Curves and map of the board. Numbers come with the page, small ones as null; tooltips are
// drawn on the canvas (rich text), because the content security policy knows no inline style.
(() => {
  if (!window.echarts) return;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const data = (box) => JSON.parse(document.getElementById(box.dataset.from).textContent);
  const charts = new Set();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const open = (box) => {
    const chart = echarts.getInstanceByDom(box) || echarts.init(box, null, { renderer: "canvas" });
    charts.add(chart);
    return chart;
  };
  const common = () => ({
    animation: !still, textStyle: { color: colour("--ink"), fontFamily: getComputedStyle(document.body).fontFamily },
    tooltip: { renderMode: "richText", backgroundColor: colour("--sheet"), borderColor: colour("--edge"), textStyle: { color: colour("--ink") } },
  });

  const hatch = () => {
    const tile = document.createElement("canvas"), size = tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.strokeStyle = colour("--hatch");
    pen.lineWidth = 3;
    for (const shift of [-size, 0, size]) { pen.moveTo(shift, size); pen.lineTo(shift + size, 0); }
    pen.stroke();
    return { image: tile, repeat: "repeat" };
  };

  const curve = (box) => {
    const d = data(box), w = d.words, line = colour("--line"), soft = colour("--soft");
    const spans = d.days.flatMap((day, n) => d.known[n] ? [] : [{ value: [n, 100] }]);
    const value = (number, unit) => number === null || number === undefined ? w.unknown : number + unit;
    open(box).setOption({
      ...common(),
      color: [colour("--done"), colour("--act"), colour("--today")],
      grid: { left: 8, right: 8, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0, textStyle: { color: colour("--ink") }, data: [w.completeness, w.timeliness, w.events] },
      tooltip: { ...common().tooltip, trigger: "axis", formatter: (points) => {
        const n = points[0].dataIndex;
        return [d.days[n], `${w.completeness} ${value(d.completeness[n], "%")}`, `${w.timeliness} ${value(d.timeliness[n], "%")}`, `${w.events} ${value(d.events[n], "")}`].join("\n");
      } },
      xAxis: { type: "category", data: d.days, axisLabel: { color: soft, hideOverlap: true, formatter: (text) => text.split(" ")[0].length > 3 ? text.split(" ")[0] : text.split(" ").slice(1).join(" ") }, axisLine: { lineStyle: { color: line } } },
      yAxis: [
        { type: "value", min: 0, max: 100, axisLabel: { color: soft, formatter: "{value}%" }, splitLine: { lineStyle: { color: line } } },
        { type: "value", minInterval: 1, min: 0, axisLabel: { color: soft }, splitLine: { show: false }, name: w.people, nameTextStyle: { color: soft, align: "right" } },
      ],
      series: [
        { name: w.completeness, type: "line", data: d.completeness, symbol: "circle", symbolSize: 7, lineStyle: { width: 3 }, z: 3 },
        { name: w.timeliness, type: "line", data: d.timeliness, symbol: "rect", symbolSize: 7, lineStyle: { width: 2, type: "dashed" }, z: 3 },
        { name: w.events, type: "bar", yAxisIndex: 1, data: d.events, barMaxWidth: 22, z: 2 },
        { type: "custom", silent: true, z: 1, data: spans, tooltip: { show: false }, renderItem: (params, api) => {
          const at = api.coord([api.value(0), 100]), size = api.size([1, 100]);
          return { type: "rect", shape: { x: at[0] - size[0] / 2, y: at[1], width: size[0], height: size[1] }, style: { fill: hatch() } };
        } },
      ],
    }, true);
  };

  const onsets = (box) => {
    const d = data(box), w = d.words, line = colour("--line"), soft = colour("--soft");
    open(box).setOption({
      ...common(),
      grid: { left: 8, right: 8, top: 36, bottom: 8, containLabel: true },
      tooltip: { ...common().tooltip, trigger: "axis", formatter: (points) => {
        const n = points[0].dataIndex;
        return [d.days[n], `${w.ill} ${d.ill[n]} ${w.people}`, ...(d.open[n] ? [w.open] : [])].join("\n");
      } },
      xAxis: { type: "category", data: d.days, axisLabel: { color: soft, hideOverlap: true }, axisLine: { lineStyle: { color: line } } },
      yAxis: { type: "value", minInterval: 1, min: 0, axisLabel: { color: soft }, splitLine: { lineStyle: { color: line } }, name: w.people, nameTextStyle: { color: soft } },
      series: [
        { type: "bar", data: d.ill, barMaxWidth: 28, itemStyle: { color: colour("--today") }, z: 2 },
        { type: "custom", silent: true, z: 1, data: d.open.flatMap((is, n) => is ? [[n, 1]] : []), renderItem: (params, api) => {
          const at = api.coord([api.value(0), 0]), size = api.size([1, 1]), top = params.coordSys.y;
          return { type: "rect", shape: { x: at[0] - size[0] / 2, y: top, width: size[0], height: params.coordSys.height }, style: { fill: hatch() } };
        } },
      ],
    }, true);
  };

  const shapes = new Map();
  const shape = async (url) => {
    if (!shapes.has(url)) {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`shapes answered ${answer.status}`);
      echarts.registerMap(url, await answer.json());
      shapes.set(url, true);
    }
    return url;
  };

  const map = async (box) => {
    const d = data(box), w = d.words, name = await shape(box.dataset.shapes);
    if (!box.isConnected) return;
    const most = Math.max(d.smallCell * 2, ...d.data.map((one) => one.count || 0));
    const of = new Map(d.data.map((one) => [one.code, one]));
    const words = (code, fallback) => {
      const one = of.get(code);
      if (!one) return `${fallback}\n${w.nobody}`;
      return `${one.name}\n${one.count === null ? w.fewer : one.count + " " + w.people}`;
    };
    const chart = open(box);
    const names = new Map(echarts.getMap(name).geoJSON.features.map((f) => [f.properties.code, f.properties.name]));
    chart.setOption({
      ...common(),
      tooltip: { ...common().tooltip, trigger: "item", formatter: (point) => words(point.name, names.get(point.name) || "") },
      visualMap: { type: "continuous", min: 0, max: most, calculable: false, orient: "horizontal", left: 8, bottom: 8, itemHeight: 90, text: [String(most), "0"], textStyle: { color: colour("--soft") }, inRange: { color: [colour("--tint"), colour("--act")] } },
      series: [{
        type: "map", map: name, nameProperty: "code", roam: true, scaleLimit: { min: 1, max: 8 }, selectedMode: false,
        itemStyle: { areaColor: colour("--ground"), borderColor: colour("--edge"), borderWidth: 0.6 },
        label: { show: false },
        emphasis: { label: { show: true, color: colour("--ink"), formatter: (point) => names.get(point.name) || "" }, itemStyle: { areaColor: colour("--today-tint") } },
        data: d.data.map((one) => ({ name: one.code, value: one.count === null ? 1 : one.count })),
      }],
    }, true);
    chart.off("click");
    chart.on("click", (point) => {
      const one = of.get(point.name);
      if (d.province || !one || !one.hasMap || !window.htmx) return;
      const url = box.dataset.below.replace("000000", point.name);
      htmx.ajax("GET", url, { target: "#where", swap: "innerHTML" });
    });
  };

  const draw = (root) => {
    for (const box of root.querySelectorAll("[data-chart]")) {
      if (box.dataset.chart === "curve") curve(box);
      else if (box.dataset.chart === "onsets") onsets(box);
      else map(box).catch(() => { box.hidden = true; });
    }
  };
  const again = () => { for (const box of document.querySelectorAll("[data-chart]")) { const c = echarts.getInstanceByDom(box); if (c) { charts.delete(c); c.dispose(); } } draw(document); };
  draw(document);
  document.addEventListener("htmx:beforeSwap", (event) => {
    for (const box of event.detail.target.querySelectorAll("[data-chart]")) { const c = echarts.getInstanceByDom(box); if (c) { charts.delete(c); c.dispose(); } }
  });
  document.addEventListener("htmx:afterSwap", (event) => draw(event.detail.target));
  addEventListener("resize", () => { for (const chart of charts) chart.resize(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
})();
