// Name, language and colours. The colours are kept in this browser only.
const bar = make('header', { class: 'bl-head' });
element.append(bar);
const dark = () => document.body.classList.contains('dark');
const paint = (wanted) => document.body.classList.toggle('dark', wanted);
const kept = () => { try { return localStorage.getItem('beleg-theme'); } catch { return null; } };
if (kept()) paint(kept() === 'dark');

const draw = () => {
  const value = filled(props.value);
  if (!value) return;
  const say = value.say;
  const key = focusKey();
  document.documentElement.setAttribute('lang', value.lang);
  const speak = (code, name) => button(name, () => trigger('speak', { language: code }), {
    class: 'bl-quiet', key: `l${code}`, lang: code, 'aria-pressed': String(value.lang === code) });
  bar.replaceChildren(
    make('div', {}, make('h1', {}, 'Beleg'), make('span', { class: 'bl-note' }, say.tagline)),
    make('div', { class: 'bl-switches', role: 'group', label: say.language },
      speak('de', 'Deutsch'), speak('en', 'English'),
      button('◐', () => {
        paint(!dark());
        try { localStorage.setItem('beleg-theme', dark() ? 'dark' : 'light'); } catch { return; }
      }, { class: 'bl-quiet', label: say.theme, title: say.theme, key: 'theme' })));
  refocus(bar, key);
};
watch('value', draw);
draw();
