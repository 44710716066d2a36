// The charts of a node's page: what draws them and their figures are fetched when they come into view, each by itself.
(() => {
  "use strict";
  const panel = document.querySelector("[data-charts]");
  if (!panel) return;
  const HEIGHT = 200;
  const LOSS_AT_LEAST = 5;
  const said = panel.dataset;
  const language = document.documentElement.lang;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const shown = new Map();
  let period = "24h";
  let drawing = null;

  function load() {
    drawing ??= new Promise((done, fail) => {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = said.style;
      const script = document.createElement("script");
      script.src = said.script;
      script.onload = done;
      script.onerror = () => {
        drawing = null;
        fail(new Error("no script"));
      };
      document.head.append(style, script);
    });
    return drawing;
  }

  function colour(name) {
    return getComputedStyle(panel).getPropertyValue(name).trim();
  }

  function writer(decimals) {
    const format = new Intl.NumberFormat(language, { maximumFractionDigits: decimals });
    return (value) => (value == null ? "–" : format.format(value));
  }

  // 23/11 and 05:30 in either language, as on every page; in the commune's own time.
  function clock(isDay) {
    const numbers = { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const format = new Intl.DateTimeFormat("en-GB", { timeZone: said.zone, ...numbers });
    const write = (second) => Object.fromEntries(format.formatToParts(second * 1000).map(({ type, value }) => [type, value]));
    return (second) => {
      const { day, month, hour, minute } = write(second);
      return isDay ? `${day}/${month}` : `${hour}:${minute}`;
    };
  }

  // A value between two gaps is no line: it is drawn as a point.
  function alone(chart, number) {
    const values = chart.data[number];
    return [...values.keys()].filter((n) => values[n] != null && values[n - 1] == null && values[n + 1] == null);
  }

  function line(label, stroke, write, more) {
    return { label, stroke, width: 1.5, value: (_, value) => write(value), points: { filter: alone, size: 5 }, ...more };
  }

  function parts(told, write) {
    const [first] = told.courses;
    if (told.courses.length === 1 && first.least) {
      const edge = { width: 0, stroke: colour("--line-1"), points: { show: false } };
      return {
        data: [told.at, first.most, first.mean, first.least],
        series: [line(said.most, null, write, edge), line(said.mean, colour("--line-1"), write), line(said.least, null, write, edge)],
        bands: [{ series: [1, 3], fill: colour("--band") }],
      };
    }
    const series = told.courses.map((each, n) => line(each.name || said.mean, colour(`--line-${(n % 6) + 1}`), write));
    return { data: [told.at, ...told.courses.map((each) => each.mean)], series, bands: [] };
  }

  function shade(told) {
    return (chart) => {
      const { left, top, width, height } = chart.bbox;
      for (const [from, until, kind] of told.shades) {
        const begin = Math.max(left, chart.valToPos(from, "x", true));
        const end = Math.min(left + width, Math.max(chart.valToPos(until, "x", true), begin + 1));
        chart.ctx.fillStyle = colour(`--${kind}`);
        if (end > begin) chart.ctx.fillRect(begin, top, end - begin, height);
      }
    };
  }

  function axis(more) {
    const grid = { stroke: colour("--line"), width: 1 };
    return { stroke: colour("--ink-soft"), grid, ticks: grid, font: "12px system-ui, sans-serif", ...more };
  }

  function range(name) {
    if (name === "loss_pct") return (_, _least, most) => [0, Math.max(LOSS_AT_LEAST, most ?? 0)];
    return (_, least, most) => uPlot.rangeNum(least ?? 0, most ?? 1, 0.1, name !== "temperature_c");
  }

  function draw(figure, told) {
    const place = figure.querySelector(".chart");
    const write = writer(Number(figure.dataset.decimals));
    const { data, series, bands } = parts(told, write);
    const isHours = told.period === "24h";
    const time = clock(!isHours);
    shown.get(figure)?.chart?.destroy();
    const chart = new uPlot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        tzDate: (second) => uPlot.tzDate(new Date(second * 1000), said.zone),
        cursor: { drag: { x: false, y: false }, sync: { key: "charts" }, y: false },
        scales: { x: { range: () => [told.at[0], told.until] }, y: { range: range(figure.dataset.figure) } },
        axes: [
          axis({ values: (_, splits) => splits.map(time), space: 56 }),
          axis({ size: 52, values: (_, splits) => splits.map(writer(2)) }),
        ],
        series: [{ label: said.time, value: (_, second) => (second == null ? "–" : time(second)) }, ...series],
        bands,
        hooks: { drawClear: [shade(told)] },
      },
      data,
      place,
    );
    chart.over.addEventListener("pointermove", (event) => touch(chart, event));
    shown.set(figure, { told, chart });
  }

  function touch(chart, event) {
    if (event.pointerType === "mouse") return;
    const box = chart.over.getBoundingClientRect();
    chart.setCursor({ left: event.clientX - box.left, top: event.clientY - box.top });
  }

  function say(figure, text) {
    const hint = figure.querySelector(".hint");
    hint.textContent = text;
    hint.hidden = !text;
    figure.querySelector(".chart").hidden = Boolean(text);
  }

  async function show(figure) {
    const wanted = period;
    try {
      const [answer] = await Promise.all([fetch(`${said.charts}${figure.dataset.figure}?period=${wanted}`), load()]);
      if (!answer.ok) throw new Error(answer.statusText);
      const told = { ...(await answer.json()), period: wanted };
      if (wanted !== period) return;
      const isEmpty = told.courses.every((each) => each.mean.every((value) => value == null));
      const isEarly = wanted === "90d" && "isKnown" in figure.dataset;
      say(figure, isEmpty ? (isEarly ? said.early : said.empty) : "");
      if (isEmpty) shown.get(figure)?.chart?.destroy();
      if (isEmpty) shown.set(figure, { told, chart: null });
      else draw(figure, told);
      figure.dataset.shown = wanted;
    } catch {
      if (wanted === period) say(figure, said.lost);
    }
  }

  const watching = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting && target.dataset.shown !== period) show(target);
      }
    },
    { rootMargin: "200px" },
  );

  function watch() {
    for (const figure of panel.querySelectorAll("[data-figure]")) {
      watching.unobserve(figure);
      watching.observe(figure);
    }
  }

  function choose(button) {
    period = button.dataset.period;
    for (const each of panel.querySelectorAll("[data-period]")) each.setAttribute("aria-pressed", String(each === button));
    watch();
  }

  for (const part of panel.querySelectorAll(".drawn, .periods")) part.hidden = false;
  panel.querySelector(".told").open = false;
  for (const button of panel.querySelectorAll("[data-period]")) button.addEventListener("click", () => choose(button));
  dark.addEventListener("change", () => shown.forEach(({ told, chart }, figure) => chart && draw(figure, told)));
  new ResizeObserver(() => {
    for (const { chart } of shown.values()) chart?.setSize({ width: chart.root.parentElement.clientWidth, height: HEIGHT });
  }).observe(panel);
  watch();
})();
