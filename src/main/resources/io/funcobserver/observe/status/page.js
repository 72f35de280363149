// Shows observe/status.json, which docs/status-api.md describes. Whatever comes from there is shown as text, never as HTML.
import {lines, millis, short, spark, stack} from './plots.js';

const POLL = 2000;
const HISTORY_EVERY = 5;
/** Below this share of delivered calls the page warns: calls at the turn of an hour may be counted in one and delivered in the next. */
const COMPLETE = 0.99;
const WORDS = {up: 'Working', warning: 'Warning', down: 'Down', waiting: 'Waiting', off: 'Off'};
const COLOURS = ['--plot-1', '--plot-2', '--plot-3', '--plot-4', '--plot-5', '--plot-6'];
const STATUS_COLOURS = {success: '--plot-2', failure: '--plot-3', timeout: '--plot-5', skip: '--plot-4', expire: '--plot-1', other: '--plot-6'};

const $ = id => document.getElementById(id);
const whole = new Intl.NumberFormat('en');
let offset = 0;

// ---- Elements

/** An element; children are elements or text. */
function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  Object.entries(attributes || {}).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...children);
  return element;
}

/** Sets text only where it changed: a selection stays, and nothing is drawn for nothing. */
function text(element, value) {
  const next = value == null ? '' : String(value);
  if (element.textContent !== next) {
    element.textContent = next;
  }
}

function state(element, value, word) {
  if (element.dataset.state !== value) {
    element.dataset.state = value;
  }
  text(element, word || WORDS[value] || value);
}

/** Keeps one child for each item, in their order, so that focus and scrolling stay where they are. */
function list(parent, items, key, create, update) {
  const known = parent.known || (parent.known = new Map());
  const wanted = new Set();
  let place = parent.firstElementChild;
  items.forEach(item => {
    const id = key(item);
    wanted.add(id);
    let child = known.get(id);
    if (!child) {
      child = create(item);
      known.set(id, child);
    }
    if (child === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(child, place);
    }
    update(child, item);
  });
  known.forEach((child, id) => {
    if (!wanted.has(id)) {
      child.remove();
      known.delete(id);
    }
  });
}

/** A bar; who cannot see it hears the words beside it, or its label. */
function bar(label) {
  const box = el('div', label ? {class: 'bar', role: 'meter', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100} : {class: 'bar', 'aria-hidden': 'true'});
  box.append(el('div'));
  return box;
}

function fillBar(box, share) {
  const filled = Math.round(Math.max(0, Math.min(1, share)) * 100);
  box.firstChild.style.width = filled + '%';
  box.dataset.level = filled >= 85 ? 'high' : filled >= 60 ? 'middle' : 'low';
  if (box.getAttribute('role')) {
    box.setAttribute('aria-valuenow', filled);
  }
}

/** A row whose cells are told apart by name; a label stands beside a cell where there is no room for columns. */
function row(cells, head) {
  const tr = el('tr');
  tr.cell = {};
  cells.forEach(([name, classes, label]) => {
    const cell = el(name === head ? 'th' : 'td', name === head ? {scope: 'row'} : {});
    if (classes) {
      cell.className = classes;
    }
    if (label) {
      cell.dataset.label = label;
    }
    tr.cell[name] = cell;
    tr.append(cell);
  });
  return tr;
}

// ---- Words

const number = value => value == null ? '–' : whole.format(value);
const rate = value => value == null ? '–' : value >= 100 ? whole.format(Math.round(value)) : value >= 0.05 ? value.toFixed(1) : value > 0 ? '<0.1' : '0';
const counted = (value, thing) => number(value) + ' ' + thing + (value === 1 ? '' : 's');
const now = () => Date.now() + offset;

function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return (unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)) + ' ' + units[unit];
}

function span(seconds) {
  seconds = Math.max(0, Math.round(seconds));
  if (seconds < 90) {
    return seconds + ' s';
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) {
    return minutes + ' min';
  }
  const hours = Math.round(minutes / 60);
  return hours < 48 ? hours + ' h' : Math.round(hours / 24) + ' days';
}

