import { asAppError, type AppError } from "./backend";
import { text } from "./text";

/** Something that Rust holds and a screen shows: the last answer, or the error of the last try. */
export class Resource<T> {
  value = $state.raw<T>();
  error = $state.raw<AppError>();
  #tries = 0;

  constructor(private readonly load: () => Promise<T>) {}

  /** Asks again. An answer that was overtaken by a later question is dropped. */
  refresh = async (): Promise<void> => {
    const mine = ++this.#tries;
    try {
      const value = await this.load();
      if (mine === this.#tries) {
        this.value = value;
        this.error = undefined;
      }
    } catch (thrown) {
      if (mine === this.#tries) {
        this.error = asAppError(thrown, text.shared.backendGone);
      }
    }
  };

  /** Forgets the answer. */
  clear(): void {
    this.#tries++;
    this.value = undefined;
    this.error = undefined;
  }
}

/** Something that a button does: whether it is under way, and how it went wrong. */
export class Action {
  busy = $state(false);
  error = $state.raw<AppError>();

  /** Does `work` unless the last one is still under way; true where it went well. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) {
      return false;
    }
    this.busy = true;
    this.error = undefined;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.error = asAppError(thrown, text.shared.failed);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
