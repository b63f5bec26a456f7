/** What is left of a question's time, counted down here between two answers from Rust. */
export class Countdown {
  /** Milliseconds. */
  left = $state(0);
  #deadline = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Starts over with `remaining` milliseconds; `onover` is called once at the end. */
  start(remaining: number, onover: () => void): void {
    this.stop();
    this.#deadline = performance.now() + remaining;
    this.left = remaining;
    this.#timer = setInterval(() => {
      this.left = Math.max(0, this.#deadline - performance.now());
      if (this.left === 0) {
        this.stop();
        onover();
      }
    }, 250);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** The moments at which a screen reader says what is left, in seconds. */
const SAID = [60, 30, 10];

/** The last such moment that has come: the same until the next, so that it is said once. */
export function saidSeconds(left: number, limit: number): number | undefined {
  return SAID.filter((seconds) => seconds * 1000 < limit && left <= seconds * 1000).at(-1);
}
