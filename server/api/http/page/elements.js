/**
 * Makes an element. Its children are elements and texts; a text is never read as markup.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * @param {string} text
 * @param {() => unknown} onClick
 * @param {Readonly<Record<string, string>>} [attributes]
 */
export function button(text, onClick, attributes = {}) {
  const element = el('button', { type: 'button', ...attributes }, text);
  element.addEventListener('click', () => void onClick());
  return element;
}

/**
 * An element of page.html.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`The page has no ${type.name} "${id}".`);
}

/**
 * Sets a text only where it is another: what is unchanged stays selected, and isn't read out again.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Shows a text, or hides the place of it when there is none.
 * @param {HTMLElement} element
 * @param {string | undefined} text
 */
export function show(element, text) {
  element.hidden = text === undefined;
  setText(element, text ?? '');
}

/**
 * A link to a page elsewhere, or its text alone where it is no web address.
 * @param {string} url
 * @param {string} text
 * @returns {Node}
 */
export function linkTo(url, text) {
  if (!/^https?:\/\//.test(url)) return document.createTextNode(url);
  return el('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, text);
}
