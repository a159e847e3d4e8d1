import { button, el } from './elements.js';

/**
 * Asks for a yes or no before something that can't be taken back. Each question has a dialog of its own: an answer that
 * the browser tells late is never taken for the next one's.
 * @param {string} text
 * @param {{ yes: string, no: string }} answers Escape says no.
 * @returns {Promise<boolean>}
 */
export function isSure(text, { yes, no }) {
  return new Promise(resolve => {
    const answer = (/** @type {boolean} */ isYes) => () => {
      resolve(isYes);
      dialog.close();
      dialog.remove();
    };
    const dialog = el(
      'dialog',
      { 'aria-label': text },
      el('p', {}, text),
      el(
        'div',
        { class: 'buttons' },
        button(no, answer(false)),
        button(yes, answer(true), { class: 'danger' }),
      ),
    );
    dialog.addEventListener('cancel', answer(false));
    dialog.addEventListener('close', answer(false));
    document.body.append(dialog);
    dialog.showModal();
  });
}
