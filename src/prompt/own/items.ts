/** Rules over symbols, asked about items: any texts, which may have blanks in them. */
import type { Askable } from '../askable.ts';

type Oracle = Askable['answer'];

/** What an oracle answers of stand-ins (`#0`, `#1`, …) for the items of a source, written as the items that they stand for. */
export function answerOverItems(oracle: Oracle): Oracle {
  return (source, query) => {
    const items = [...new Set([...source, ...(query === null || query === undefined ? [] : [query])])];
    const standIns = new Map(items.map((item, i) => [item, `#${i}`]));
    // Nothing stands in for what is no item, so that the oracle says what is wrong with it.
    const standIn = (item: string): string => (item === '' ? item : (standIns.get(item) ?? item));
    const written = (text: string): string => text.replace(/^#(\d+)$/, (_, number) => items[Number(number)]);
    const said = oracle(source.map(standIn), query === null || query === undefined ? query : standIn(query));
    if (!('refusal' in said)) return { ...said, answer: said.answer.map(written) };
    return { refusal: said.refusal.replaceAll(/(?<=')#\d+(?=')/g, written) };
  };
}

/** A task whose oracle takes items, where its rule is one over symbols: what others recorded may be about any. */
export function ofItems(task: Askable): Askable {
  const isOfSymbols = task.shape === 'retrieval' || task.shape === 'copying';
  return isOfSymbols ? { ...task, answer: answerOverItems(task.answer.bind(task)) } : task;
}
