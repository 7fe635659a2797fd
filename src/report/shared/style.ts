/**
 * The page's one style sheet. Colours are variables with a value for light and one for dark; print is always light.
 * The six model colours and seven part colours keep apart for the common kinds of colour blindness (after Okabe and
 * Ito 2008), at 4.5 : 1 against the paper where text is set in them; symbols and letters carry the same information.
 */
const LIGHT = `
  --paper: #fdfdfb; --panel: #f5f5f1; --ink: #1b1f24; --quiet: #5a636d; --rule: #d9dcd9; --shade: #e6ecf3;
  --accent: #1d5fa6; --warn: #8f3a0b; --warn-paper: #fcf3ea; --warn-rule: #d9905f;
  --in: #0a6b50; --out: #8f3a0b;
  --model-1: #1d5fa6; --model-2: #b4450f; --model-3: #0a7657; --model-4: #8b3a94; --model-5: #766000; --model-6: #4d5966;
  --part-1: #94bce6; --part-2: #f2b088; --part-3: #8acdb3; --part-4: #d7a9dd; --part-5: #e3cf7c; --part-6: #b6c0ca;
  --part-7: #e79fae; --on-part: #14171b;`;

const DARK = `
  --paper: #15181c; --panel: #1d2126; --ink: #e4e6e9; --quiet: #a0aab4; --rule: #363d46; --shade: #252e3a;
  --accent: #86b7f0; --warn: #f3a673; --warn-paper: #2a211b; --warn-rule: #8c5a37;
  --in: #5cc9a7; --out: #f3a673;
  --model-1: #7fb2ee; --model-2: #f2965f; --model-3: #57c6a2; --model-4: #d496dd; --model-5: #dcc05a; --model-6: #a9b5c1;
  --part-1: #6c9fd6; --part-2: #d98d5f; --part-3: #58ae90; --part-4: #b781bf; --part-5: #bda64e; --part-6: #8793a0;
  --part-7: #c8707f; --on-part: #0d0f12;`;

