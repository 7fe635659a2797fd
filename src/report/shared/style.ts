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
  --part-7: #e79fae; --on-part: #14171b; --holds: #dcebe4;
  --tint-0: #f8d9c8; --tint-1: #f8e4d3; --tint-2: #f5eedd; --tint-3: #e6eee3; --tint-4: #d5e9df;
  --heat-0: #f0f1ee; --heat-1: #d6e2ee; --heat-2: #b3cce6; --heat-3: #86b0da; --heat-4: #548fc8; --heat-5: #2c6cae; --heat-6: #12467f;`;

const DARK = `
  --paper: #15181c; --panel: #1d2126; --ink: #e4e6e9; --quiet: #a0aab4; --rule: #363d46; --shade: #252e3a;
  --accent: #86b7f0; --warn: #f3a673; --warn-paper: #2a211b; --warn-rule: #8c5a37;
  --in: #5cc9a7; --out: #f3a673;
  --model-1: #7fb2ee; --model-2: #f2965f; --model-3: #57c6a2; --model-4: #d496dd; --model-5: #dcc05a; --model-6: #a9b5c1;
  --part-1: #6c9fd6; --part-2: #d98d5f; --part-3: #58ae90; --part-4: #b781bf; --part-5: #bda64e; --part-6: #8793a0;
  --part-7: #c8707f; --on-part: #0d0f12; --holds: #1d372f;
  --tint-0: #4a2a1c; --tint-1: #3f2e20; --tint-2: #343024; --tint-3: #24352c; --tint-4: #1c3c30;
  --heat-0: #20252b; --heat-1: #24374c; --heat-2: #2b4d70; --heat-3: #376997; --heat-4: #4d8bc4; --heat-5: #7db2e4; --heat-6: #bcdcfa;`;

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
main { max-width: 54rem; margin: 0 auto; padding: 1.5rem 1rem 5rem; }
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
@media (max-width: 69.99rem) {
  .contents { position: sticky; top: 0; z-index: 2; background: var(--paper); border-bottom: 1px solid var(--rule); overflow-x: auto; }
  .contents ol { display: flex; gap: 1.1rem; padding: 0.35rem 1rem; width: max-content; }
  .contents a { padding: 0.4rem 0; }
}
@media (min-width: 70rem) {
  body { display: grid; grid-template-columns: 11rem minmax(0, 54rem); column-gap: 3rem; justify-content: center; }
  main { margin: 0; padding-top: 2.5rem; width: 100%; max-width: 54rem; }
  .contents { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 2.9rem 0 2rem; }
}

h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; margin: 0; }
h1 { font-size: 1.9rem; overflow-wrap: anywhere; letter-spacing: -0.015em; font-weight: 650; }
h2 { font-size: 1.4rem; letter-spacing: -0.01em; font-weight: 650; }
h3 { font-size: 1.05rem; }
#repeat h3 { margin-top: 2rem; }
h4 { font-size: 0.9375rem; margin-top: 1.25rem; }
p { margin: 0.75rem 0; }
.kicker { margin: 0 0 0.4rem; font-size: 0.875rem; color: var(--quiet); }
.lead { font-size: 1.125rem; line-height: 1.5; margin: 0.75rem 0 0.5rem; text-wrap: pretty; } .lead.several { font-size: 1rem; margin: 0.4rem 0; }
time { white-space: nowrap; }
.byline { color: var(--quiet); font-size: 0.875rem; line-height: 1.5; margin: 0.5rem 0; }
section { margin-top: 2rem; scroll-margin-top: 1.5rem; }
.section { border-top: 1px solid var(--rule); margin: 0; }
.definitions { margin-bottom: 2rem; }
.section > summary { width: auto; padding: 0.7rem 0; color: inherit; font-size: 1rem; display: grid; grid-template-columns: 1.1rem 1fr; column-gap: 0.4rem; align-items: baseline; list-style: none; }
.section > summary::-webkit-details-marker { display: none; }
.section > summary::before { content: '▸'; color: var(--accent); grid-row: 1; }
.section[open] > summary::before { content: '▾'; }
.section > summary h2 { font-size: 1.1rem; letter-spacing: 0; }
.section > summary:hover h2 { text-decoration: underline; text-decoration-thickness: 0.06em; text-underline-offset: 0.15em; }
.section .gist { grid-column: 2; color: var(--quiet); font-size: 0.9375rem; line-height: 1.45; }
.section > section { margin: 0 0 2rem; padding-left: 1.5rem; scroll-margin-top: 5rem; }
@media (max-width: 44rem) { .section > section { padding-left: 0; } }
.task-title { font-weight: 400; color: var(--quiet); }
code, pre { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; font-size: 0.875em; }
pre { background: var(--panel); padding: 0.9rem 1rem; border-radius: 6px; overflow-x: auto; line-height: 1.5; }
pre.long { max-height: 22rem; overflow: auto; }
pre code { font-size: 0.8125rem; }
p code, li code { background: var(--panel); padding: 0.1em 0.35em; border-radius: 4px; }

