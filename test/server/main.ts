/** The test server as a process of its own: `node test/server/main.ts [accuracy]`; prints its address. */
import { startServer } from './server.ts';

const accuracy = Number(process.argv[2] ?? 1);
const { url } = await startServer({ accuracy: () => accuracy });
process.stdout.write(`${url}\n`);
