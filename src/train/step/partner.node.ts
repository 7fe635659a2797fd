/** The other side of `pair.node.ts`: a thread that does one half of each step. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../common/errors.ts';
import { Half } from './half.ts';
import { flushesDenormals } from './pair.node.ts';
import type { FromPartner, PartnerData, ToPartner } from './pair.node.ts';
import { settingOf } from '../spec/setting.ts';

const port = parentPort!;
const { spec, memory } = workerData as PartnerData;
const half = new Half(settingOf(spec), 1, memory);

port.on('message', (message: ToPartner) => {
  if (message.type === 'end') void half.release().finally(() => port.close());
  else void answerTo(message).then(tell);
});
tell({ type: 'ready', flushesDenormals: flushesDenormals() });

async function answerTo(message: Exclude<ToPartner, { type: 'end' }>): Promise<FromPartner> {
  try {
    switch (message.type) {
      case 'gradients':
        return { type: 'gradients', result: await half.computeGradients(message.step) };
      case 'update':
        await half.update(message.step, message.rate);
        return { type: 'update' };
      case 'evaluate':
        return { type: 'evaluate', accuracy: await half.evaluate() };
    }
  } catch (error) {
    return { type: 'failed', message: messageOf(error) };
  }
}

function tell(answer: FromPartner): void {
  port.postMessage(answer);
}
