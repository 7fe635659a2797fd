/** What somebody has to know who has never looked into a transformer. */
import { terms } from '../terms.ts';
import type { Html } from '../html.ts';

export function explainedTerms(): Html {
  return terms(
    [],
    [
      [
        'head',
        'A transformer has layers, and each layer has attention heads. At every token a head decides which earlier tokens to look at, and copies something from there. L3H5 is head 5 of layer 3, both counted from 0.',
      ],
      ['attention', 'How a head’s look is shared out among the earlier tokens: shares that add up to 1.'],
      [
        'score',
        'How much attention a head gives to a certain place, such as the symbol after the one that the answer goes on from. It says where the head looks, and not that anything depends on it.',
      ],
      [
        'null, marked',
        'Every score has a null: what the head gives to symbols that are no match. A head is marked when its score stands out from the largest null of all heads, and is 0.1 or more.',
      ],
      [
        'induction',
        'The usual way to find a right neighbour: one head notes at every token what stood before it, and a later head looks for the token that has the query in its note. That token is the answer.',
      ],
      [
        'anti-induction',
        'A way to find a left neighbour: a head finds the query itself, and reads in its note what stood before it.',
      ],
      [
        'ablation',
        'A head’s output is replaced by what it does in another sample, so that it knows nothing of this one. What gets worse depended on the head.',
      ],
      [
        'cross-entropy',
        'How surprised the model is by the right answer, in nats a token: 0 is certain and right, 0.69 a coin toss, larger is worse. It shows damage where accuracy is 0 % or 100 % and can’t.',
      ],
      [
        'right − left',
        'How much the model prefers the right neighbour of the symbol that the answer goes on from to the left one, in logits. Negative: it prefers the left one.',
      ],
      [
        'edge',
        'The attention of one token to one other. Cutting it leaves the head, and takes away what it knows there.',
      ],
      [
        'control',
        'The same done to other heads of the same layers, or to other edges. Damage counts only where the control does less.',
      ],
      ['faithfulness', 'What share of the model’s preference is left when only some heads remain.'],
    ],
  );
}