const at = time => {
  const date = new Date(time);
  const today = new Date(now()).toDateString() === date.toDateString();
  return (today ? '' : date.toLocaleDateString('en-GB', {day: 'numeric', month: 'short'}) + ' ') + date.toLocaleTimeString('en-GB');
};
const ago = time => time == null ? '–' : span((now() - time) / 1000) + ' ago';
const since = time => 'since ' + at(time) + ', for ' + span((now() - time) / 1000);
const percent = share => (Math.floor(share * 1000) / 10) + ' %';

// ---- Sections

function header(report, groups) {
  text($('site'), report.site);
  $('site').hidden = !report.site;
  text($('role'), report.role);
  $('role').hidden = !report.role;
  const down = groups.filter(one => one.level === 'down').length;
  const warnings = groups.length - down;
  const words = down ? counted(down, 'problem')
    : warnings ? counted(warnings, 'warning') : report.role === 'standby' ? 'Standby' : 'Everything works';
  state($('overall'), down ? 'down' : warnings ? 'warning' : report.state, words);
  text($('updated'), 'updated ' + at(report.now));
  document.title = (down ? '✕ ' : warnings ? '▲ ' : '') + 'func-observer' + (report.site ? ' · ' + report.site : '');
  text($('about'), 'func-observer' + (report.version ? ' ' + report.version : '') + ', running for ' + span((report.now - report.startedAt) / 1000));
}

/** What a part is called, and what those that belong together have in common. */
function subject(part) {
  const [kind, ...names] = part.split('.');
  if (kind === 'measurement') {
    const list = names.length > 1 && names[names.length - 1] === 'buffer';
    return list ? {kind: 'Redis list of', name: names.slice(0, -1).join('.')} : {kind: 'Measurement', name: names.join('.')};
  }
  if (kind === 'target' || kind === 'delivery' || kind === 'spool') {
    if (names[0] === 'kafka') {
      return {kind: 'Kafka', name: ''};
    }
    const words = {target: 'Target', delivery: 'Delivery to', spool: 'Spool of'};
    return {kind: words[kind] + ' ' + (names[1] || 'main') + ':', name: names[0] || ''};
  }
  return {kind: kind.charAt(0).toUpperCase() + kind.slice(1), name: names.join('.')};
}

/** One problem has one cause, whatever number of parts it shows in: those that say the same are one. */
function grouped(all) {
  const groups = new Map();
  all.forEach(one => {
    const {kind, name} = subject(one.part);
    const key = [one.level, kind, one.reason.replace(/\b(metric|logging)\b|@\w+|\bbiz_\w+/g, '…')].join('\n');
    const group = groups.get(key);
    if (!group) {
      groups.set(key, {key, level: one.level, kind, names: [name], since: one.since, reason: one.reason});
    } else {
      group.names.push(name);
      group.since = Math.min(group.since, one.since);
    }
  });
  return [...groups.values()].map(group => ({...group, title: title(group)}));
}

/** What keeps nothing from working and still wants a look: losses. */
function losses(report) {
  const found = [];
  const {files} = report.deadLetters;
  if (files) {
    found.push({key: 'dead letters', level: 'warning', title: 'Dead letters',
      reason: counted(files, 'dead letter') + ' with lines that were refused for good; the newest are listed below, each with the command that replays it'});
  }
  const {ratio} = report.completeness;
  if (ratio != null && ratio < COMPLETE) {
    found.push({key: 'completeness', level: 'warning', title: 'Completeness',
      reason: 'only ' + percent(ratio) + ' of the calls that Func counted in the last full hour were delivered; raise the record limits of the functions listed below, or let Func upload to the intake'});
  }
  return found;
}

