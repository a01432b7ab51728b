// Where the provider keeps what it has issued: in memory, for a test run. The interface is
// oidc-provider's "adapter".
//
// A refresh token is rotated each time it is used, and one that comes a second time kills its
// grant: somebody has a copy. That is strict, as RFC 9700 section 4.14.2 describes it. It cannot be
// survived by a client that dies between the provider's answer and its own disk, so that real
// providers forgive the old token until its successor has been seen; `forgiving` does the same, and
// no more than that. The access token that came with the successor counts as well: who shows it has
// had the time to save the successor.

const records = new Map();
const successors = new Map(); // refresh token -> those that were issued for it
const siblings = new Map(); // access token -> the refresh token that came with it
const used = new Set();

export class Store {
  constructor(model) {
    this.model = model;
  }

  #key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    records.set(this.#key(id), payload);
  }

  async find(id) {
    return records.get(this.#key(id));
  }

  async findByUid(uid) {
    return this.#first((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode) {
    return this.#first((payload) => payload.userCode === userCode);
  }

  async consume(id) {
    records.get(this.#key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    records.delete(this.#key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, payload] of records) {
      if (key.startsWith(`${this.model}:`) && payload.grantId === grantId) records.delete(key);
    }
  }

  #first(matches) {
    for (const [key, payload] of records) {
      if (key.startsWith(`${this.model}:`) && matches(payload)) return payload;
    }
    return undefined;
  }
}

// A client shows a refresh token, which is its own id here.
export function refreshTokenIsShown(token, forgiving) {
  const record = records.get(`RefreshToken:${token}`);
  const unseen = ![...successors.get(token) ?? []].some((successor) => used.has(successor));
  if (forgiving && record?.consumed && unseen) record.consumed = undefined;
  used.add(token);
}

export function refreshTokenIsRotated(old, successor, accessToken) {
  successors.set(old, [...successors.get(old) ?? [], successor]);
  siblings.set(accessToken, successor);
}

// A mail server asks about an access token.
export function accessTokenIsShown(token) {
  used.add(siblings.get(token));
}

// As when an administrator ends somebody's sessions: nothing of these kinds was ever issued.
export function forget(...models) {
  for (const key of [...records.keys()]) {
    if (models.includes(key.split(':', 1)[0])) records.delete(key);
  }
}
