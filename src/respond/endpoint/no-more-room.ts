/** Prompts for which there is no more room than they had: asked again, what was cut is cut again. Now or in earlier runs. */
import type { Prompted } from '../respondent.ts';
import { promptCharacters } from './tried-room.ts';

export interface NoMoreRoomOptions {
  /** By task, the characters of the shortest of them as earlier runs found it. */
  readonly noRoom: Readonly<Record<string, number>>;
  /** Told what `noRoom` is from then on. */
  readonly onNoRoom: (noRoom: Readonly<Record<string, number>>) => void;
}

export class NoMoreRoom {
  /** By task: the size of the shortest of them. */
  private readonly sizes: Map<string, number>;
  private readonly tell: NoMoreRoomOptions['onNoRoom'];

  constructor({ noRoom, onNoRoom }: NoMoreRoomOptions) {
    this.sizes = new Map(Object.entries(noRoom));
    this.tell = onNoRoom;
  }

  /** There is no more for this prompt, nor for one that is longer. */
  add(prompted: Prompted): void {
    if (this.isKnownFor(prompted)) return;
    this.sizes.set(prompted.task.name, promptCharacters(prompted));
    this.tell(Object.fromEntries(this.sizes));
  }

  /** A prompt that is at least as long had room: the context is larger than it was, or the refusal was of something else. */
  hadRoom(prompted: Prompted): void {
    if (!this.isKnownFor(prompted)) return;
    this.sizes.delete(prompted.task.name);
    this.tell(Object.fromEntries(this.sizes));
  }

  isKnownFor(prompted: Prompted): boolean {
    return promptCharacters(prompted) >= (this.sizes.get(prompted.task.name) ?? Infinity);
  }
}
