/** The other side of `service.node.ts`: a process that is opened once and answers requests until it is left alone. */
import type { FromService, ToService } from './service.node.ts';
import { endWithParent, failedBy } from './worker.node.ts';

/** What opening gives: a word to whoever opened it, and how requests are answered. */
export interface Served<Opened, Request, Reply, Tick> {
  readonly opened: Opened;
  answer(request: Request, onTick: (tick: Tick) => void): Promise<Reply>;
}

/** Answers requests, one after the other, until the other side disconnects; then the process ends. */
export function serve<Opening, Opened, Request, Reply, Tick>(
  open: (opening: Opening) => Promise<Served<Opened, Request, Reply, Tick>>,
): void {
  let served: Served<Opened, Request, Reply, Tick> | undefined;
  const tell = (message: FromService): void => void process.send?.(message);

  async function replyTo(message: ToService): Promise<unknown> {
    if (message.type === 'open') {
      served = await open(message.opening as Opening);
      return served.opened;
    }
    if (served === undefined) throw new Error('asked before it was opened');
    return served.answer(message.request as Request, (tick) => tell({ type: 'tick', tick }));
  }

  process.on('message', (message: ToService) => {
    replyTo(message).then(
      (reply) => tell({ type: 'reply', reply }),
      (error: unknown) => tell(failedBy(error)),
    );
  });
  endWithParent();
}
