// Each item is a module of its own behind a dynamic import: a bundler gives it a chunk of its own, which is fetched
// when the item is loaded and left out where nothing loads any.

const modules: Readonly<Record<string, () => Promise<{ readonly text: string }>>> = {
  'moby-dick-chapters-1-17.txt': () => import('../generated/moby-dick-chapters-1-17.js'),
  'alice-in-wonderland.txt': () => import('../generated/alice-in-wonderland.js'),
  'air-passengers.csv': () => import('../generated/air-passengers.js'),
  'us-births-daily-1969-1988.csv': () => import('../generated/us-births-daily-1969-1988.js'),
  'seattle-weather-daily.csv': () => import('../generated/seattle-weather-daily.js'),
  'sunspots-yearly.csv': () => import('../generated/sunspots-yearly.js'),
  'global-temp-annual.csv': () => import('../generated/global-temp-annual.js'),
};

/** The text of a file that ships with the package. */
export async function embeddedText(file: string): Promise<string> {
  return (await modules[file]()).text;
}
