/** Every filter, by its name; the compiler sees that none is missing. */
import type { Filter } from '../draft.ts';
import type { FilterName } from '../reading.ts';
import { channels } from './channels.ts';
import { echo } from './echo.ts';
import { emphasis } from './emphasis.ts';
import { fence } from './fence.ts';
import { list } from './list.ts';
import { quotes } from './quotes.ts';
import { separators } from './separators.ts';
import { stop } from './stop.ts';
import { tags } from './tags.ts';
import { thoughts } from './thoughts.ts';
import { unicode } from './unicode.ts';
import { whiteSpace } from './white-space.ts';

export const filters: Readonly<Record<FilterName, Filter>> = {
  echo,
  thoughts,
  channels,
  tags,
  separators,
  stop,
  fence,
  emphasis,
  quotes,
  list,
  'white-space': whiteSpace,
  unicode,
};

/** Wrappings may stand in one another in any order: these filters are applied until none changes anything more. */
export const wrappings: readonly FilterName[] = ['fence', 'emphasis', 'quotes', 'white-space', 'unicode'];

/** What sets apart the prompt and thoughts: the rest is the output that counts. */
export const settingApart: readonly FilterName[] = ['echo', 'thoughts', 'channels'];
