/** Times as their reader has them: in the zone of the machine that writes them, with the zone's name. */

/** `2026-03-14 10:26 GMT+1`: a point in time, given as ISO 8601. What is no time is shown as it is. */
export function timeText(iso: string, zone?: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const parts = new Map(formatter(zone).map(({ type, value }) => [type, value]));
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;

  function formatter(timeZone: string | undefined): Intl.DateTimeFormatPart[] {
    return new Intl.DateTimeFormat('en-US', {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
      timeZone,
    }).formatToParts(date);
  }
  function part(type: Intl.DateTimeFormatPartTypes): string {
    return parts.get(type) ?? '';
  }
}
