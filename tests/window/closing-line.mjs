// @ts-check
/** Reporter for node:test whose whole output is the last line of a run. */

/** @param {AsyncIterable<{ type: string, data: { details?: { type?: string }, skip?: unknown } }>} events */
export default async function* closingLine(events) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of events) {
    if (data?.details?.type === "suite" || data?.skip !== undefined) continue;
    if (type === "test:pass") passed += 1;
    if (type === "test:fail") failed += 1;
  }
  yield `window: ${passed} passed, ${failed} failed\n`;
}
