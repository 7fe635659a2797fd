/** Core nodes as people read them. */
import { symbolLiteral } from '../text/symbol-literal.ts';
import type { CoreNode, CoreProgram, NodeId, Term } from './core.ts';

/** Longer renderings are cut: a sum may have thousands of terms. */
const LONGEST = 120;

/** For each node its operation, written with the names of the definitions it refers to. */
export function renderNodes(program: CoreProgram): string[] {
  const names = new Map<NodeId, string>();
  for (const { name, node } of program.names) if (!names.has(node)) names.set(node, name);
  const texts: string[] = [];
  const renderer = new Renderer(program, names, texts);
  for (const node of program.nodes) texts.push(shorten(renderer.render(node)));
  return texts;
}

class Renderer {
  private readonly program: CoreProgram;
  private readonly names: ReadonlyMap<NodeId, string>;
  private readonly texts: readonly string[];

  constructor(program: CoreProgram, names: ReadonlyMap<NodeId, string>, texts: readonly string[]) {
    this.program = program;
    this.names = names;
    this.texts = texts;
  }

  render(node: CoreNode): string {
    switch (node.kind) {
      case 'Q':
        return symbolLiteral(this.program.alphabet[node.symbol]);
      case 'const':
        return String(node.value);
      case 'not':
        return this.negation(node.of);
      case 'and':
        return this.list(node.of, ' and ');
      case 'mod':
        return `mod(${node.modulus}, ${node.residue})`;
      case 'ge0':
        return this.comparison(node.of, '>=');
      case 'count': {
        const { guard } = node;
        const window =
          guard === null
            ? ''
            : guard.near === guard.far
              ? `[j=i-${guard.near}]`
              : `[i-${guard.far}<=j<=i${guard.near === 0 ? '' : `-${guard.near}`}]`;
        return `#${window} ${this.operand(node.of)}`;
      }
      case 'lin':
        return this.sum(node.terms, node.constant);
      case 'cond':
        return `${this.operand(node.test)} ? ${this.operand(node.yes)} : ${this.operand(node.no)}`;
    }
  }

  /** Not of an and of nots is an or; not ≥ is <. */
  private negation(of: NodeId): string {
    const inner = this.program.nodes[of];
    if (this.names.has(of)) return `not ${this.operand(of)}`;
    if (inner.kind === 'ge0') return this.comparison(inner.of, '<');
    if (inner.kind !== 'and') return `not ${this.operand(of)}`;
    const parts = inner.of.slice(0, 40).map((id) => {
      const part = this.program.nodes[id];
      return part.kind === 'not' ? this.operand(part.of) : `not ${this.operand(id)}`;
    });
    return parts.join(' or ') + (inner.of.length > parts.length ? ' or …' : '');
  }

  /** A linear form compared with 0, with what is subtracted moved to the other side. */
  private comparison(of: NodeId, operator: '>=' | '<'): string {
    const node = this.program.nodes[of];
    if (node.kind !== 'lin' || this.names.has(of)) return `${this.operand(of)} ${operator} 0`;
    const left = node.terms.filter(({ factor }) => factor > 0);
    const right = node.terms
      .filter(({ factor }) => factor < 0)
      .map((term) => ({ ...term, factor: -term.factor }));
    const leftText = this.sum(left, Math.max(0, node.constant));
    return `${leftText} ${operator} ${this.sum(right, Math.max(0, -node.constant))}`;
  }

  private sum(terms: readonly Term[], constant: number): string {
    let text = '';
    const added = terms.filter(({ factor }) => factor > 0);
    const subtracted = terms.filter(({ factor }) => factor < 0);
    for (const { node, factor } of [...added, ...subtracted].slice(0, 40)) {
      const size = Math.abs(factor) === 1 ? '' : `${Math.abs(factor)}*`;
      const sign = text === '' ? (factor < 0 ? '-' : '') : factor < 0 ? ' - ' : ' + ';
      text += `${sign}${size}${this.operand(node)}`;
    }
    if (terms.length > 40) text += ' + …';
    if (text === '') return String(constant);
    if (constant === 0) return text;
    return `${text} ${constant < 0 ? '-' : '+'} ${Math.abs(constant)}`;
  }

  private list(ids: readonly NodeId[], joint: string): string {
    const parts = ids.slice(0, 40).map((id) => this.operand(id));
    return parts.join(joint) + (ids.length > parts.length ? `${joint}…` : '');
  }

  private operand(id: NodeId): string {
    const name = this.names.get(id);
    if (name !== undefined) return name;
    const node = this.program.nodes[id];
    const text = this.texts[id];
    const simple = node.kind === 'Q' || node.kind === 'const' || node.kind === 'mod' || node.kind === 'count';
    return simple ? text : `(${text})`;
  }
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
