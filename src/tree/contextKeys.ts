import * as vscode from 'vscode';
import type { Backend } from '../backend/backend.ts';
import type { Deck } from '../deck/deck.ts';

/** What the manifest's `when` clauses ask about. */
interface ContextKeys {
  /** `reading` until the lists are there. */
  'sparkdeck.deck': 'idle' | 'reading' | 'ready' | 'down';
  'sparkdeck.runtime': 'unknown' | 'found' | 'noJava' | 'noSpark';
  'sparkdeck.anyCluster': boolean;
  'sparkdeck.runningCluster': boolean;
  'sparkdeck.anyJob': boolean;
  'sparkdeck.runningJob': boolean;
}

/** Keeps the context keys in step; each is set only when it changes. */
export class ContextKeeper {
  readonly #known = new Map<string, unknown>();
  readonly #backend: Backend;
  readonly #deck: Deck;

  constructor(backend: Backend, deck: Deck) {
    this.#backend = backend;
    this.#deck = deck;
    const update = (): void => this.#update();
    backend.events.on('state', update);
    deck.events.on('clusters', update);
    deck.events.on('batches', update);
    this.set('sparkdeck.runtime', 'unknown');
    update();
  }

  set<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
    if (this.#known.get(key) === value) return;
    this.#known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }

  #update(): void {
    const { clusters, batches } = this.#deck;
    this.set('sparkdeck.deck', this.#deckState());
    this.set('sparkdeck.anyCluster', clusters.length > 0);
    this.set(
      'sparkdeck.runningCluster',
      clusters.some(({ state }) => state === 'running'),
    );
    this.set('sparkdeck.anyJob', batches.length > 0);
    this.set(
      'sparkdeck.runningJob',
      batches.some(({ state }) => state === 'running' || state === 'starting' || state === 'not_started'),
    );
  }

  #deckState(): ContextKeys['sparkdeck.deck'] {
    const { state } = this.#backend;
    if (state === 'idle' || state === 'down') return state;
    return this.#deck.ready ? 'ready' : 'reading';
  }
}
