// Shows observe/status.json, which docs/status-api.md describes. Whatever comes from there is shown as text, never as HTML.
import {lines, millis, short, spark, stack} from './plots.js';

const POLL = 2000;
const HISTORY_EVERY = 5;
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

/** A row whose cells are told apart by name. */
function row(cells, head) {
  const tr = el('tr');
  tr.cell = {};
  cells.forEach(([name, classes]) => {
    const cell = el(name === head ? 'th' : 'td', name === head ? {scope: 'row'} : {});
    if (classes) {
      cell.className = classes;
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

const at = time => new Date(time).toLocaleTimeString('en-GB');
const when = time => {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toLocaleString('en-GB', {dateStyle: 'short', timeStyle: 'medium'});
};
const ago = time => time == null ? '–' : span((now() - time) / 1000) + ' ago';
const since = time => 'since ' + at(time) + ', ' + span((now() - time) / 1000);
const percent = share => (Math.floor(share * 1000) / 10) + ' %';

// ---- Sections

function header(report) {
  text($('site'), report.site);
  $('site').hidden = !report.site;
  text($('role'), report.role);
  $('role').hidden = !report.role;
  const down = report.problems.filter(one => one.level === 'down').length;
  const warnings = report.problems.length - down;
  const words = down ? counted(down, 'problem')
    : warnings ? counted(warnings, 'warning') : report.role === 'standby' ? 'Standby' : 'Everything works';
  state($('overall'), report.state, words);
  text($('updated'), 'updated ' + at(report.now));
  document.title = (down ? '✕ ' : warnings ? '▲ ' : '') + 'func-observer' + (report.site ? ' · ' + report.site : '');
  text($('about'), 'func-observer' + (report.version ? ' ' + report.version : '') + ', running for ' + span((report.now - report.startedAt) / 1000));
}

let told = null;

/** For those who hear the page: only what changes. */
function speak(problems) {
  const parts = new Map(problems.map(one => [one.part, one]));
  if (told === null) {
    told = new Map();
    if (!problems.length) {
      return;
    }
  }
  const lines = [];
  parts.forEach((one, part) => {
    if (!told.has(part)) {
      lines.push(part + (one.level === 'down' ? ' is down: ' : ', warning: ') + one.reason);
    }
  });
  told.forEach((one, part) => {
    if (!parts.has(part)) {
      lines.push(part + ' works again');
    }
  });
  told = parts;
  if (lines.length) {
    text($('spoken'), lines.join('. '));
  }
}

function problems(report) {
  $('problems').hidden = !report.problems.length;
  list($('problem-list'), report.problems, one => one.level + one.part,
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
      text(item.subject, one.part);
      text(item.since, since(one.since));
      text(item.why, one.reason);
    });
  speak(report.problems);
}

function node() {
  const box = el('div', {class: 'node'});
  box.name = el('span', {class: 'name'});
  box.state = el('span', {class: 'state'});
  box.address = el('span', {class: 'address mono'});
  box.big = el('span', {class: 'big'});
  box.side = el('span', {class: 'quiet'});
  box.since = el('p', {class: 'since'});
  box.note = el('p', {class: 'note'});
  box.append(el('div', {class: 'head'}, box.name, box.state), box.address,
    el('div', {class: 'figures'}, box.big, box.side), box.since, box.note);
  return box;
}

function fill(box, name, address, value, big, unit, side, trouble, note) {
  box.dataset.state = value;
  text(box.name, name);
  state(box.state, value);
  text(box.address, address);
  box.address.title = address;
  box.address.hidden = !address;
  const key = big + unit;
  if (box.big.key !== key) {
    box.big.key = key;
    box.big.replaceChildren(big, el('small', {}, ' ' + unit));
  }
  text(box.side, side);
  text(box.since, trouble ? (trouble.level === 'down' ? 'Down ' : 'Warning ') + since(trouble.since) : '');
  box.since.hidden = !trouble;
  text(box.note, note);
  box.note.hidden = !note;
}

/** The oldest problem that concerns something: a part is a kind and names, joined by dots. */
function troubleOf(report, kinds, names) {
  return report.problems
    .filter(one => kinds.some(kind => one.part === kind || one.part.startsWith(kind + '.'))
      && (!names || names.some(name => one.part === name || one.part.endsWith('.' + name))))
    .sort((a, b) => (a.level === b.level ? a.since - b.since : a.level < b.level ? -1 : 1))[0];
}

function retryText(retry) {
  if (!retry) {
    return '';
  }
  const next = retry.nextTryAt == null ? 'trying now' : 'next try in ' + span(Math.max(0, (retry.nextTryAt - now()) / 1000));
  return next + ', after ' + counted(retry.attempts, 'attempt') + (retry.lastAnswer ? ': ' + retry.lastAnswer : '');
}

function flow(report) {
  list($('sources'), report.sources, one => one.id, node, (box, one) => {
    const trouble = one.state === 'down' || one.state === 'warning'
      ? troubleOf(report, ['measurement'], one.parts) || troubleOf(report, [one.id]) : null;
    const read = report.measurements.filter(each => each.source === one.id && each.state !== 'off');
    const ill = read.filter(each => each.state === 'down').length;
    fill(box, one.label, one.address, one.state, rate(one.pointsPerSecond), 'points/s', number(one.points) + ' points', trouble,
      ill && ill < read.length ? ill + ' of ' + read.length + ' measurements cannot be read' : '');
    box.dataset.points = one.points;
  });
  const spool = report.spool;
  list($('spool'), [spool], () => 'spool', () => {
    const box = node();
    box.meter = bar('Percent of the spool in use');
    box.insertBefore(box.meter, box.since);
    return box;
  }, box => {
    fill(box, 'Backlog', '', spool.state, bytes(spool.bytes), 'of ' + bytes(spool.maxBytes),
      counted(spool.files, 'file'), troubleOf(report, ['spool', 'delivery']),
      (spool.files ? 'oldest ' + span(spool.oldestSeconds) + (spool.fullInSeconds == null ? '' : ' · full in ' + span(spool.fullInSeconds)) : 'everything is delivered')
        + (spool.dropped ? ' · ' + number(spool.dropped) + ' points dropped' : ''));
    fillBar(box.meter, spool.maxBytes ? spool.bytes / spool.maxBytes : 0);
  });
  list($('targets'), report.targets, one => one.name, node, (box, one) => {
    const retry = one.categories.map(each => each.retry).find(each => each);
    const trouble = one.state === 'up' ? null : troubleOf(report, ['target', 'delivery']);
    fill(box, one.name, one.address, one.state, rate(one.deliveredPerSecond), 'points/s', number(one.delivered) + ' points', trouble, retryText(retry));
    box.dataset.delivered = one.delivered;
  });
  pipe($('pipe-in'), spool.pointsPerSecond);
  pipe($('pipe-out'), report.targets.reduce((sum, one) => sum + one.deliveredPerSecond, 0));
}

function pipe(element, perSecond) {
  text(element.querySelector('.rate'), rate(perSecond));
  element.dataset.moves = perSecond > 0;
}

function delivery(report) {
  const rows = report.targets.flatMap(target => target.categories.map(one => ({target, one})));
  list($('delivery-rows'), rows, item => item.target.name + ' ' + item.one.category,
    item => {
      const tr = row([['target'], ['state'], ['delivered', 'n'], ['rate', 'n'], ['files', 'n'], ['bytes', 'n'], ['oldest', 'n'], ['full', 'n'], ['answers'], ['retry']], 'target');
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
      text(tr.cell.bytes, bytes(one.bytes));
      text(tr.cell.oldest, one.files ? span(one.oldestSeconds) : '–');
      text(tr.cell.full, one.fullInSeconds == null ? '–' : span(one.fullInSeconds));
      list(tr.answers, Object.entries(one.answers), entry => entry[0], () => el('span'),
        (each, [answer, count]) => text(each, (answer === 'io' ? 'no answer' : answer) + ' × ' + number(count)));
      text(tr.cell.retry, retryText(one.retry) || '–');
    });
}

const sparks = new Map();

function measurements(report) {
  list($('measurement-rows'), report.measurements, one => one.id,
    one => {
      const tr = row([['name'], ['state'], ['spark', 'tight'], ['rate', 'n'], ['points', 'n'], ['lag', 'n'], ['missed', 'n'], ['success', 'n']], 'name');
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
  const named = [{label: 'into the spool', values: perSecond(past.spooled), colour: COLOURS[0], area: true}];
  Object.entries(past.targets).forEach(([target, values], i) =>
    named.push({label: 'to ' + target, values: perSecond(values), colour: COLOURS[(i + 1) % COLOURS.length], dash: [5, 3]}));
  plotOf('through', lines)(past.end, past.step, named);
  label('through', 'Points per second over the last hour; now ' + rate(report.spool.pointsPerSecond) + ' into the spool, '
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
      item.append(el('span', {class: 'quiet'}, '#' + one.queue), item.meter, item.count);
      return item;
    },
    (item, one) => {
      fillBar(item.meter, one.length / longest);
      text(item.count, number(one.length));
      item.title = 'longest in the last hour: ' + number(one.longest);
    });
  if (now.callHistory) {
    const past = now.callHistory;
    const first = Math.min(...Object.values(past.values).map(values => values.findIndex(value => value)).filter(i => i >= 0), past.values.success.length - 2);
    const named = Object.entries(past.values)
      .filter(([status, values]) => status === 'success' || values.some(value => value))
      .map(([status, values]) => ({label: status, colour: STATUS_COLOURS[status], values: values.slice(first).map(value => value / past.step)}));
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

function functions(id, items, cells) {
  list($(id), items, one => one.function,
    one => {
      const names = cells(one).map((_, i) => [String(i), 'n']);
      const tr = row([['function'], ...names], 'function');
      text(tr.cell.function, one.function);
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
      text(tr.cell.function, one.function);
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
    ? counted(files, 'file') + ' with lines that the target refused for good' + (newest.length < files ? '; the newest ' + newest.length + ':' : ':')
    : 'None: no line was refused for good.' + (given ? ' ' + number(given) + ' were since the start, and are replayed or deleted.' : ''));
  $('dead-table').hidden = !newest.length;
  list($('dead-rows'), newest, one => one.target + one.category + one.name,
    one => {
      const tr = row([['when', 'tight'], ['target', 'tight'], ['lines', 'n'], ['status'], ['reason', 'reason'], ['command', 'command']], 'when');
      text(tr.cell.when, when(one.when));
      tr.cell.target.append(one.target + ' · ' + one.category);
      text(tr.cell.lines, number(one.lines));
      text(tr.cell.status, one.status || 'never sent');
      text(tr.cell.reason, one.reason);
      tr.cell.command.append(el('code', {}, one.command));
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
  header(report);
  problems(report);
  flow(report);
  delivery(report);
  measurements(report);
  history(report);
  func(report);
  completeness(report);
  deadLetters(report);
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
