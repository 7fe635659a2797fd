import { parseHTML } from 'linkedom';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { trace, traceTable } from './trace.ts';
import { tracePage } from './page.ts';

const dyck = compile("alphabet { '(' ')' } let D := # '(' - # ')' accept D = 0 and not exists (D < 0)");
const input = ['(', '(', ')', ')', ')'];

describe('a trace', () => {
  it('has every operation at every position, and the result', () => {
    const traced = trace(dyck, input);
    expect(traced.symbols).toEqual([...input, '<eos>']);
    expect(traced.rows.find(({ names }) => names.includes('D'))).toMatchObject({
      operation: "# '(' - # ')'",
      type: 'count',
      values: [1, 2, 1, 0, -1, -1],
    });
    expect(traced.result).toBe('rejected');
  });

  it('says what each row is made from', () => {
    const { rows } = trace(dyck, input);
    const count = rows.find(({ operation }) => operation === "# '('");
    expect(count?.window).toEqual({ near: 0, far: null });
    expect(count?.of.map((row) => rows[row].operation)).toEqual(["'('"]);
  });

  it('as a table has a column for each position, in as many blocks as the width takes', () => {
    const wide = traceTable(trace(dyck, input), 120);
    expect(wide).toMatch(/^D := # '\(' - # '\)' +1 +2 +1 +0 +-1 +-1$/m);
    expect(wide.endsWith('rejected (read at position 6)\n')).toBe(true);
    const narrow = traceTable(trace(dyck, input), 40);
    expect(narrow.split('position ').length).toBeGreaterThan(wide.split('position ').length);
  });

  it('of the empty input of a program read at the last symbol has no result', () => {
    const program = compile("alphabet { a } read at last accept 'a'");
    expect(trace(program, []).result).toBe(null);
    expect(traceTable(trace(program, []), 80)).toContain('nothing to read');
  });

  it('with more cells than anybody reads is refused', () => {
    expect(() =>
      trace(
        dyck,
        Array.from({ length: 200_000 }, () => '('),
      ),
    ).toThrow('more than the 1000000 kept at once');
  });
});

describe('a trace as a page', () => {
  const nasty = compile("alphabet { '</script><b>&' b } let P := # '</script><b>&' accept P > 0");
  const html = tracePage(trace(nasty, ['b', '</script><b>&']), 'a < b');

  it('needs nothing from elsewhere and shows symbols as they are', () => {
    const { document } = parseHTML(html);
    expect(document.querySelectorAll('script').length).toBe(2);
    expect(document.querySelectorAll('[src], link').length).toBe(0);
    expect(document.querySelector('h1')?.textContent).toBe('a < b');
    expect(document.querySelector('thead')?.textContent).toContain('2</script><b>&');
  });

  it('marks what a value was made from when one points at it', () => {
    const page = parseHTML(html);
    const { document } = page;
    const scripts = [...document.querySelectorAll('script')];
    runInNewContext(scripts[1].textContent, { document, JSON });
    const rows = [...document.querySelectorAll('tbody tr')];
    const counted = rows.findIndex((row) => row.querySelector('th')?.textContent.startsWith('P := '));
    const cells = [...rows[counted].querySelectorAll('td')];
    Object.defineProperty(cells[2], 'cellIndex', { value: 3 }); // linkedom has no cellIndex
    for (const row of rows) Object.defineProperty(row, 'cells', { value: [...row.children] });
    cells[2].dispatchEvent(new page.Event('mouseover', { bubbles: true }));
    expect(cells[2].className).toBe('here');
    expect(document.querySelectorAll('td.counted').length).toBe(1);
    expect(document.querySelector('#made')?.textContent).toBe(
      "P at position 3 is 1: counts '</script><b>&' at positions 2",
    );
  });
});
