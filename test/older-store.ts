/** Makes the store of a measurement what an older lengthwise would have left. */
import type { DatabaseSync } from 'node:sqlite';

/**
 * Before version 4, a key stood in one row alone.
 * @param lacking columns that came later
 */
export function withOneRowAKey(database: DatabaseSync, lacking: readonly string[] = []): void {
  const columns = database
    .prepare("SELECT name, type FROM pragma_table_info('answers') WHERE name <> 'id'")
    .all()
    .filter(({ name }) => !lacking.includes(String(name)))
    .map(({ name, type }) => ({ name: String(name), type: String(type) }));
  const names = columns.map(({ name }) => name).join(', ');
  const declared = columns.map(
    ({ name, type }) => `${name} ${type}${name === 'key' ? ' NOT NULL UNIQUE' : ''}`,
  );
  database.exec(`
    ALTER TABLE answers RENAME TO newer;
    DROP INDEX answers_by_key;
    CREATE TABLE answers (id INTEGER PRIMARY KEY, ${declared.join(', ')}) STRICT;
    INSERT INTO answers (id, ${names}) SELECT id, ${names} FROM newer;
    DROP TABLE newer;
  `);
}
