// The corpus panel: what is in the folder, whether the index is up to date, what was done last.
const panel = make('section', { class: 'bl-corpus' });
element.append(panel);

const noticeNode = (notice, say) => make('div', {
  class: notice.problem ? 'bl-failure' : 'bl-notice', role: notice.problem ? 'alert' : 'status' },
  make('span', { class: 'bl-pre' }, notice.text),
  notice.hint ? make('div', { class: 'bl-note' }, notice.hint) : null,
  notice.done === null ? null : make('progress', { max: 1, value: notice.done, label: say.sync }),
  ...(notice.existing.length ? [
    button(say.replace, () => trigger('replace', { yes: true }), { class: 'bl-option', key: 'r1' }),
    button(say.keep, () => trigger('replace', { yes: false }), { class: 'bl-option', key: 'r0' }),
  ] : []));

const draw = () => {
  const value = filled(props.value);
  if (!value) return;
  const say = value.say;
  const key = focusKey();
  panel.setAttribute('aria-label', say.corpus);
  panel.replaceChildren(
    make('div', { class: value.stale ? 'bl-state bl-stale' : 'bl-state', role: 'status' },
      make('span', {}, value.loading || value.state),
      button(say.sync, () => trigger('sync', {}), { class: 'bl-option', key: 'sync' })),
    value.notice ? noticeNode(value.notice, say) : '',
    make('ul', { class: 'bl-articles' }, ...value.articles.map((article) => make('li', {},
      make('span', { class: 'bl-name' }, article.name), make('span', { class: 'bl-note' }, article.lines))),
    value.more ? make('li', {}, value.more) : null),
    make('dl', { class: 'bl-facts' }, ...value.facts.flatMap(([name, fact]) => [
      make('dt', {}, name), make('dd', {}, fact)])));
  refocus(panel, key);
};
watch('value', draw);
draw();
