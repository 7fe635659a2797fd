/** Generators that hold something open (requests under way), driven by somebody who may fail. */

/**
 * Gives what `take` makes of everything that a generator yields, and returns what it returns. Whatever happens (`take`
 * throws because the disk is full, or nobody wants more), the generator is closed: what it holds is let go.
 */
export async function* eachOf<T, End, Taken>(
  from: AsyncGenerator<T, End>,
  take: (value: T) => Iterable<Taken>,
): AsyncGenerator<Taken, End> {
  let over = false;
  try {
    for (;;) {
      const next = await from.next();
      if (next.done === true) {
        over = true;
        return next.value;
      }
      yield* take(next.value);
    }
  } finally {
    if (!over) await from.return(undefined as never);
  }
}

/** Takes everything that a generator yields; gives what it returns. */
export async function drained<T, End>(
  from: AsyncGenerator<T, End>,
  take: (value: T) => void = () => undefined,
): Promise<End> {
  const taken = eachOf(from, (value): [] => {
    take(value);
    return [];
  });
  for (;;) {
    const next = await taken.next();
    if (next.done === true) return next.value;
  }
}
