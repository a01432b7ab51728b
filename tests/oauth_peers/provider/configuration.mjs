// How oidc-provider is set up.
//
// Scopes look like Microsoft's: an address of the mail service and a permission of it. The address
// is the "resource" of RFC 8707, and says of what kind the access token is: opaque, for who asks
// the provider about it, or a JWT, for who checks its signature.
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { clients, mailboxOf } from './clients.mjs';
import { Store } from './store.mjs';

const PERMISSIONS = ['SMTP.Send', '.default'];
const ALGORITHM = 'RS256';

export class Resources {
  constructor(settings) {
    this.formats = { [settings.opaque_resource]: 'opaque', [settings.jwt_resource]: 'jwt' };
  }

  // The one that a scope is of, or undefined.
  named(scope) {
    return Object.keys(this.formats).find((resource) => scope?.includes(resource));
  }

  describe(resource) {
    return {
      scope: PERMISSIONS.map((permission) => `${resource}/${permission}`).join(' '),
      audience: resource, accessTokenFormat: this.formats[resource],
      jwt: { sign: { alg: ALGORITHM } },
    };
  }
}

export function configuration(settings, resources, lifetime) {
  return {
    adapter: Store,
    clients: clients(settings),
    cookies: { keys: [settings.client_secret] },
    jwks: { keys: [signingKey(settings.local_keys)] },
    scopes: ['openid', 'offline_access'],
    enabledJWA: { clientAuthSigningAlgValues: ['RS256', 'PS256'] },
    findAccount: (context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    // Who asked for it, as Microsoft has it; OpenID wants "prompt=consent" as well.
    issueRefreshToken: (context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    extraTokenClaims: (context, token) => ({ mailbox: mailboxOf(token.clientId, settings) }),
    ttl: {
      AccessToken: () => lifetime.seconds, ClientCredentials: () => lifetime.seconds,
      DeviceCode: 600, Grant: 86400, Interaction: 600, RefreshToken: 86400, Session: 86400,
      IdToken: 600,
    },
    // Dovecot 2.3 takes no other type for a token.
    formats: { customizers: { jwt: (context, token, jwt) => { jwt.header = { typ: 'JWT' }; } } },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      introspection: { enabled: true, allowedPolicy: (context, client) =>
        client.clientId === 'mail-server' },
      resourceIndicators: {
        enabled: true,
        defaultResource: (context, client, granted) =>
          granted ?? resources.named(context.oidc.params.scope),
        useGrantedResource: () => true,
        getResourceServerInfo: (context, resource) => resources.describe(resource),
      },
    },
  };
}

// A new key, whose public half is left where Dovecot looks for it.
function signingKey(directory) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = 'signing-key';
  const folder = join(directory, 'default', ALGORITHM);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, kid), publicKey.export({ type: 'spki', format: 'pem' }));
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: ALGORITHM, use: 'sig' };
}
