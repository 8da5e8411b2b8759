// Hands a file to the browser; nothing is written on the way.
watch('value', () => {
  const value = filled(props.value);
  if (!value) return;
  const address = URL.createObjectURL(new Blob([value.text], { type: 'text/markdown;charset=utf-8' }));
  const link = make('a', { href: address, download: value.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
});
