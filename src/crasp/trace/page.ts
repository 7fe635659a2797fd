/**
 * A trace as one HTML file that needs nothing else: pointing at a value (or moving to it with the arrow keys) marks
 * the values it was made from and says how; a click keeps it marked.
 */
import type { Trace } from './trace.ts';
import { rowTitle } from './trace.ts';

export function tracePage(traced: Trace, title: string): string {
  const outputs = new Map(traced.outputs.map(({ label, row }) => [row, label]));
  const head = traced.symbols.map(
    (symbol, index) => `<th scope="col">${index + 1}<br>${escapeHtml(symbol)}</th>`,
  );
  const rows = traced.rows.map((row, id) => {
    const label = outputs.get(id);
    const name = `${label === undefined ? '' : `<b>${escapeHtml(label)}</b> `}${escapeHtml(rowTitle(row))}`;
    const cells = row.values.map((value) => {
      const shown = row.type === 'count' ? String(value) : value === 1 ? '1' : '·';
      return `<td>${shown}</td>`;
    });
    return `<tr${label === undefined ? '' : ' class="output"'}><th scope="row">${name}</th>${cells.join('')}</tr>`;
  });
  const data = traced.rows.map(({ kind, of, window, operation, names }) => ({
    kind,
    of,
    window,
    operation,
    names,
  }));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(title)}</h1>
<p>Input: <code>${escapeHtml(traced.symbols.join(' '))}</code>. Result: <b>${escapeHtml(traced.result ?? 'none: the input is empty')}</b>.</p>
<p id="made" aria-live="polite">Point at a value to see what it was made from.</p>
<div class="scroll"><table tabindex="0"><thead><tr><th>position</th>${head.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table></div>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${SCRIPT}</script>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const STYLE = `
body { font: 15px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #1b1b1b; background: #fff; }
.scroll { overflow: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid #ddd; padding: .15rem .5rem; text-align: right; }
th[scope=row] { text-align: left; font: 13px ui-monospace, monospace; position: sticky; left: 0; background: #fff; }
thead th { background: #f4f4f4; }
tr.output th, tr.output td { border-top: 2px solid #777; }
td { cursor: default; }
td.here { outline: 2px solid #0a58ca; background: #dbe8ff; }
td.from { background: #ffe9a8; }
td.counted { background: #ffc947; }
#made { min-height: 1.4em; }
`;

/** Plain script for any browser: it only reads the data and marks cells. */
const SCRIPT = `
'use strict';
const rows = JSON.parse(document.getElementById('data').textContent);
const lines = [...document.querySelectorAll('tbody tr')];
const made = document.getElementById('made');
const cell = (row, column) => lines[row].cells[column + 1];
const title = (row) => rows[row].names[0] || rows[row].operation;
let kept = null;
let current = null;
function sources(row, column) {
  const { of, window } = rows[row];
  if (!window) return of.map((operand) => [operand, column]);
  const first = window.far === null ? 0 : Math.max(0, column - window.far);
  const found = [];
  for (let at = first; at <= column - window.near; at++) found.push([of[0], at]);
  return found;
}
function clear() {
  for (const marked of document.querySelectorAll('td.here, td.from, td.counted')) marked.className = '';
}
function show(row, column) {
  clear();
  current = [row, column];
  const from = sources(row, column);
  for (const [r, c] of from) {
    cell(r, c).className = rows[row].window && cell(r, c).textContent === '1' ? 'counted' : 'from';
  }
  cell(row, column).className = 'here';
  const value = cell(row, column).textContent.replace('\\u00b7', 'false');
  let how = 'is read from the input';
  if (rows[row].window) {
    const hits = from.filter(([r, c]) => cell(r, c).textContent === '1').map(([, c]) => c + 1);
    how = 'counts ' + title(rows[row].of[0]) + (hits.length ? ' at positions ' + hits.join(', ') : ', which holds nowhere there');
  } else if (from.length) {
    how = 'from ' + from.map(([r, c]) => title(r) + ' = ' + cell(r, c).textContent).join(', ');
  }
  made.textContent = title(row) + ' at position ' + (column + 1) + ' is ' + value + ': ' + how;
}
function place(target) {
  const found = target.closest ? target.closest('tbody td') : null;
  return found ? [lines.indexOf(found.parentNode), found.cellIndex - 1] : null;
}
const table = document.querySelector('table');
table.addEventListener('mouseover', (event) => {
  const at = place(event.target);
  if (at && !kept) show(...at);
});
table.addEventListener('click', (event) => {
  const at = place(event.target);
  if (!at) return;
  kept = kept && kept[0] === at[0] && kept[1] === at[1] ? null : at;
  show(...at);
});
table.addEventListener('keydown', (event) => {
  const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (!move || !lines.length) return;
  event.preventDefault();
  const [row, column] = current || [0, 0];
  const width = lines[0].cells.length - 1;
  kept = [Math.min(lines.length - 1, Math.max(0, row + move[0])), Math.min(width - 1, Math.max(0, column + move[1]))];
  if (width > 0) show(...kept);
});
`;
