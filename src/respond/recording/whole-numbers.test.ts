import { describe, expect, it } from 'vitest';
import { wholeNumbers } from './whole-numbers.ts';

describe('a source of whole numbers that was written as floats', () => {
  it.each<[string, string | readonly string[], readonly string[], string | readonly string[]]>([
    ['a tensor', 'tensor([51., 3., 7.])', [], '[51, 3, 7]'],
    ['a tensor with its type', "tensor([51., 3.], dtype=torch.float64, device='cuda:0')", ['3'], '[51, 3]'],
    ['a batch of one', 'tensor([[51., 3.]])', ['3'], '[51, 3]'],
    ['an array', 'array([51., -3.])', [], '[51, -3]'],
    ['numpy’s text', '[51.  3.  7.]', ['3', '7'], '[51, 3, 7]'],
    ['a list in a text, and an answer without a point', '[51.0, 3.0]', ['3'], '[51, 3]'],
    ['numbers in JSON, and an answer without a point', ['51.0', '3.0'], ['3'], ['51', '3']],
    ['with a fraction in the answer', 'tensor([51., 3.])', ['3.0'], '[51.0, 3.0]'],
    ['an answer that is a tensor, too', 'tensor([51., 3.])', ['tensor([51., 3.])'], '[51, 3]'],
  ])('%s', (_, source, beside, meant) => {
    expect(wholeNumbers(source, beside)).toEqual(meant);
  });

  it.each<[string, string | readonly string[], readonly string[]]>([
    ['the record has its points', 'tensor([51., 3.])', ['3.']],
    ['an answer of several has its points', 'tensor([51., 3.])', ['51. 3.']],
    ['numbers in JSON, and nothing says how they are meant', ['51.0', '3.0'], []],
    ['not all are whole', 'tensor([51.0000, 3.5000])', ['3.5000']],
    ['they are texts', "['51.' '3.']", ['3']],
    ['they are no numbers', 'array([1, 2])', ['1']],
    ['a sentence', 'It has 3. Then 4.', ['4']],
  ])('is no other than it is written: %s', (_, source, beside) => {
    expect(wholeNumbers(source, beside)).toBe(source);
  });
});
