// The way in of Google's service accounts (RFC 7523 section 2.1), which oidc-provider has not: a
// signed assertion is all that is sent, and names in `sub` the mailbox whose token is wanted.
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { errors } from 'oidc-provider';

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

// The client that stands for whoever brings an assertion; Google's requests name none.
export const SERVICE_ACCOUNT = 'service-account';

const LONGEST_LIFE = 3600; // seconds, as Google has it

export function allowServiceAccounts(provider, settings, resources) {
  const key = createPublicKey(readFileSync(settings.client_certificate));

  function claimsOf(assertion) {
    const [header, claims, signature] = (assertion ?? '').split('.');
    const part = (text) => JSON.parse(Buffer.from(text, 'base64url'));
    if (!signature || part(header).alg !== 'RS256'
      || !verify('RSA-SHA256', `${header}.${claims}`, key, Buffer.from(signature, 'base64url'))) {
      throw new errors.InvalidGrant('Invalid JWT Signature.');
    }
    return part(claims);
  }

  provider.registerGrantType(JWT_BEARER, async (context, next) => {
    const claims = claimsOf(context.oidc.params.assertion);
    const now = Date.now() / 1000;
    if (claims.iss !== settings.service_account || claims.aud !== `${provider.issuer}/token`
      || !(claims.exp > now) || claims.iat > now + 60 || claims.exp - claims.iat > LONGEST_LIFE) {
      throw new errors.InvalidGrant('Invalid JWT: who, for whom, or when.');
    }
    const resource = resources.named(claims.scope);
    if (claims.sub !== settings.mailbox || !resource) {
      throw new errors.UnauthorizedClient('No such delegation.');
    }
    const token = new provider.ClientCredentials({ client: context.oidc.client });
    token.resourceServer = new provider.ResourceServer(resource, resources.describe(resource));
    token.scope = claims.scope;
    context.body = {
      access_token: await token.save(), expires_in: token.expiration, token_type: token.tokenType,
    };
    await next();
  }, ['assertion']);
}