.box { border: 1px solid var(--warn-rule); border-left-width: 5px; background: var(--warn-paper); border-radius: 6px; padding: 1.25rem 1.5rem 1rem; margin: 2rem 0; }
.box h2 { font-size: 1.2rem; }
.box h3 { font-weight: 650; }
.disagreement { border-top: 1px solid var(--rule); padding-top: 1rem; margin-top: 1rem; }
.box .findings { margin: 0.5rem 0 0.75rem; }
.explanations { margin: 0.25rem 0 0; padding-left: 1.2rem; font-size: 0.9375rem; line-height: 1.5; }
.explanations li { margin: 0.2rem 0; }
.failures { padding-left: 1.2rem; margin: 0.5rem 0; }

table { border-collapse: collapse; font-size: 0.875rem; line-height: 1.45; }
caption { text-align: left; color: var(--quiet); padding-bottom: 0.6rem; font-size: 0.875rem; }
th, td { text-align: left; vertical-align: baseline; padding: 0.35rem 1rem 0.35rem 0; font-weight: 400; }
thead th { font-weight: 600; border-bottom: 1px solid var(--ink); white-space: nowrap; }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
.number { text-align: right; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
.scroll {
  overflow-x: auto; max-width: 100%;
  background: linear-gradient(to right, var(--paper) 30%, transparent) left / 2.5rem 100% no-repeat local, linear-gradient(to left, var(--paper) 30%, transparent) right / 2.5rem 100% no-repeat local, linear-gradient(to right, var(--rule), transparent) left / 0.8rem 100% no-repeat scroll, linear-gradient(to left, var(--rule), transparent) right / 0.8rem 100% no-repeat scroll;
}
.scroll + .scroll { margin-top: 1.25rem; } h2 + .scroll { margin-top: 0.75rem; }
.scroll caption { position: sticky; left: 0; max-width: min(54rem, calc(100vw - 2rem)); }
.scroll th[scope='row'], .scroll td { white-space: nowrap; }

.horizons { width: 100%; }
.horizons thead th { padding-bottom: 0.25rem; }
.horizons th, .horizons td { padding: 0.4rem 0.55rem; vertical-align: top; }
.horizons tbody { border-top: 1px solid var(--rule); } .horizons tbody tr + tr > * { border-top: 0; }
.horizons .lengths th, .horizons .lengths td { padding-top: 1rem; padding-bottom: 0.25rem; font-weight: 600; border-bottom: 1px solid var(--ink); } .horizons .lengths + tbody { border-top: 0; }
.horizons caption { padding-bottom: 0.5rem; }
.horizons .task, .horizons thead th:first-child { padding-left: 0; }
.horizons .task a { font-weight: 650; } .scroll .horizons th.task { white-space: normal; min-width: 6rem; }
.horizons .model { font-weight: 600; } .scroll .horizons .model { white-space: normal; } .horizons .model { min-width: 7rem; } .horizons .named { overflow-wrap: anywhere; }
.horizons .value { font-weight: 650; white-space: nowrap; } .scroll .horizons td.horizon { white-space: normal; min-width: 6.5rem; max-width: 10.5rem; }
.small { display: block; color: var(--quiet); font-size: 0.75rem; line-height: 1.35; font-weight: 400; }
.horizons .value + .small { margin-top: 0.1rem; }
.horizons .holds { background: var(--holds); } .horizons .ends { border-right: 3px solid var(--in); font-weight: 650; }
.places { min-width: 34rem; } .places td, .places th { padding: 0.35rem 0.6rem; } .places td .small { color: inherit; }
.tint-0 { background: var(--tint-0); } .tint-1 { background: var(--tint-1); } .tint-2 { background: var(--tint-2); } .tint-3 { background: var(--tint-3); } .tint-4 { background: var(--tint-4); }
.weak, .warning b { color: var(--warn); } .where { margin: 2rem 0; }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: 999px; padding: 0 0.55em; font-size: 0.8125em; font-weight: 650; line-height: 1.5; color: var(--quiet); }
.badge.in { color: var(--in); } .badge.out { color: var(--out); border-style: dashed; }
.nowrap { display: inline-block; max-width: 100%; overflow-wrap: anywhere; } /* on one line where it fits */
.agreement { white-space: nowrap; font-size: 0.8125rem; color: var(--quiet); margin-top: 0.15rem; }
.agreement.disagrees { color: var(--warn); font-weight: 650; }
@media screen and (max-width: 44rem) {
  .scroll tr > th:first-child:not(.model) { position: sticky; left: 0; background: var(--paper); z-index: 1; padding-right: 0.6rem; }
  .of-row { display: inline-block; width: max-content; max-width: 38vw; white-space: normal; overflow-wrap: anywhere; } .of-row time { white-space: normal; }
  .scroll th, .scroll td { padding-right: 0.6rem; } .scroll thead th { white-space: normal; vertical-align: bottom; }
  .scroll .horizons th.task { position: sticky; left: 0; background: var(--paper); min-width: 0; z-index: 1; }
  .horizons th, .horizons td { padding: 0.4rem 0.4rem; } .horizons .task > .small { display: none; } .horizons .agreement { display: block; }
  .scroll .horizons td.horizon { min-width: 4.5rem; }
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
.key { display: inline-block; width: 1.1rem; height: 0.55rem; border-radius: 2px; background: var(--model-2); } .key-control { background: var(--model-6); }
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
  section { margin-top: 1.6rem; } .section > summary::before { content: none; }
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
