// What can be made to go wrong with the token endpoint. One fault at a time, `times` times or until
// it is cleared. Each is a table with a `kind`:
//   reply    answers `status`, `headers` and `body` instead; nothing is issued
//   silence  reads the request and never answers
//   endless  answers 200 and a body without end, as fast as it is read
//   drip     answers 200 and a body without end, a byte every `seconds`
//   delay    waits `seconds`, and then does its work
//   alter    does its work, and changes the answer: `set` (a table of members), `remove` (names)
//   lose     does its work, and breaks the connection instead of answering
import { setTimeout as pause } from 'node:timers/promises';

// Nobody reads so much; a client that does has shown what the test asks.
const MOST_ENDLESS = 256 * 1024 * 1024;

export class Faults {
  #fault;

  set(fault) {
    this.#fault = fault;
  }

  clear() {
    this.#fault = undefined;
  }

  // The fault for the next request, or undefined.
  take() {
    const fault = this.#fault;
    if (fault?.times !== undefined && --fault.times <= 0) this.clear();
    return fault;
  }
}

// Answers in the provider's place; false where the provider is to do its work.
export async function answersInstead(fault, response) {
  switch (fault?.kind) {
    case 'reply':
      response.writeHead(fault.status, fault.headers ?? { 'content-type': 'application/json' });
      response.end(fault.body ?? '');
      return true;
    case 'silence':
      return true;
    case 'endless':
      await endless(response);
      return true;
    case 'drip':
      await drip(response, fault.seconds);
      return true;
    case 'delay':
      await pause(fault.seconds * 1000);
      return false;
    default:
      return false;
  }
}

// Changes what the provider wants to answer; `context` is Koa's.
export function changesTheAnswer(fault, context) {
  if (fault?.kind === 'alter' && context.status === 200) {
    const body = { ...context.body, ...fault.set };
    for (const name of fault.remove ?? []) delete body[name];
    context.body = body;
  } else if (fault?.kind === 'lose') {
    context.respond = false;
    context.res.destroy();
  }
}

async function endless(response) {
  response.writeHead(200, { 'content-type': 'application/json' });
  const block = Buffer.alloc(64 * 1024, ' ');
  for (let sent = 0; sent < MOST_ENDLESS && !response.destroyed; sent += block.length) {
    if (!response.write(block)) await drained(response);
  }
  response.destroy();
}

async function drip(response, seconds) {
  response.writeHead(200, { 'content-type': 'application/json' });
  while (!response.destroyed) {
    response.write(' ');
    await pause(seconds * 1000);
  }
}

function drained(response) {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
