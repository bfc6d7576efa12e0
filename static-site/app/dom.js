
export const byId = (id) => document.getElementById(id);

/** `make('p', {class: 'hint', onclick}, 'text', child)`; no child for null. */
export function make(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

/** Changes a text only where it differs, so that live regions speak once. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export const show = (node, visible) => (node.hidden = !visible);

/** An `aria-` state: true, or absent. */
export function mark(node, state, on) {
  if (on) node.setAttribute(`aria-${state}`, 'true');
  else node.removeAttribute(`aria-${state}`);
}
