// What happened, as JSON lines in a file: the tests' evidence. A secret stands in it only as the
// beginning of its hash, which is enough to recognise it.
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';

export class Events {
  #file;

  #next = 1;

  constructor(file) {
    this.#file = file;
  }

  // Returns a number for what belongs together.
  number() {
    return this.#next++;
  }

  write(what, details) {
    appendFileSync(this.#file, `${JSON.stringify({ what, at: Date.now() / 1000, ...details })}\n`);
  }
}

export function fingerprint(secret) {
  return secret && createHash('sha256').update(secret).digest('hex').slice(0, 16);
}
