// The plots, drawn by uPlot. Each is drawn anew when the colour scheme changes.

const HOUR = 3600;
const FONT = '12px system-ui, "Segoe UI", Roboto, sans-serif';
const SHORTEST = 300;
const plots = new Set();

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Calls draw() now and whenever the colours change; the result of draw() is the plot. */
class Plot {
  constructor(place, options) {
    this.place = place;
    this.options = options;
    this.plot = null;
    this.data = null;
    plots.add(this);
    new ResizeObserver(() => this.resize()).observe(place);
  }

  width() {
    return Math.max(60, Math.floor(this.place.clientWidth));
  }

  resize() {
    if (this.plot && this.plot.width !== this.width()) {
      this.plot.setSize({width: this.width(), height: this.plot.height});
    }
  }

  /** The series may be others than before. */
  show(data, options) {
    const key = JSON.stringify(options.series.map(one => one.label));
    this.data = data;
    if (!this.plot || this.key !== key) {
      this.key = key;
      this.options = options;
      this.draw();
    } else {
      // Also its values: they close over the data.
      options.series.forEach((one, i) => { this.plot.series[i].value = one.value; });
      this.plot.setData(data);
    }
  }

  draw() {
    if (!this.data) {
      return;
    }
    if (this.plot) {
      this.plot.destroy();
    }
    const options = this.options;
    this.plot = new uPlot({
      width: this.width(),
      height: options.height,
      ...(options.common ? options.common() : {}),
      series: options.series.map(one => ({
        ...one,
        stroke: one.colour && (() => colour(one.colour)),
        fill: one.fill && (() => one.solid ? colour(one.fill) : colour(one.fill) + '22'),
      })),
    }, this.data, this.place);
  }
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plots.forEach(plot => plot.draw()));

const short = value => value == null ? '–'
  : value >= 1e6 ? (value / 1e6).toFixed(1) + 'M'
  : value >= 1e4 ? (value / 1e3).toFixed(0) + 'k'
  : value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(value < 1 ? 2 : 1);

const millis = value => value == null ? '–'
  : value >= 60000 ? (value / 60000).toFixed(1) + ' min'
  : value >= 1000 ? (value / 1000).toFixed(value >= 10000 ? 0 : 1) + ' s' : value.toFixed(0) + ' ms';

const two = n => String(n).padStart(2, '0');
const clock = seconds => {
  const time = new Date(seconds * 1000);
  return two(time.getHours()) + ':' + two(time.getMinutes());
};

/** What there is of the last hour, and no less than five minutes. */
const latest = (u, min, max) => [max - Math.min(HOUR, Math.max(SHORTEST, max - min)), max];

/** Under the pointer, else the newest. */
const shown = (u, value, series, i) => i == null ? u.data[series][u.data[series].length - 1] : value;

const axes = format => () => ({
  legend: {live: true, markers: {width: 0, fill: (u, i) => u.series[i].stroke(u, i)}},
  cursor: {points: {size: 6}, drag: {x: false, y: false}},
  padding: [10, 22, 0, 0],
  scales: {
    x: {time: true, range: latest},
    y: {range: (u, min, max) => [0, Math.max(1, max * 1.08)]},
  },
  axes: [
    {stroke: () => colour('--quiet'), grid: {show: false}, ticks: {stroke: () => colour('--edge'), width: 1, size: 4}, font: FONT, values: (u, splits) => splits.map(clock), space: 70, size: 30, incrs: [60, 120, 300, 600, 900, 1800]},
    {stroke: () => colour('--quiet'), grid: {stroke: () => colour('--grid'), width: 1}, ticks: {show: false}, font: FONT, size: 58, values: (u, splits) => splits.map(format), space: 36},
  ],
});

const time = {label: 'Time', value: (u, v, s, i) => clock(shown(u, v, s, i))};

/** The times of steps that end at this second. */
export const times = (end, step, length) => Array.from({length}, (_, i) => end - (length - 1 - i) * step);

const steps = (end, step, arrays) => {
  const length = Math.max(2, ...arrays.map(one => one.length));
  const xs = times(end, step, length);
  const ys = arrays.map(one => [...Array(length - one.length).fill(null), ...one]);
  return [xs, ...ys];
};

/** Lines with a light area below. */
export function lines(place, format = short) {
  const plot = new Plot(place, null);
  return (end, step, named) => plot.show(steps(end, step, named.map(one => one.values)), {
    height: 210,
    common: axes(format),
    series: [time, ...named.map((one, i) => ({
      label: one.label, colour: one.colour, fill: one.area ? one.colour : undefined, width: 2, dash: one.dash,
      points: {show: u => u.data[i + 1].filter(v => v != null).length < 3, size: 5}, spanGaps: true, value: (u, v, s, i) => format(shown(u, v, s, i)),
    }))],
  });
}

/** Areas on top of each other; the first one stands at the bottom. */
export function stack(place, format = short) {
  const plot = new Plot(place, null);
  return (end, step, named) => {
    const sums = [];
    named.forEach((one, i) => sums.push(one.values.map((v, j) => v + (i ? sums[i - 1][j] : 0))));
    const topDown = named.map((one, i) => ({...one, sums: sums[i]})).reverse();
    plot.show(steps(end, step, topDown.map(one => one.sums)), {
      height: 210,
      common: axes(format),
      series: [time, ...topDown.map(one => ({
        label: one.label, colour: one.colour, fill: one.fill || one.colour, solid: true, width: 1, points: {show: false},
        value: (u, v, s, i) => format(one.values[i == null ? one.values.length - 1 : i]),
      }))],
    });
  };
}

/** A small line without axes. */
export function spark(place) {
  const plot = new Plot(place, null);
  return (end, step, values) => plot.show(steps(end, step, [values]), {
    height: 30,
    common: () => ({
      legend: {show: false}, cursor: {show: false}, padding: [2, 0, 2, 0],
      scales: {x: {time: true, range: latest}, y: {range: (u, min, max) => [0, Math.max(1, max)]}},
      axes: [{show: false}, {show: false}],
    }),
    series: [{}, {label: 'points', colour: '--plot-1', fill: '--plot-1', width: 1.5, points: {show: false}}],
  });
}

export {short, millis};
