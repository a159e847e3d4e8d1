import type { DatabaseSync } from 'node:sqlite';
import { Value } from 'typebox/value';
import { Settings } from '../protocol/settings.ts';

/** The settings of a data folder, as written down. */
export class SettingsTable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get(): Settings {
    const row = this.#database.prepare(`SELECT value FROM settings WHERE key = 'settings'`).get();
    return row ? Value.Parse(Settings, JSON.parse(String(row['value']))) : {};
  }

  set(settings: Settings): void {
    this.#database
      .prepare(
        `INSERT INTO settings (key, value) VALUES ('settings', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      )
      .run(JSON.stringify(settings));
  }
}
