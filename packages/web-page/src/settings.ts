/** The settings of a page by control name, as text: what a form holds and a link carries. */
export type Settings = Readonly<Record<string, string>>;

/** A value that a form did not take, so that the page can say so. */
export interface RefusedSetting {
  readonly name: string;
  readonly value: string;
}

/** Reads a form: one entry per named control; a checkbox is 'on' or ''. */
export function readSettings(form: HTMLFormElement): Settings {
  const settings: Record<string, string> = {};
  for (const control of settingControls(form)) {
    if (isToggle(control)) settings[control.name] = control.checked ? 'on' : '';
    else settings[control.name] = control.value;
  }
  return settings;
}

/**
 * Fills a form from settings that may come from anywhere, a link above all: a value that its control would not take is
 * put back and reported, a name that the form lacks is ignored.
 */
export function writeSettings(form: HTMLFormElement, settings: Settings): RefusedSetting[] {
  const refused: RefusedSetting[] = [];
  for (const control of settingControls(form)) {
    const value = settings[control.name];
    if (value === undefined) continue;
    if (isToggle(control)) {
      control.checked = value === 'on';
      continue;
    }
    const before = control.value;
    control.value = value;
    // A select without such an option shows nothing; a number field checks its bounds; a range clamps by itself.
    if (control.value !== value || !control.checkValidity()) {
      refused.push({ name: control.name, value });
      control.value = before;
    }
  }
  return refused;
}

type SettingControl = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function settingControls(form: HTMLFormElement): SettingControl[] {
  return [...form.elements].filter(
    (element): element is SettingControl =>
      (element instanceof HTMLInputElement ||
        element instanceof HTMLSelectElement ||
        element instanceof HTMLTextAreaElement) &&
      element.name !== '' &&
      element.type !== 'file',
  );
}

function isToggle(control: SettingControl): control is HTMLInputElement {
  return control instanceof HTMLInputElement && control.type === 'checkbox';
}