function title({kind, names}) {
  const plural = names.length > 1 ? {Measurement: 'Measurements', 'Redis list of': 'Redis lists of'}[kind] || kind : kind;
  return (plural + ' ' + names.sort().join(', ')).trim();
}

let told = null;

/** For those who hear the page: only what changes. */
function speak(groups) {
  const now = new Map(groups.map(one => [one.key, one]));
  if (told === null) {
    told = new Map();
    if (!groups.length) {
      return;
    }
  }
  const lines = [];
  now.forEach((one, key) => {
    if (!told.has(key)) {
      lines.push((one.level === 'down' ? 'Down: ' : 'Warning: ') + one.title + '. ' + one.reason);
    }
  });
  told.forEach((one, key) => {
    if (!now.has(key)) {
      lines.push('Over: ' + one.title);
    }
  });
  told = now;
  if (lines.length) {
    text($('spoken'), lines.join('. '));
  }
}

function problems(groups) {
  $('problems').hidden = !groups.length;
  list($('problem-list'), groups, one => one.key,
    () => {
      const item = el('li');
      item.state = el('span', {class: 'state'});
      item.subject = el('strong');
      item.since = el('span', {class: 'quiet'});
      item.why = el('p', {class: 'why'});
      item.append(el('div', {class: 'head'}, item.state, item.subject, item.since), item.why);
      return item;
    },
    (item, one) => {
      item.dataset.level = one.level;
      state(item.state, one.level);
      text(item.subject, one.title);
      text(item.since, one.since == null ? '' : since(one.since));
      text(item.why, one.reason);
    });
  speak(groups);
}

function node() {
  const box = el('div', {class: 'node'});
  box.name = el('span', {class: 'name'});
  box.state = el('span', {class: 'state'});
  box.address = el('span', {class: 'address mono'});
  box.big = el('span', {class: 'big'});
  box.side = el('span', {class: 'quiet'});
  box.since = el('p', {class: 'since'});
  box.why = el('p', {class: 'note why'});
  box.note = el('p', {class: 'note'});
  box.append(el('div', {class: 'head'}, box.name, box.state), box.address,
    el('div', {class: 'figures'}, box.big, box.side), box.since, box.why, box.note);
  return box;
}

/** Text, which takes no room where there is none. */
function optional(element, value) {
  text(element, value);
  element.hidden = !value;
}

function fill(box, name, address, value, big, unit, side, trouble, note) {
  box.dataset.state = value;
  text(box.name, name);
  state(box.state, value);
  optional(box.address, address);
  box.address.title = address;
  const key = big + unit;
  if (box.big.key !== key) {
    box.big.key = key;
    box.big.replaceChildren(big, el('small', {}, ' ' + unit));
  }
  text(box.side, side);
  optional(box.since, trouble ? (trouble.level === 'down' ? 'Down ' : 'Warning ') + since(trouble.since) : '');
  optional(box.why, trouble ? trouble.reason : '');
  optional(box.note, note);
}

/** The worst of the problems of these parts, of equally bad ones the oldest. */
function troubleOf(report, parts) {
  return report.problems
    .filter(one => parts.some(part => one.part === part || one.part.startsWith(part + '.')))
    .sort((a, b) => (a.level === b.level ? a.since - b.since : a.level < b.level ? -1 : 1))[0];
}

/** Its parts in the problems: with several targets, the target's name comes last. */
const partsOf = (report, target, kinds) => kinds.flatMap(kind =>
  target.categories.map(one => kind + '.' + one.category + (report.targets.length > 1 ? '.' + target.name : '')));

function retryText(retry, next) {
  if (!retry) {
    return '';
  }
  const wait = retry.nextTryAt == null ? 0 : Math.round((retry.nextTryAt - now()) / 1000);
  return next + (wait > 0 ? 'in ' + span(wait) : 'now') + ', after ' + counted(retry.attempts, 'attempt');
}