export const STYLE = `
:root { color-scheme: light dark; ${LIGHT}
}
@media screen and (prefers-color-scheme: dark) { :root { ${DARK}
} }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
main { max-width: 47rem; margin: 0 auto; padding: 2.5rem 1rem 5rem; }
a { color: var(--accent); text-underline-offset: 0.15em; text-decoration-thickness: 0.06em; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: 0.5rem 1rem; z-index: 1; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.quiet, .none { color: var(--quiet); }

.contents { font-size: 0.875rem; line-height: 1.4; }
.contents ol { list-style: none; margin: 0; padding: 0; }
.contents a { color: var(--quiet); text-decoration: none; display: block; padding: 0.2rem 0; }
.contents a:hover { color: var(--accent); text-decoration: underline; }
@media (max-width: 69.99rem) { .contents { display: none; } }
@media (min-width: 70rem) {
  body { display: grid; grid-template-columns: 12rem minmax(0, 47rem); column-gap: 3rem; justify-content: center; }
  main { margin: 0; padding-top: 4rem; width: 100%; }
  .contents { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 4.4rem 0 2rem; }
}

h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; margin: 0; }
h1 { font-size: 2.1rem; letter-spacing: -0.015em; font-weight: 650; }
h2 { font-size: 1.4rem; letter-spacing: -0.01em; font-weight: 650; }
h3 { font-size: 1.05rem; }
#repeat h3 { margin-top: 2rem; }
h4 { font-size: 0.9375rem; margin-top: 1.25rem; }
p { margin: 0.75rem 0; }
.kicker { margin: 0 0 0.4rem; font-size: 0.875rem; color: var(--quiet); }
.lead { font-size: 1.125rem; line-height: 1.6; margin: 1.25rem 0 0.75rem; text-wrap: pretty; }
time { white-space: nowrap; }
.byline { color: var(--quiet); font-size: 0.9375rem; }
section { margin-top: 3.5rem; scroll-margin-top: 1.5rem; }
section.task, #repeat { border-top: 1px solid var(--rule); padding-top: 2.5rem; }
.task-title { font-weight: 400; color: var(--quiet); }
code, pre { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; font-size: 0.875em; }
pre { background: var(--panel); padding: 0.9rem 1rem; border-radius: 6px; overflow-x: auto; line-height: 1.5; }
pre.long { max-height: 22rem; overflow: auto; }
pre code { font-size: 0.8125rem; }
p code, li code { background: var(--panel); padding: 0.1em 0.35em; border-radius: 4px; }

.box { border: 1px solid var(--warn-rule); border-left-width: 5px; background: var(--warn-paper); border-radius: 6px; padding: 1.25rem 1.5rem 1rem; margin-top: 2.5rem; }
.box h2 { font-size: 1.2rem; }
.box h3 { font-weight: 650; }
.disagreement { border-top: 1px solid var(--warn-rule); padding-top: 1rem; margin-top: 1rem; }
.box .findings { margin: 0.5rem 0 0.75rem; }
.explanations { margin: 0.25rem 0 0; padding-left: 1.2rem; font-size: 0.9375rem; line-height: 1.5; }
.explanations li { margin: 0.2rem 0; }
.open { font-weight: 600; font-size: 0.9375rem; margin: 0; }
.failures { padding-left: 1.2rem; margin: 0.5rem 0; }

table { border-collapse: collapse; font-size: 0.875rem; line-height: 1.45; }
caption { text-align: left; color: var(--quiet); padding-bottom: 0.6rem; font-size: 0.875rem; }
th, td { text-align: left; vertical-align: baseline; padding: 0.35rem 1rem 0.35rem 0; font-weight: 400; }
thead th { font-weight: 600; border-bottom: 1px solid var(--ink); white-space: nowrap; }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
.number { text-align: right; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
.scroll { overflow-x: auto; max-width: 100%; }
.scroll caption { position: static; }
.scroll th[scope='row'], .scroll td { white-space: nowrap; }

.summary { width: 100%; margin-top: 1rem; }
.summary td, .summary th { padding-top: 0.6rem; padding-bottom: 0.6rem; vertical-align: top; }
.summary tr.task th { padding-top: 1.4rem; font-size: 1rem; border-top: 0; }
.summary tbody:first-of-type tr.task th { padding-top: 0.9rem; }
.summary tr.task a { font-weight: 650; color: inherit; }
.summary .model { font-weight: 600; white-space: nowrap; } .summary .model .named { display: inline-block; max-width: 11rem; white-space: normal; overflow-wrap: anywhere; vertical-align: top; }
.summary .horizon { white-space: nowrap; }
.summary .theory { white-space: nowrap; }
.summary .value { font-weight: 650; }
.summary .none { font-weight: 400; }
.summary .seeds, .summary .trained { display: block; color: var(--quiet); font-size: 0.8125rem; font-weight: 400; }
.bar { width: 7.5rem; height: 0.8rem; vertical-align: -0.05rem; margin-right: 0.4rem; }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: 999px; padding: 0 0.55em; font-size: 0.8125em; font-weight: 650; line-height: 1.5; color: var(--quiet); }
.badge.in { color: var(--in); } .badge.out { color: var(--out); border-style: dashed; }
.agreement { display: block; font-size: 0.8125rem; color: var(--quiet); margin-top: 0.15rem; }
.agreement.disagrees { color: var(--warn); font-weight: 650; }
@media screen and (max-width: 44rem) {
  .summary, .summary tbody, .summary tr, .summary td, .summary th, .summary caption { display: block; padding: 0; }
  .summary caption { padding-bottom: 0.5rem; }
  .summary thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .summary tr { padding: 0.75rem 0; }
  .summary tr.task { padding: 1.5rem 0 0.25rem; }
  .summary tbody tr + tr > * { border-top: 0; }
  .summary tbody tr + tr { border-top: 1px solid var(--rule); }
  .summary td { margin-top: 0.25rem; }
  .summary .theory > * { display: inline-block; margin-right: 0.5rem; }
  .summary .horizon::before { content: 'Horizon'; } .summary .theory::before { content: 'Theory'; }
  .summary .horizon::before, .summary .theory::before { display: inline-block; width: 4.25rem; color: var(--quiet); }
  .summary .agreement { margin: 0; }
  .summary .number { text-align: left; color: var(--quiet); }
  .summary .number::before { content: 'n = '; }
}

.symbol { width: 0.85em; height: 0.85em; vertical-align: -0.05em; }
.findings { list-style: none; padding: 0; margin: 1rem 0; }
.findings li { padding: 0.15rem 0 0.15rem 1.3rem; text-indent: -1.3rem; }
.findings .symbol { margin-right: 0.2rem; }
.question { text-wrap: pretty; }
.question code { white-space: nowrap; }
figure { margin: 2rem 0; break-inside: avoid; }
figure h3 { margin-bottom: 0.5rem; }
figcaption { color: var(--quiet); font-size: 0.875rem; line-height: 1.5; margin-top: 0.5rem; text-wrap: pretty; }
.panels { display: flex; flex-wrap: wrap; gap: 1.25rem; }
.panel { min-width: 0; max-width: 100%; }
.panel-title { margin: 0 0 0.15rem; font-size: 0.875rem; font-weight: 600; }
.drawing svg { display: block; max-width: 100%; height: auto; overflow: visible; font-size: 12px; font-family: inherit; }
.drawing text { white-space: pre; }
@media screen and (max-width: 44rem) { .drawing.wide { display: none; } }
@media print, (min-width: 44.01rem) { .drawing.narrow { display: none; } }
.legend { flex-basis: 100%; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; padding: 0; margin: -0.5rem 0 0; font-size: 0.875rem; }
.parts { margin: 0.75rem 0 0; font-size: 0.875rem; line-height: 1.5; }
.parts { flex: 1 1 18rem; container-type: inline-size; }
.parts > div { padding: 0.2rem 0; }
.parts dt { font-weight: 600; padding-left: 1.7rem; position: relative; }
.parts dd { margin: 0; padding-left: 1.7rem; color: var(--quiet); }
@container (min-width: 34rem) { .parts > div { display: grid; grid-template-columns: 13rem 1fr; gap: 0 1rem; } .parts dd { padding-left: 0; } }
.swatch { position: absolute; left: 0; top: 0.1rem; width: 1.15rem; height: 1.15rem; }
.swatch text { text-anchor: middle; font-size: 12px; font-weight: 600; fill: var(--on-part); }

details { margin: 0.75rem 0; }
summary { cursor: pointer; color: var(--accent); font-size: 0.875rem; width: fit-content; }
details[open] > summary { margin-bottom: 0.75rem; }
details.numbers table { min-width: min(100%, 30rem); }
.terms { font-size: 0.9375rem; margin: 0; }
.terms > div, .facts > div { display: grid; grid-template-columns: 9.5rem 1fr; gap: 0 1rem; padding: 0.25rem 0; }
.terms dt, .facts dt { font-weight: 600; } .terms dd, .facts dd { margin: 0; min-width: 0; }
.facts { font-size: 0.9375rem; margin: 0.5rem 0; columns: 18rem 2; column-gap: 2rem; } .facts > div { break-inside: avoid; }
@media (max-width: 30rem) { .terms > div, .facts > div { grid-template-columns: 1fr; } }

.examples h4 { margin-bottom: 0.25rem; }
.examples ol { padding: 0; margin: 0; list-style: none; }
.examples li { padding: 0.6rem 0 0.6rem 1rem; border-left: 2px solid var(--rule); margin-bottom: 0.75rem; break-inside: avoid; }
.examples .kind { margin: 0 0 0.25rem; font-weight: 600; font-size: 0.9375rem; } .kind .quiet { font-weight: 400; }
.instance { margin: 0; font-size: 0.9375rem; }
.instance > div { display: grid; grid-template-columns: 8rem 1fr; gap: 0 1rem; padding: 0.1rem 0; }
.instance dt { color: var(--quiet); font-size: 0.875rem; } .instance dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.instance { display: flex; flex-wrap: wrap; } .instance > div { flex-basis: 100%; }
.instance > .short { flex-basis: auto; display: flex; gap: 0.6rem; margin-right: 1.75rem; align-items: baseline; }
@media (max-width: 36rem) { .instance > div:not(.short) { grid-template-columns: 1fr; padding: 0.2rem 0; } }
.symbols { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; font-size: 0.875rem; line-height: 1.9; }
.symbols bdi, mark { margin-right: 0.15em; }
.symbols.lines > * { display: block; width: fit-content; max-width: 100%; line-height: 1.5; }
mark { color: inherit; background: none; font-weight: 700; border: 1.5px solid var(--ink); border-radius: 4px; padding: 0 0.3em; unicode-bidi: isolate; }
mark.query { background: var(--shade); } mark.right { border-style: solid; border-color: var(--in); } mark.wrong { border-style: dashed; border-color: var(--warn); }
.aligned { display: flex; flex-wrap: wrap; gap: 0.35rem 0.1rem; align-items: flex-start; font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; font-size: 0.875rem; line-height: 1.5; margin: 0.35rem 0; }
.aligned .rows, .aligned .column { display: inline-flex; flex-direction: column; text-align: center; padding: 0 0.2em; border-radius: 4px; min-width: 1.2em; overflow-wrap: anywhere; }
.aligned .rows { text-align: left; color: var(--quiet); font-size: 0.8125rem; line-height: calc(1.5 * 0.875rem); min-width: 4.2rem; font-family: -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif; }
.aligned .rows span { min-height: calc(1.5 * 0.875rem); } .aligned .source:empty { min-height: 1.5em; }
.aligned .source { color: var(--quiet); } .aligned .differs { background: var(--shade); }
.aligned .role { font-size: 0.75rem; font-family: -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif; color: var(--quiet); min-height: 1.1rem; }
.aligned .gap { align-self: center; padding: 0 0.4em; }
.aligned.lines { display: block; } .aligned.lines .column { display: flex; text-align: left; padding: 0.1rem 0.4rem; } .aligned.lines .rows, .aligned.lines .source { display: none; }
.aligned.lines .column:not(.differs) > span:last-child { display: none; } .aligned.lines .gap { display: block; }
.due { color: var(--in); font-weight: 700; text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: 0.15em; }
del { color: var(--warn); font-weight: 700; text-decoration: line-through; text-decoration-thickness: 2px; }
.legend-words { font-size: 0.875rem; } .capabilities { font-size: 0.9375rem; padding-left: 1.2rem; margin: 0.5rem 0; }
pre.raw { white-space: pre-wrap; overflow-wrap: anywhere; }
.horizons h2 { margin-bottom: 0.75rem; } .horizons .summary .model { white-space: normal; overflow-wrap: anywhere; } .horizons .interval, .horizons .n { white-space: nowrap; }
@media screen and (min-width: 44.01rem) { .horizons .summary th, .horizons .summary td { padding-right: 0.75rem; } .horizons .bar { width: 6.5rem; } .horizons .task-title { display: block; font-size: 0.8125rem; } }
@media screen and (max-width: 44rem) {
  .horizons .interval::before { content: 'Interval'; } .horizons .words::before { content: 'Beyond'; }
  .horizons .interval::before, .horizons .words::before { display: inline-block; width: 4.25rem; color: var(--quiet); }
  .horizons .summary .number { display: inline-block; margin-right: 1.25rem; }
  .horizons .summary .truncated::before { content: 'truncated '; } .horizons .summary .failed::before { content: 'failed '; }
}
.gap { color: var(--quiet); font-size: 0.8125rem; font-style: italic; }
.theory { margin-top: 2rem; }

@media print {
  @page { margin: 18mm 16mm; }
  html { font-size: 10pt; }
  body { display: block; font-size: 10pt; background: none; }
  main { max-width: none; padding: 0; }
  .contents, .skip { display: none; }
  h1 { font-size: 20pt; } h2 { font-size: 14pt; } .lead { font-size: 11pt; }
  h2, h3, h4 { break-after: avoid; }
  section { margin-top: 1.6rem; } section.task, #repeat { padding-top: 1.2rem; }
  tr, li, pre { break-inside: avoid; } tr.task { break-after: avoid; }
  a { color: inherit; text-decoration: none; }
  .box, .shade, mark, .swatch, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  pre { white-space: pre-wrap; border: 1px solid var(--rule); background: none; }
  .scroll { overflow: visible; } .scroll table { font-size: 7pt; } .scroll th, .scroll td { padding-right: 0.5rem; white-space: normal; }
  details:not([open]):not(.print) { display: none; }
  details.print > summary { color: inherit; font-weight: 600; }
  details.print::details-content { content-visibility: visible; block-size: auto; }
  .panel:not(:has(.wide)) { max-width: 48%; } .drawing.wide svg { max-width: 150mm; }
  .findings, .question { break-inside: avoid; }
}
`;
