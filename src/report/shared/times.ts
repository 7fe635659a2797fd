/** Times on the page. (It has no script, so it cannot know where it is opened: they are in the zone of the machine that writes it.) */
import { timeText } from '../../common/time-text.ts';
import { html } from './html.ts';
import type { Content } from './html.ts';

/** A point in time for the page, with the time that machines read. */
export function time(iso: string): Content {
  const text = timeText(iso);
  return text === iso ? iso : html`<time datetime="${iso}">${text}</time>`;
}
