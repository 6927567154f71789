"use strict";
// Draws what a <script type="application/json"> beside the chart's element holds.
document.querySelectorAll("[data-chart]").forEach((element) => {
  const data = JSON.parse(document.getElementById(element.dataset.chart).textContent);
  const chart = echarts.init(element, null, { renderer: "svg" });
  chart.setOption({
    animation: false,
    grid: { left: 48, right: 56, top: element.clientWidth < 500 ? 62 : 34, bottom: 26 },
    legend: { top: 0, left: 0, itemWidth: 14, textStyle: { color: "#3d4b5a" } },
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: { type: "category", data: data.days, axisTick: { show: false } },
    yAxis: data.axes.map((axis) => ({ type: "value", min: 0, max: axis.max, axisLabel: { formatter: `{value}${axis.unit}` }, splitLine: { show: axis.grid } })),
    series: data.series.map((line) => ({ name: line.name, type: "line", yAxisIndex: line.axis, data: line.values, connectNulls: false, symbolSize: 4, lineStyle: { width: 2 }, color: line.color })),
  });
  addEventListener("resize", () => chart.resize());
});
