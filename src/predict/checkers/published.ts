/** Which verdicts on tasks stand in a paper, and where: what a certificate may call published. */

const BORN = 'arXiv 2505.21785';

const IN_POS: Readonly<Record<string, string>> = {
  UL: `${BORN}, Lemma 4`,
  UR: `${BORN}, Lemma 4`,
  NLFirst: `${BORN}, Lemma 5`,
  NRFirst: `${BORN}, Lemma 5`,
  UF: `${BORN}, Lemma 7`,
  UB: `${BORN}, Lemma 7`,
};

const OUT_OF_POS: Readonly<Record<string, string>> = {
  NLLast: `${BORN}, Lemma 6`,
  NRLast: `${BORN}, Lemma 6`,
  NF: `${BORN}, Lemma 8`,
  NB: `${BORN}, Lemma 8`,
  'flip-flop': 'arXiv 2410.02140 (Lemmas 35, 36)',
};

/** Where a verdict on a task is published, or null. Out of C-RASP[pos] is out of its plain part, too. */
export function publishedAt(task: string, verdict: 'in' | 'out', fragment: 'plain' | 'pos'): string | null {
  if (verdict === 'out') return OUT_OF_POS[task] ?? null;
  return fragment === 'pos' ? (IN_POS[task] ?? null) : null;
}
