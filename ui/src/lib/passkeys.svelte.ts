import {
  asAppError,
  type AppError,
  type Passkey,
  type PasskeyPage,
  type PasskeyQuery,
  type Show,
} from "./backend";
import { text } from "./text";

/** How many passkeys are asked for at once. */
export const PAGE = 100;

/** The passkeys that the vault holds: by pages, as they come into view, however many there are. */
export class Passkeys {
  /** What is looked for. */
  words = $state("");
  show = $state<Show>("all");
  /** How much there is; nothing before the first answer. */
  counts = $state.raw<Omit<PasskeyPage, "passkeys">>();
  error = $state.raw<AppError>();
  /** Grows with every change, so that what is shown of one passkey is asked for anew. */
  version = $state(0);
  #pages = $state.raw(new Map<number, Passkey[]>());
  #asked = new Set<number>();
  #question = 0;
  #seen: [number, number] = [0, 0];

  constructor(private readonly load: (query: PasskeyQuery) => Promise<PasskeyPage>) {}

  /** The one at this place of the list, once it is here. */
  at(index: number): Passkey | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Those from `first` to `last` come into view. */
  async need(first: number, last: number): Promise<void> {
    this.#seen = [first, last];
    const missing = [];
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) {
      if (!this.#asked.has(page)) {
        missing.push(this.#ask(page, this.#question));
      }
    }
    await Promise.all(missing);
  }

  /** Looks for something else. */
  ask(words: string, show: Show): Promise<void> {
    this.words = words;
    this.show = show;
    this.#seen = [0, 0];
    return this.refresh();
  }

  /** Asks again for what is in view; it stays until the answer is here. */
  refresh = async (): Promise<void> => {
    const question = ++this.#question;
    this.#asked.clear();
    const [first, last] = this.#seen;
    const pages = [];
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) {
      pages.push(page);
    }
    await Promise.all(pages.map((page, index) => this.#ask(page, question, index === 0)));
  };

  /** Forgets everything: the vault was locked. */
  clear(): void {
    this.#question++;
    this.#asked.clear();
    this.#pages = new Map();
    this.counts = this.error = undefined;
  }

  async #ask(page: number, question: number, afresh = false): Promise<void> {
    this.#asked.add(page);
    const { words, show } = this;
    try {
      const { passkeys, ...counts } = await this.load({ words, show, offset: page * PAGE, limit: PAGE });
      // An answer that was overtaken by a later question is dropped.
      if (question === this.#question) {
        this.#pages = new Map(afresh ? [] : this.#pages).set(page, passkeys);
        this.counts = counts;
        this.error = undefined;
        this.version++;
      }
    } catch (thrown) {
      if (question === this.#question) {
        this.#asked.delete(page);
        this.error = asAppError(thrown, text.shared.backendGone);
      }
    }
  }
}
