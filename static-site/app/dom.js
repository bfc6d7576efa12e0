// The page's elements by id, and a short way to make new ones.

export const byId = (id) => document.getElementById(id);

/** `make('p', {class: 'hint', onclick}, 'text', child)`; null properties and children are left out. */
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Changes a text only where it differs, so that live regions speak once. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Shows or hides; a hidden element keeps its contents. */
export const show = (node, visible) => node.toggleAttribute('hidden', !visible);
