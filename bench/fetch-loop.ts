/** The least that keeps every reply: `fetch` and one insert each, 32 at once. What is left of a harness without a harness. */
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const [url, folder, count] = process.argv.slice(2);
const prompts = JSON.parse(readFileSync(path.join(folder, 'prompts.json'), 'utf8')) as { prompt: string }[];
const database = new DatabaseSync(path.join(folder, `loop-${process.pid}.sqlite`));
// As durable as ours: what is inserted survives the process.
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
database.exec('CREATE TABLE replies (n INTEGER PRIMARY KEY, body TEXT)');
const insert = database.prepare('INSERT INTO replies VALUES (?, ?)');

let next = 0;
const worker = async (): Promise<void> => {
  for (let n = next++; n < Number(count); n = next++) {
    const { prompt } = prompts[n % prompts.length];
    const body = JSON.stringify({ model: 'test', prompt, max_tokens: 10 });
    const reply = await fetch(`${url}/completions`, { method: 'POST', body });
    insert.run(n, await reply.text());
  }
};
await Promise.all(Array.from({ length: 32 }, worker));
database.close();
