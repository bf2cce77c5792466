import { element } from '@throughtime/web-page';

/**
 * Lets someone choose a file, or drop one anywhere on the page.
 * @param onFile called with a series
 * @param onShared called with a .zip, as `Save as a file` gives it
 */
export function followFileChoice(onFile: (file: File) => void, onShared: (file: File) => void): void {
  const input = element('file', HTMLInputElement);
  const name = element('file-name', HTMLSpanElement);
  const take = (file: File | undefined) => {
    if (file === undefined) return;
    if (/\.zip$/i.test(file.name)) {
      onShared(file);
      return;
    }
    name.textContent = file.name;
    onFile(file);
  };
  input.addEventListener('change', () => {
    take(input.files?.[0]);
    // So that the same file, changed meanwhile, can be chosen again.
    input.value = '';
  });
  const dropping = (on: boolean) => document.body.classList.toggle('dropping', on);
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    dropping(true);
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => dropping(relatedTarget !== null));
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    dropping(false);
    take(event.dataTransfer?.files[0]);
  });
}
