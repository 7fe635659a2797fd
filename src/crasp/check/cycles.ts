/** The order in which definitions can be computed, and the circles that make it impossible. */
import type { Report } from '../text/diagnostics.ts';
import type { Definition, Expression } from '../text/syntax.ts';

/**
 * The definitions, each after those it refers to. A circle is reported with all its names, once, and its members
 * come in some order. No recursion over definitions: there may be many thousands in a row.
 */
export function reportCycles(
  definitions: ReadonlyMap<string, Definition>,
  report: Report,
): Map<string, Definition> {
  const ordered = new Map<string, Definition>();
  const onPath = new Map<string, number>(); // with the place in the path
  for (const root of definitions.values()) {
    if (ordered.has(root.name)) continue;
    const path = [visit(root, definitions)];
    onPath.set(root.name, 0);
    while (path.length > 0) {
      const top = path[path.length - 1];
      const name = top.pending.pop();
      if (name === undefined) {
        ordered.set(top.definition.name, top.definition);
        onPath.delete(top.definition.name);
        path.pop();
        continue;
      }
      const place = onPath.get(name);
      if (place !== undefined) reportCycle(path, place, report);
      else if (!ordered.has(name)) {
        const definition = definitions.get(name);
        if (definition === undefined) continue; // an unknown name: reported where it stands
        path.push(visit(definition, definitions));
        onPath.set(name, path.length - 1);
      }
    }
  }
  return ordered;
}

interface Visit {
  readonly definition: Definition;
  /** Names still to be looked into, the next one last. */
  readonly pending: string[];
}

function visit(definition: Definition, definitions: ReadonlyMap<string, Definition>): Visit {
  const names = [...referencedNames(definition.body)].filter((name) => definitions.has(name));
  return { definition, pending: names.reverse() };
}

/** The circle that the path closes by coming back to one of its places. Of a long one only the beginning is named. */
function reportCycle(path: readonly Visit[], place: number, report: Report): void {
  const { name, nameSpan } = path[place].definition;
  const length = path.length - place;
  const named = path.slice(place, place + (length > 8 ? 7 : length)).map((step) => step.definition.name);
  const shown = [...named, ...(length > 8 ? ['…'] : []), name].join(' → ');
  report.error(nameSpan, `'${name}' is defined by itself: ${shown}`, {
    suggestion: 'definitions cannot be recursive; a count over earlier positions may do',
  });
}

/** Every name that an expression refers to. */
export function referencedNames(expression: Expression, names = new Set<string>()): Set<string> {
  if (expression.kind === 'name') names.add(expression.name);
  for (const child of children(expression)) referencedNames(child, names);
  return names;
}

/** The parts of an expression, in the order in which they are written. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'count':
    case 'quantifier':
    case 'prev':
    case 'first':
    case 'not':
    case 'negate':
      return [expression.of];
    case 'every':
      return [expression.body];
    case 'extremum':
    case 'implies':
    case 'compare':
      return [expression.left, expression.right];
    case 'junction':
      return expression.operands;
    case 'sum':
      return expression.terms.map((term) => term.of);
    case 'product':
      return expression.factors;
    case 'conditional':
      return [expression.test, expression.yes, expression.no];
    case 'integer':
    case 'truth':
    case 'symbol':
    case 'mod':
    case 'relation':
    case 'name':
    case 'hole':
      return [];
  }
}
