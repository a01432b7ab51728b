// The token endpoint: every request and its answer become events, a fault may come between, and
// oidc-provider does the work.
import { fingerprint } from './events.mjs';
import { answersInstead, changesTheAnswer } from './faults.mjs';
import { JWT_BEARER, SERVICE_ACCOUNT } from './service_account.mjs';
import { refreshTokenIsRotated, refreshTokenIsShown } from './store.mjs';

export class TokenEndpoint {
  // Whether a refresh token is forgiven its second use: see store.mjs.
  forgiving = false;

  constructor(provider, events, faults) {
    this.events = events;
    this.faults = faults;
    provider.use((context, next) => this.#watch(context, next));
  }

  // `work` is oidc-provider's own handler.
  async answer(request, response, work) {
    const parameters = Object.fromEntries(new URLSearchParams(await textOf(request)));
    const number = this.events.number();
    this.events.write('request', { number, url: request.url, ...describe(parameters) });
    if (parameters.grant_type === JWT_BEARER) parameters.client_id ??= SERVICE_ACCOUNT;
    const fault = this.faults.take();
    // What oidc-provider finds of it later, in the same request.
    request.body = parameters;
    request.fault = fault;
    request.outcome = {};
    const { socket } = request;
    response.on('close', () => this.events.write('answer', {
      number, grant: parameters.grant_type, status: response.statusCode, fault: fault?.kind,
      whole: response.writableFinished, octets: socket.bytesWritten, ...request.outcome,
    }));
    if (await answersInstead(fault, response)) return;
    if (parameters.refresh_token) refreshTokenIsShown(parameters.refresh_token, this.forgiving);
    await work(request, response);
  }

  async #watch(context, next) {
    await next();
    const { outcome, fault } = context.req;
    if (!outcome) return;
    const {
      error, error_description: description, refresh_token: issued, access_token: accessToken,
    } = context.body ?? {};
    Object.assign(outcome, { error, description, issued: fingerprint(issued) });
    const rotated = context.oidc?.entities.RotatedRefreshToken;
    if (rotated && issued) refreshTokenIsRotated(rotated.jti, issued, accessToken);
    changesTheAnswer(fault, context);
  }
}

function describe(parameters) {
  const described = {
    grant: parameters.grant_type, client: parameters.client_id, scope: parameters.scope,
    parameters: Object.keys(parameters).sort(),
    refresh_token: fingerprint(parameters.refresh_token),
  };
  const assertion = parameters.client_assertion ?? parameters.assertion;
  if (assertion) {
    [described.assertion_header, described.assertion] = assertion.split('.', 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url')));
    described.client ??= described.assertion.sub;
  }
  return described;
}

async function textOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
