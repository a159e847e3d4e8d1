import { byId, show } from './elements.js';

/**
 * Asks for a token.
 * @param {string | undefined} why what was wrong with the one before
 * @returns {Promise<string>}
 */
export function askForToken(why) {
  const form = byId('sign-in', HTMLFormElement);
  const input = byId('token', HTMLInputElement);
  show(byId('sign-in-error', HTMLElement), why);
  input.value = '';
  form.hidden = false;
  input.focus();
  return new Promise(resolve => {
    form.addEventListener(
      'submit',
      event => {
        event.preventDefault();
        form.hidden = true;
        const token = input.value.trim();
        input.value = '';
        resolve(token);
      },
      { once: true },
    );
  });
}
