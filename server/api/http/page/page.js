import { Client } from './client.js';
import { Deck } from './deck.js';
import { byId, setText } from './elements.js';
import { askForToken } from './signIn.js';

const deckElement = byId('deck', HTMLElement);
const signOut = byId('sign-out', HTMLButtonElement);

/** Shows the deck until the server asks who this is; then asks for a token, and begins again. */
async function run() {
  /** @type {string | undefined} */
  let why;
  for (;;) {
    /** @type {(why: string | undefined) => void} */
    let leave = () => undefined;
    /** @type {Promise<string | undefined>} */
    const left = new Promise(resolve => (leave = resolve));
    const client = new Client(refusal => leave(client.token === undefined ? undefined : refusal.message));
    const deck = new Deck(client);
    signOut.hidden = client.token === undefined;
    signOut.addEventListener('click', () => leave(undefined), { once: true });
    deck.open();
    why = await left;
    deck.close();
    deckElement.hidden = true;
    signOut.hidden = true;
    setText(byId('connection', HTMLElement), '');
    client.token = undefined;
    client.token = await askForToken(why);
  }
}

void run();