function flow(report) {
  list($('sources'), report.sources, one => one.id, node, (box, one) => {
    const trouble = one.state === 'down' || one.state === 'warning'
      ? troubleOf(report, [...one.parts.map(part => 'measurement.' + part), one.id]) : null;
    const read = report.measurements.filter(each => each.source === one.id && each.state !== 'off');
    const ill = read.filter(each => each.state === 'down').length;
    fill(box, one.label, one.address, one.state, rate(one.pointsPerSecond), 'points/s', number(one.points) + ' points', trouble,
      ill && ill < read.length ? ill + ' of ' + read.length + ' measurements cannot be read' : '');
    box.dataset.points = one.points;
    box.rate = one.pointsPerSecond;
  });
  const spool = report.spool;
  const kafka = spool.kind === 'kafka';
  text($('spool-title'), kafka ? 'Kafka' : 'Spool on disk');
  const folders = report.targets.flatMap(target => target.categories.map(one => ({target, one, share: one.bytes / one.maxBytes})));
  const fullest = folders.reduce((most, one) => one.share > most.share ? one : most, {share: 0});
  list($('spool'), [spool], () => 'spool', () => {
    const box = node();
    box.meter = bar('Percent of the fullest folder in use');
    box.insertBefore(box.meter, box.since);
    return box;
  }, box => {
    const soon = spool.fullInSeconds != null && spool.fullInSeconds < 30 * 86400;
    const notes = spool.files ? ['oldest ' + span(spool.oldestSeconds)] : ['everything is delivered'];
    if (fullest.share >= 0.01) {
      notes.push(Math.floor(fullest.share * 100) + ' % of ' + (report.targets.length > 1 ? fullest.target.name + ', ' : '') + fullest.one.category);
    }
    if (soon) {
      notes.push('full in ' + span(spool.fullInSeconds));
    }
    if (spool.dropped) {
      notes.push(number(spool.dropped) + ' points dropped');
    }
    // The sizes and limits of what waits in Kafka are Kafka's own.
    fill(box, 'Backlog', '', spool.state, kafka ? number(spool.files) : bytes(spool.bytes),
      kafka ? 'requests wait for this replica' : 'in ' + counted(spool.files, 'file'),
      '', spool.state === 'up' ? null : troubleOf(report, ['spool', 'delivery']), notes.join(' · '));
    box.meter.hidden = kafka;
    fillBar(box.meter, fullest.share);
    text(box.side, rate(spool.pointsPerSecond) + ' points/s in');
  });
  list($('targets'), report.targets, one => one.name, node, (box, one) => {
    const retry = one.categories.map(each => each.retry).filter(each => each).sort((a, b) => (a.nextTryAt || 0) - (b.nextTryAt || 0))[0];
    const trouble = one.state === 'up' ? null : troubleOf(report, partsOf(report, one, ['target', 'delivery']));
    fill(box, one.name, one.address, one.state, rate(one.deliveredPerSecond), 'points/s', number(one.delivered) + ' points', trouble, retryText(retry, 'next try '));
    box.dataset.delivered = one.delivered;
    box.rate = one.deliveredPerSecond;
  });
  wire();
}

const SVG = 'http://www.w3.org/2000/svg';

