// Shared by all scripts of the page. Elements are made here and nowhere else; whatever comes
// from an article, a file name or a question becomes a text node, never markup or an attribute.
const make = (tag, settings = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(settings)) {
    if (name === 'on') {
      for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
    } else if (name === 'label') node.setAttribute('aria-label', value);
    else if (name === 'class') node.className = value;
    else if (name === 'key') node.dataset.key = value;
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== null) node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};
const button = (text, run, settings = {}) =>
  make('button', { type: 'button', ...settings, on: { click: run } }, text);
const focusKey = () => document.activeElement && document.activeElement.dataset.key;
const refocus = (root, key) => {
  if (!key) return;
  const again = [...root.querySelectorAll('[data-key]')].find((n) => n.dataset.key === key);
  if (again) again.focus({ preventScroll: true });
};
const filled = (value) => (value && Object.keys(value).length ? value : null);
