"use strict";
(() => {
  const drawings = JSON.parse(document.getElementById("plots").textContent);
  const charts = [];
  const font = "600 12px system-ui, sans-serif";
  const compact = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const number = (value) => Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : compact.format(value);

  // The tick values of an axis that is logarithmic: 1, 2 and 5 of every decade, or the decades alone.
  const decades = (min, max, steps) => {
    const ticks = [];
    for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
      for (const step of steps) {
        const value = step * 10 ** power;
        if (value >= min * 0.999 && value <= max * 1.001) ticks.push(value);
      }
    }
    return ticks;
  };
  const logTicks = (axis) => {
    const fine = decades(axis.min, axis.max, [1, 2, 5]);
    const values = fine.length <= 9 ? fine : decades(axis.min, axis.max, [1]);
    axis.ticks = (values.length >= 2 ? values : [axis.min, axis.max]).map((value) => ({ value }));
  };
  const percent = (value) => {
    const share = (1 - 1 / value) * 100;
    return value < 1.5 ? "0" : value < 3 ? "50 %" : share.toFixed(Math.max(0, Math.round(Math.log10(value)) - 2)) + " %";
  };
  const percentTicks = (axis) => {
    axis.ticks = [1, 2, ...decades(10, axis.max, [1])].filter((value) => value <= axis.max).map((value) => ({ value }));
  };

  const values = (drawing, axis) => drawing.series.flatMap((one) => one[axis]).filter((value) => value !== null)
    .concat(drawing.marks.filter((mark) => mark.axis === axis).map((mark) => mark.at));

  const scale = (drawing, name) => {
    const axis = drawing[name];
    const base = {
      title: { display: axis.title !== "", text: axis.title, color: color("quiet"), font: { size: 12 } },
      grid: { color: color("line"), drawTicks: false },
      border: { display: false },
      ticks: { color: color("quiet"), padding: 6, font: { size: 12 }, maxRotation: 0, autoSkipPadding: 14, callback: (value) => number(value) },
    };
    if (axis.scale === "linear") {
      return { ...base, type: "linear", min: axis.min ?? undefined, grace: name === "y" ? "8%" : 0 };
    }
    const all = values(drawing, name).filter((value) => value > 0);
    const low = all.length === 0 ? 1 : Math.min(...all);
    const high = all.length === 0 ? 10 : Math.max(...all);
    const spread = axis.scale === "percentile" ? 1 : 1.25;
    return {
      ...base,
      type: "logarithmic",
      min: axis.scale === "percentile" ? 1 : low / spread,
      max: Math.max(high * spread, low * 2),
      afterBuildTicks: axis.scale === "percentile" ? percentTicks : logTicks,
      ticks: { ...base.ticks, callback: axis.scale === "percentile" ? percent : number },
    };
  };

  const dataset = (one, index) => {
    const line = color(one.color);
    return {
      label: one.name,
      data: one.x.map((x, i) => ({ x, y: one.y[i] })),
      borderColor: line,
      backgroundColor: one.shape === "area" ? line + "33" : line,
      fill: one.shape === "area" ? "origin" : false,
      showLine: one.shape !== "dots",
      borderDash: one.shape === "dashed" ? [6, 4] : [],
      borderWidth: one.shape === "area" ? 1 : 2,
      pointRadius: one.shape === "dots" ? 5 : one.x.length === 1 ? 3 : 0,
      pointStyle: one.color === "bad" ? "crossRot" : "circle",
      pointBorderWidth: one.color === "bad" ? 2.5 : 1,
      pointHitRadius: 8,
      spanGaps: false,
      order: -index,
      named: one.shape !== "dots",
    };
  };

  // Writes a text with the page's colour around it, where no other text stands yet.
  const write = (context, taken, area, text, x, y, ink, align) => {
    context.font = font;
    const width = context.measureText(text).width;
    let left = align === "right" ? x - width : x;
    left = Math.min(Math.max(left, area.left + 4), area.right - width - 2);
    let box;
    for (const step of [0, 16, -16, 32, -32, 48, -48, 64, -64, 80, -80]) {
      box = { left, right: left + width, top: y + step - 8, bottom: y + step + 8 };
      const free = !taken.some((other) => box.left < other.right + 4 && box.right > other.left - 4 && box.top < other.bottom && box.bottom > other.top);
      if (free && box.top >= area.top && box.bottom <= area.bottom) break;
    }
    taken.push(box);
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = color("paper");
    context.strokeText(text, left, (box.top + box.bottom) / 2);
    context.fillStyle = ink;
    context.fillText(text, left, (box.top + box.bottom) / 2);
  };

  const marks = (chart, drawing, taken) => {
    const { ctx, chartArea: area, scales } = chart;
    for (const mark of drawing.marks) {
      const at = scales[mark.axis].getPixelForValue(mark.at);
      const inside = mark.axis === "x" ? at >= area.left && at <= area.right : at >= area.top && at <= area.bottom;
      if (!inside) continue;
      ctx.save();
      ctx.setLineDash([3, 3]);
      ctx.lineWidth = 1.5;
      ctx.strokeStyle = color(mark.color);
      ctx.beginPath();
      ctx.moveTo(mark.axis === "x" ? at : area.left, mark.axis === "x" ? area.top : at);
      ctx.lineTo(mark.axis === "x" ? at : area.right, mark.axis === "x" ? area.bottom : at);
      ctx.stroke();
      ctx.restore();
      const end = drawing.x.scale === "percentile" ? area.bottom - 10 : area.top + 10;
      if (mark.axis === "x") write(ctx, taken, area, mark.name, at + 5, end, color(mark.color), "left");
      else write(ctx, taken, area, mark.name, area.left + 6, at - 10, color(mark.color), "left");
    }
  };

  // The name stands at the curve's end: below a spectrum, which only rises, else above.
  const names = (chart, drawing, taken) => {
    const aside = drawing.x.scale === "percentile" ? 14 : -12;
    chart.data.datasets.forEach((set, i) => {
      const points = chart.getDatasetMeta(i).data.filter((point, j) => set.data[j].y !== null);
      const last = points[points.length - 1];
      if (set.named && last) write(chart.ctx, taken, chart.chartArea, set.label, last.x - 4, last.y + aside, set.borderColor, "right");
    });
  };

  const curves = (canvas, drawing) => new Chart(canvas, {
    type: "line",
    data: { datasets: drawing.series.map(dataset) },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true,
      layout: { padding: { top: 4, right: 10 } },
      interaction: { mode: "nearest", axis: "x", intersect: false },
      scales: { x: scale(drawing, "x"), y: scale(drawing, "y") },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: {
          title: (items) => items.length === 0 ? "" : drawing.x.scale === "percentile"
            ? "p" + number((1 - 1 / items[0].parsed.x) * 100) : number(items[0].parsed.x) + " " + drawing.x.title.replace(/^.*, /, ""),
          label: (item) => item.dataset.label + ": " + number(item.parsed.y),
        } },
      },
    },
    plugins: [{ id: "names", afterDatasetsDraw: (chart) => {
      const taken = [];
      marks(chart, drawing, taken);
      if (drawing.series.length > 1) names(chart, drawing, taken);
    } }],
  });

  const bars = (canvas, drawing) => {
    const one = drawing.series[0];
    const spans = one.x.map((from, i) => [from, one.y[i]]);
    const total = Math.max(...one.y, 0) || 1;
    return new Chart(canvas, {
      type: "bar",
      data: { labels: drawing.categories, datasets: [{ label: one.name, data: spans, backgroundColor: color(one.color), borderRadius: 2, minBarLength: 2, barPercentage: 0.7, categoryPercentage: 1 }] },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, indexAxis: "y",
        scales: {
          x: { ...scale(drawing, "x"), grace: canvas.clientWidth < 500 ? "75%" : "15%" },
          y: { grid: { display: false }, border: { display: false }, ticks: { color: color("ink"), font: { size: 13 }, autoSkip: false } },
        },
        plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => number(spans[item.dataIndex][1] - spans[item.dataIndex][0]) + " ms" } } },
      },
      plugins: [{ id: "names", afterDatasetsDraw: (chart) => {
        chart.getDatasetMeta(0).data.forEach((bar, i) => {
          const length = spans[i][1] - spans[i][0];
          const text = number(length) + " ms · " + Math.round(length / total * 100) + " %";
          chart.ctx.font = font;
          const room = bar.x + 8 + chart.ctx.measureText(text).width < chart.chartArea.right;
          write(chart.ctx, [], chart.chartArea, text, room ? bar.x + 6 : bar.base - 6, bar.y, color("ink"), room ? "left" : "right");
        });
      } }],
    });
  };

  const draw = () => {
    charts.splice(0).forEach((chart) => chart.destroy());
    for (const [id, drawing] of Object.entries(drawings)) {
      const canvas = document.getElementById(id);
      charts.push(drawing.categories.length > 0 ? bars(canvas, drawing) : curves(canvas, drawing));
    }
  };

  Chart.defaults.font.family = "system-ui, 'Segoe UI', 'Liberation Sans', sans-serif";
  Chart.defaults.devicePixelRatio = Math.max(2, window.devicePixelRatio || 1);
  document.documentElement.classList.add("drawn");
  document.querySelectorAll("details.numbers").forEach((details) => details.removeAttribute("open"));
  draw();
  // Colours come from the style, and paper is always light.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  matchMedia("print").addEventListener("change", draw);
})();