/** Draws a line from each source into the spool, and one from there to each target. */
function wire() {
  const frame = $('picture').getBoundingClientRect();
  const place = box => {
    const {left, top, width, height} = box.getBoundingClientRect();
    return {left: left - frame.left, top: top - frame.top, right: left - frame.left + width, bottom: top - frame.top + height,
      x: left - frame.left + width / 2, y: top - frame.top + height / 2};
  };
  const sources = [...$('sources').children];
  const targets = [...$('targets').children];
  const spool = $('spool').firstElementChild;
  if (!spool || !frame.width) {
    return;
  }
  const narrow = matchMedia('(max-width: 860px)').matches;
  const wires = [];
  const add = (key, box, from, to) => wires.push({key, from, to,
    state: box.dataset.state === 'down' ? 'down' : box.rate > 0 ? 'moves' : 'still'});
  if (narrow) {
    // One below the other: a line between the stages is enough.
    const worst = boxes => boxes.find(box => box.dataset.state === 'down') || boxes.find(box => box.rate > 0) || boxes[0];
    if (sources.length) {
      add('in', worst(sources), [frame.width / 2, place(sources[sources.length - 1]).bottom], [frame.width / 2, place(spool).top]);
    }
    if (targets.length) {
      add('out', worst(targets), [frame.width / 2, place(spool).bottom], [frame.width / 2, place(targets[0]).top]);
    }
  } else {
    const middle = place(spool);
    sources.forEach((box, i) => box.dataset.state !== 'off' && add('in' + i, box, [place(box).right, place(box).y], [middle.left, middle.y]));
    targets.forEach((box, i) => add('out' + i, box, [middle.right, middle.y], [place(box).left, place(box).y]));
  }
  $('wires').setAttribute('viewBox', '0 0 ' + frame.width + ' ' + frame.height);
  // What is down is drawn last: it must not be hidden where lines meet.
  const order = ['still', 'moves', 'down'];
  wires.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  list($('wires'), wires, one => one.key,
    () => {
      const group = document.createElementNS(SVG, 'g');
      ['line', 'stream', 'head'].forEach(name => {
        group[name] = document.createElementNS(SVG, 'path');
        group[name].setAttribute('class', name);
        group.append(group[name]);
      });
      return group;
    },
    (group, {from: [x1, y1], to: [x2, y2], state: how}) => {
      const head = 7;
      const gap = 3;
      const bend = narrow ? 0 : (x2 - x1) / 2;
      const end = narrow ? [x2, y2 - gap] : [x2 - gap, y2];
      const stop = narrow ? [x2, y2 - gap - head] : [x2 - gap - head, y2];
      const path = narrow ? `M${x1},${y1 + gap}L${stop}` : `M${x1 + gap},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${stop}`;
      group.setAttribute('class', how);
      group.line.setAttribute('d', path);
      group.stream.setAttribute('d', path);
      group.head.setAttribute('d', narrow
        ? `M${end[0] - 5},${end[1] - head}L${end}L${end[0] + 5},${end[1] - head}Z`
        : `M${end[0] - head},${end[1] - 5}L${end}L${end[0] - head},${end[1] + 5}Z`);
    });
}

new ResizeObserver(wire).observe($('picture'));

function delivery(report) {
  const rows = report.targets.flatMap(target => target.categories.map(one => ({target, one})));
  list($('delivery-rows'), rows, item => item.target.name + ' ' + item.one.category,
    item => {
      const tr = row([['target'], ['state'], ['delivered', 'n', 'Delivered'], ['rate', 'n', 'Points/s'], ['files', 'n', 'Requests waiting'], ['bytes', 'n', 'On disk'],
        ['oldest', 'n', 'Oldest'], ['full', 'n', 'Full in'], ['answers', 'wide', 'Answers'], ['retry', 'wide', 'Next try']], 'target');
      tr.cell.target.append(item.target.name, el('span', {class: 'under'}, item.one.category));
      tr.cell.state.append(tr.state = el('span', {class: 'state'}));
      tr.cell.answers.append(tr.answers = el('div', {class: 'answers'}));
      return tr;
    },
    (tr, {one}) => {
      state(tr.state, one.state);
      text(tr.cell.delivered, number(one.delivered));
      tr.dataset.delivered = one.delivered;
      text(tr.cell.rate, rate(one.deliveredPerSecond));
      text(tr.cell.files, number(one.files));
      text(tr.cell.bytes, report.spool.kind === 'kafka' ? '–' : bytes(one.bytes));
      text(tr.cell.oldest, one.files ? span(one.oldestSeconds) : '–');
      text(tr.cell.full, one.fullInSeconds == null ? '–' : span(one.fullInSeconds));
      list(tr.answers, Object.entries(one.answers), entry => entry[0], () => el('span'),
        (each, [answer, count]) => text(each, (answer === 'io' ? 'no answer' : answer) + ' × ' + number(count)));
      text(tr.cell.retry, retryText(one.retry, '') || '–');
    });
}

