/**
 * A plain English text that no benchmark has: how much worse a model reads it after fine-tuning is what that cost. It was written
 * for this purpose and is in no data set.
 */
export const ENGLISH = {
  /** What the model reads before the first word that counts. */
  beginning: 'The harbour office stood at the end of the long stone pier, and',
  rest: ` from its windows you could see every boat that came in. Marta had worked there for eleven years. In the mornings she wrote down the names of the ships, the hours at which they arrived, and what they carried: timber from the north, oranges in wooden crates, and once a piano for the school on the hill. Her handwriting was small and even, and nobody had ever found a mistake in her books.

In the spring the company sent a young man to help her. He brought a machine that could read the names of the ships by itself, and for the first week the two of them compared what it wrote with what she wrote. Most of the lines were the same. When the fog was thick, the machine guessed, and it guessed with great confidence. "It never says that it does not know," she told him. He thought about this for a while. Then he changed the program so that it left an empty line wherever it was not sure, and from that day on she filled in the empty lines by hand.

By the summer they had an arrangement that pleased them both. The machine kept the long lists, which had always been dull work, and Marta walked along the pier and talked to the captains. She learned that the price of rope had doubled, that the lighthouse keeper was looking for an assistant, and that two of the older boats would not last another winter. None of this had ever stood in the books. In October, when the first storms came, it turned out to be the most useful thing that anyone in the office knew.`,
} as const;
