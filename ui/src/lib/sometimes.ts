/** Calls `work` at the first of its calls, and then at most once in so many milliseconds. */
export function sometimes(work: () => void, every: number): () => void {
  let last = -Infinity;
  return () => {
    const now = performance.now();
    if (now - last >= every) {
      last = now;
      work();
    }
  };
}