const sparks = new Map();

function measurements(report) {
  list($('measurement-rows'), report.measurements, one => one.id,
    one => {
      const tr = row([['name'], ['state'], ['spark', 'tight'], ['rate', 'n', 'Points/s'], ['points', 'n', 'Points'], ['lag', 'n', 'Lag, rows'], ['missed', 'n', 'Missed, rows'], ['success', 'n', 'Last success']], 'name');
      tr.cell.name.append(one.name, el('span', {class: 'under'}, one.id + ' · ' + one.category));
      tr.cell.state.append(tr.state = el('span', {class: 'state'}));
      tr.spark = el('div', {class: 'spark', role: 'img'});
      tr.cell.spark.append(tr.spark);
      sparks.set(one.id, spark(tr.spark));
      return tr;
    },
    (tr, one) => {
      tr.dataset.state = one.state;
      tr.dataset.measurement = one.id;
      tr.dataset.points = one.points;
      state(tr.state, one.state);
      text(tr.cell.rate, rate(one.pointsPerSecond));
      text(tr.cell.points, number(one.points));
      text(tr.cell.lag, number(one.lagRows));
      text(tr.cell.missed, one.lagRows == null && !one.rowsMissed ? '–' : number(one.rowsMissed));
      text(tr.cell.success, ago(one.lastSuccess));
      tr.spark.setAttribute('aria-label', one.name + ': ' + rate(one.pointsPerSecond) + ' points per second now');
    });
  list($('lines'), report.measurements.filter(one => one.latestLine != null), one => one.id,
    one => {
      const pair = el('div');
      pair.line = el('dd');
      pair.append(el('dt', {}, one.name), pair.line);
      return pair;
    },
    (pair, one) => text(pair.line, one.latestLine));
}

const plots = {};
const plotOf = (id, make) => plots[id] || (plots[id] = make($(id)));

/** A plot is one picture to a screen reader, whose label says the newest values. */
function label(id, words) {
  const place = $(id);
  place.setAttribute('role', 'img');
  place.setAttribute('aria-label', words);
}

function history(report) {
  const past = report.history;
  if (!past) {
    return;
  }
  const perSecond = values => values.map(value => value / past.step);
  const into = report.spool.kind === 'kafka' ? 'into Kafka' : 'into the spool';
  const named = [{label: into, values: perSecond(past.spooled), colour: COLOURS[0], area: true}];
  Object.entries(past.targets).forEach(([target, values], i) =>
    named.push({label: 'to ' + target, values: perSecond(values), colour: COLOURS[(i + 1) % COLOURS.length], dash: [5, 3]}));
  plotOf('through', lines)(past.end, past.step, named);
  label('through', 'Points per second over the last hour; now ' + rate(report.spool.pointsPerSecond) + ' ' + into + ', '
    + report.targets.map(one => rate(one.deliveredPerSecond) + ' to ' + one.name).join(', '));
  Object.entries(past.measurements).forEach(([id, values]) => {
    const draw = sparks.get(id);
    if (draw) {
      draw(past.end, past.step, perSecond(values));
    }
  });
}

function tile(item, value, unit, more) {
  const key = value + unit;
  if (item.big.key !== key) {
    item.big.key = key;
    item.big.replaceChildren(value, el('small', {}, ' ' + unit));
  }
  text(item.more, more);
}

const cost = value => value == null ? '–' : millis(value);

