/**
 * Does work that reports on its way, and ends, well or badly, only when whoever hears the reports has seen all of them. Reports to a page
 * go through a channel of their own: without waiting, the end of the work overtakes the last of them.
 * @param report what it gives resolves once the report was seen; reports are seen in the order in which they are made
 */
export async function reportsFirst<R, T>(
  report: (report: R) => unknown,
  work: (report: (report: R) => void) => Promise<T>,
): Promise<T> {
  let last: unknown;
  try {
    return await work((one) => {
      last = report(one);
    });
  } finally {
    await last;
  }
}
