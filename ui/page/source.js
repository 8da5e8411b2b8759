// The article beside the answer: raw lines with numbers, the quote marked and in view.
const panel = make('section', { class: 'bl-source' });
element.append(panel);
let shown = null;

const lineNode = (line) => make('div', { class: 'bl-line', id: `bl-line-${line.number}` },
  make('span', { class: 'bl-gutter' }, String(line.number)),
  make('span', { class: 'bl-raw' }, ...line.parts.map(([text, marked]) => (marked ? make('mark', {}, text) : text))));

const draw = () => {
  const value = filled(props.value);
  if (!value) return;
  const say = value.say;
  panel.setAttribute('aria-label', say.source);
  if (value.turn === undefined) {
    shown = null;
    panel.replaceChildren(make('h3', {}, say.source), make('p', { class: 'bl-empty' }, say.source_empty));
    return;
  }
  const key = focusKey();
  const go = (position, around) => trigger('cite', { turn: value.turn, position, around });
  const step = (text, by, name) => button(text, () => go(value.position + by, null), {
    class: 'bl-quiet', label: name, title: name, key: `s${by}`,
    disabled: value.position + by < 0 || value.position + by >= value.count,
  });
  const at = say.position.replace('{at}', value.position + 1).replace('{of}', value.count);
  const further = (text, around) => button(text, () => go(value.position, around), { class: 'bl-quiet' });
  const lines = make('div', { class: 'bl-lines', tabindex: 0, role: 'region', label: value.article },
    value.first > 1 ? further(say.earlier, value.first) : null,
    ...value.lines.map(lineNode),
    value.last < value.lineCount ? further(say.later, value.last) : null);
  panel.replaceChildren(
    make('div', { class: 'bl-source-head' },
      make('h3', { tabindex: -1 }, value.article),
      make('div', { class: 'bl-steps' }, step('‹', -1, say.previous),
        make('span', { 'aria-live': 'polite' }, at), step('›', 1, say.next),
        button(say.to_answer, () => {
          const back = document.querySelector(`[data-key="q${Number(value.turn)}.${Number(value.position)}"]`);
          if (back) { back.scrollIntoView({ block: 'center' }); back.focus(); }
        }, { class: 'bl-quiet bl-return' }))),
    value.problem ? make('p', { class: 'bl-failure', role: 'alert' }, value.problem) : '',
    lines);
  const mark = lines.querySelector('mark');
  const middle = value.around ? document.getElementById(`bl-line-${Number(value.around)}`) : null;
  const target = middle || mark;
  if (target) lines.scrollTop += target.getBoundingClientRect().top - lines.getBoundingClientRect().top - 60;
  refocus(panel, key);
  const box = panel.getBoundingClientRect();
  if (box.top < 0 || box.top > window.innerHeight - 120) panel.scrollIntoView({ block: 'start' });
};
watch('value', draw);
draw();