function func(report) {
  const now = report.func;
  $('func-none').hidden = !!now;
  $('func-some').hidden = !now;
  if (!now) {
    return;
  }
  const perSecond = Object.values(now.perSecond).reduce((sum, value) => sum + value, 0);
  const failed = now.callsByStatus.failure + now.callsByStatus.timeout;
  const tiles = [
    ['Calls', rate(perSecond), 'per second', number(now.calls) + ' in the last hour, ' + counted(now.functions, 'function')],
    ['Failing', now.calls ? (failed / now.calls * 100).toFixed(1) : '–', '%', counted(now.callsByStatus.failure, 'failure') + ', ' + counted(now.callsByStatus.timeout, 'time-out')],
    ['Wait, median', cost(now.waitMillis.p50), '', '95 %: ' + cost(now.waitMillis.p95) + ' · 99 %: ' + cost(now.waitMillis.p99)],
    ['Run, median', cost(now.runMillis.p50), '', '95 %: ' + cost(now.runMillis.p95) + ' · 99 %: ' + cost(now.runMillis.p99)],
    ['Waiting in queues', number(now.queues.reduce((sum, one) => sum + one.length, 0)), 'tasks', counted(now.queues.length, 'queue')],
  ];
  list($('tiles'), tiles, one => one[0],
    one => {
      const item = el('div');
      item.big = el('dd', {class: 'big'});
      item.more = el('dd', {class: 'more'});
      item.append(el('dt', {}, one[0]), item.big, item.more);
      return item;
    },
    (item, one) => tile(item, one[1], one[2], one[3]));
  functions('most-called', now.mostCalled, one => [number(one.calls)]);
  functions('slowest', now.slowest, one => [cost(one.meanRun), cost(one.longestRun)]);
  functions('most-failing', now.mostFailing, one => [number(one.failing), number(one.calls)]);
  const longest = Math.max(10, ...now.queues.map(one => one.longest));
  list($('queues'), now.queues, one => one.queue,
    one => {
      const item = el('li');
      item.meter = bar();
      item.count = el('span');
      item.longest = el('span', {class: 'quiet'});
      item.append(el('span', {class: 'quiet'}, '#' + one.queue), item.meter, el('span', {}, item.count, item.longest));
      return item;
    },
    (item, one) => {
      fillBar(item.meter, one.length / longest);
      text(item.count, number(one.length));
      text(item.longest, ' · max ' + number(one.longest));
    });
  if (now.callHistory) {
    const past = now.callHistory;
    const first = Math.min(...Object.values(past.values).map(values => values.findIndex(value => value)).filter(i => i >= 0), past.values.success.length - 2);
    const named = Object.entries(past.values)
      .filter(([status, values]) => status === 'success' || values.some(value => value))
      .map(([status, values]) => ({label: status, colour: STATUS_COLOURS[status], fill: status === 'success' ? '--plot-2-soft' : undefined, values: values.slice(first).map(value => value / past.step)}));
    plotOf('calls', stack)(past.end, past.step, named);
    label('calls', 'Calls per second by status; now ' + Object.entries(now.perSecond).filter(one => one[1] > 0).map(([status, value]) => status + ' ' + rate(value)).join(', '));
  }
  if (now.costHistory) {
    const past = now.costHistory;
    const colours = {'wait p50': ['--plot-1'], 'wait p95': ['--plot-1', [5, 3]], 'run p50': ['--plot-3'], 'run p95': ['--plot-3', [5, 3]]};
    const first = Math.max(0, Math.min(...Object.values(past.values).map(values => values.findIndex(value => value !== null)).filter(i => i >= 0), 58));
    plotOf('costs', place => lines(place, millis))(past.end, past.step, Object.entries(past.values)
      .map(([name, values]) => ({label: name, values: values.slice(first), colour: colours[name][0], dash: colours[name][1]})));
    label('costs', 'Wait and run costs by minute; the last hour: half of the calls wait up to ' + cost(now.waitMillis.p50) + ' and run up to ' + cost(now.runMillis.p50));
  }
}

/** A function's name, in its own direction of writing; a very long one is cut to what can be read. */
function named(cell, name) {
  cell.append(el('bdi', {class: 'function', title: name}, name));
}

