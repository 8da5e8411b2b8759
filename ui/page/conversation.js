// The conversation: questions, answers, quotes. Only turns that changed are drawn again.
const drawn = new Map();
const log = make('div', { class: 'bl-log', role: 'log', 'aria-live': 'polite' });
const start = make('div', { class: 'bl-start' });
element.append(start, log);

const copy = async (text, node, say) => {
  let told = say.copied;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    told = say.copy_failed;
  }
  node.textContent = told;
  setTimeout(() => { node.textContent = say.copy; }, 1600);
};
const cite = (turn, position) => trigger('cite', { turn, position });

const quoteCard = (turn, quote, say) => {
  const open = () => cite(turn.number, quote.position);
  const mark = quote.number ? make('span', { class: 'bl-number' }, String(quote.number)) : null;
  const copying = button(say.copy, () => copy(quote.copy, copying, say), { class: 'bl-quiet' });
  return make(
    'li', { class: `bl-quote bl-${quote.kind}` },
    make('blockquote', {}, mark, make('span', { class: 'bl-text' }, quote.text)),
    make('div', { class: 'bl-where' },
      button(quote.place, open, {
        class: 'bl-place', title: say.show, key: `q${turn.number}.${quote.position}`,
      }),
      copying),
    quote.about ? make('div', { class: 'bl-about' }, quote.about) : null,
  );
};
const quoteList = (turn, kinds, title, say, note) => {
  const quotes = turn.quotes.filter((quote) => kinds.includes(quote.kind));
  if (!quotes.length) return null;
  return make('section', { class: 'bl-quotes' },
    make('h4', {}, title, note ? make('span', { class: 'bl-note' }, note) : null),
    make('ul', {}, ...quotes.map((quote) => quoteCard(turn, quote, say))));
};
const claims = (turn, say) => {
  if (!turn.claims.length) return null;
  const found = (number) => turn.quotes.find((q) => q.number === number && q.kind === 'cited');
  const mark = (number) => button(String(number), () => cite(turn.number, found(number).position), {
    class: 'bl-cite', label: `${say.show} ${number}`, key: `c${turn.number}.${number}`,
  });
  return make('p', { class: 'bl-answer' }, ...turn.claims.flatMap((claim, i) => [
    i ? '; ' : null, make('span', { class: 'bl-claim' }, claim.text),
    ...claim.numbers.filter(found).map(mark),
  ]));
};
const rating = (turn, say) => {
  if (turn.helpful !== null) return make('span', { class: 'bl-note', role: 'status' }, say.rated);
  const box = make('div', { class: 'bl-rating' });
  const say_why = (helpful) => {
    const reason = make('input', { type: 'text', maxlength: 2000, placeholder: say.reason, label: say.reason });
    const send = () => trigger('rate', { turn: turn.number, helpful, reason: reason.value });
    reason.addEventListener('keydown', (event) => { if (event.key === 'Enter') send(); });
    box.replaceChildren(reason, button(say.rate, send, { class: 'bl-quiet' }));
    reason.focus();
  };
  box.append(
    button(say.helpful, () => say_why(true), { class: 'bl-quiet', key: `y${turn.number}` }),
    button(say.unhelpful, () => say_why(false), { class: 'bl-quiet', key: `n${turn.number}` }));
  return box;
};
const outcome = (turn, say) => {
  if (turn.failure) {
    return [make('div', { class: 'bl-failure', role: 'alert' },
      make('strong', {}, `${say.error}: `), turn.failure.message,
      turn.failure.hint ? make('div', { class: 'bl-note' }, turn.failure.hint) : null)];
  }
  if (turn.back) {
    const choose = (option) => () => trigger('choose', { question: option });
    return [make('div', { class: 'bl-back' }, make('p', {}, turn.back.text),
      ...turn.back.options.map((option, i) => button(option, choose(option), {
        class: 'bl-option', key: `b${turn.number}.${i}` })))];
  }
  if (turn.status) {
    return [make('p', { class: 'bl-status', role: 'status' }, turn.status),
      quoteList(turn, ['found'], say.found, say)];
  }
  const notices = turn.notices.map((notice) => make('p', { class: 'bl-notice' }, notice));
  const foot = make('div', { class: 'bl-foot' },
    make('span', { class: 'bl-note' }, turn.seconds), rating(turn, say));
  if (turn.refusal) {
    return [make('div', { class: 'bl-refusal' },
      make('strong', {}, say.no_answer_title), make('p', {}, turn.refusal.reason)),
    quoteList(turn, ['nearest'], turn.refusal.nearest, say), ...notices, foot];
  }
  return [claims(turn, say), quoteList(turn, ['cited', 'also'],
    turn.claims.length ? say.quotes : turn.lead, say, say.verbatim), ...notices, foot];
};
const turnNode = (turn, say) => make('article', { class: 'bl-turn', label: `${say.you}: ${turn.asked}` },
  make('div', { class: 'bl-question' }, turn.asked),
  turn.understood ? make('p', { class: 'bl-understood' }, `${say.understood}: `,
    make('em', {}, turn.understood)) : null,
  make('div', { class: 'bl-outcome' }, ...outcome(turn, say)));

const beginning = (value) => {
  const say = value.say;
  start.replaceChildren(...(value.turns.length ? [] : [
    make('p', { class: 'bl-empty' }, say.empty),
    value.examples.length ? make('h4', {}, say.examples) : '',
    ...value.examples.map((example, i) => button(
      example, () => trigger('choose', { question: example }), { class: 'bl-option', key: `e${i}` }))]));
};
const draw = () => {
  const value = filled(props.value);
  if (!value) return;
  const key = focusKey();
  log.setAttribute('lang', value.lang);
  log.setAttribute('aria-label', value.say.quotes);
  beginning(value);
  let grown = false;
  value.turns.forEach((turn, i) => {
    const now = JSON.stringify([turn, value.lang]);
    if (drawn.get(i) === now) return;
    const node = turnNode(turn, value.say);
    if (log.children[i]) log.children[i].replaceWith(node);
    else { log.append(node); grown = true; }
    drawn.set(i, now);
  });
  while (log.children.length > value.turns.length) {
    drawn.delete(log.children.length - 1);
    log.lastElementChild.remove();
  }
  refocus(element, key);
  if (grown) log.lastElementChild.scrollIntoView({ block: 'start', behavior: 'smooth' });
};
watch('value', draw);
draw();