function functions(id, items, cells) {
  list($(id), items, one => one.function,
    one => {
      const names = cells(one).map((_, i) => [String(i), 'n']);
      const tr = row([['function'], ...names], 'function');
      named(tr.cell.function, one.function);
      return tr;
    },
    (tr, one) => cells(one).forEach((value, i) => text(tr.cell[i], value)));
}

function completeness(report) {
  const {ratio, functions: worst} = report.completeness;
  text($('completeness-text'), ratio == null
    ? 'Not known yet: it compares what Func counted with what was delivered, over full hours.'
    : percent(ratio) + ' of the calls that Func counted in the last full hour were delivered.');
  $('completeness-table').hidden = !worst.length;
  list($('completeness-rows'), worst, one => one.function,
    one => {
      const tr = row([['function', 'name-cell'], ['counted', 'n'], ['delivered', 'n'], ['share', 'n']], 'function');
      named(tr.cell.function, one.function);
      return tr;
    },
    (tr, one) => {
      text(tr.cell.counted, number(one.counted));
      text(tr.cell.delivered, number(one.delivered));
      text(tr.cell.share, one.counted ? percent(Math.min(1, one.delivered / one.counted)) : '–');
    });
}

function deadLetters(report) {
  const {files, lines: given, newest} = report.deadLetters;
  text($('dead-text'), files
    ? counted(files, 'dead letter') + ' with lines that the target refused for good' + (newest.length < files ? '; the newest ' + newest.length + ':' : ':')
    : 'None: no line was refused for good.' + (given ? ' ' + number(given) + ' were since the start, and are replayed or deleted.' : ''));
  $('dead-table').hidden = !newest.length;
  list($('dead-rows'), newest, one => one.target + one.category + one.name,
    one => {
      const tr = row([['when', 'tight'], ['target', 'tight', 'Target'], ['lines', 'n', 'Lines'], ['status', '', 'Answer'], ['reason', 'reason']], 'when');
      const time = Date.parse(one.when);
      text(tr.cell.when, Number.isNaN(time) ? one.when || 'unknown' : at(time));
      tr.cell.target.append(one.target + ' · ' + one.category);
      text(tr.cell.lines, number(one.lines));
      text(tr.cell.status, one.status || 'never sent');
      tr.cell.reason.append(el('p', {}, one.reason));
      if (one.answer) {
        tr.cell.reason.append(el('p', {class: 'answer quiet'}, one.answer));
      }
      tr.cell.reason.append(el('code', {class: 'command'}, one.command));
      return tr;
    }, () => {});
}

// ---- Asking

let latest = null;
let turn = 0;
let lostSince = null;

function show(report) {
  latest = report;
  offset = report.now - Date.now();
  const groups = [...grouped(report.problems), ...losses(report)];
  header(report, groups);
  problems(groups);
  flow(report);
  delivery(report);
  measurements(report);
  history(report);
  func(report);
  completeness(report);
  deadLetters(report);
  $('content').removeAttribute('aria-busy');
  wire();
}

async function ask() {
  if (document.hidden && latest) {
    return;
  }
  let report;
  try {
    const withHistory = turn % HISTORY_EVERY === 0;
    const answer = await fetch('observe/status.json' + (withHistory ? '' : '?history=false'), {cache: 'no-store', signal: AbortSignal.timeout(8000)});
    if (answer.status === 401) {
      location.reload();
      return;
    }
    if (!answer.ok) {
      throw new Error('status ' + answer.status);
    }
    report = await answer.json();
  } catch (error) {
    turn = 0;
    if (!lostSince) {
      lostSince = Date.now();
      text($('spoken'), 'func-observer does not answer');
    }
    state($('overall'), 'down', 'No answer');
    text($('updated'), 'since ' + at(lostSince));
    return;
  }
  turn++;
  lostSince = null;
  show(report);
}

async function run() {
  try {
    await ask();
  } finally {
    setTimeout(run, POLL);
  }
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && latest) {
    turn = 0;
    ask();
  }
});
run();
