// The person at the browser: signs in and consents, or declines, without being asked.
export class Person {
  consents = true;

  constructor(provider, account) {
    this.provider = provider;
    this.account = account;
  }

  // Answers the page that the provider would show, so that a browser only follows redirects.
  async answer(request, response) {
    const { prompt, params, session, grantId } =
      await this.provider.interactionDetails(request, response);
    await this.provider.interactionFinished(
      request, response, await this.#result(prompt, params, session, grantId));
  }

  async #result(prompt, params, session, grantId) {
    if (!this.consents) {
      return { error: 'access_denied', error_description: 'The person has declined.' };
    }
    if (prompt.name === 'login') return { login: { accountId: this.account } };
    const grant = (grantId && await this.provider.Grant.find(grantId))
      || new this.provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    const { missingOIDCScope, missingResourceScopes } = prompt.details;
    if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '));
    for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
      grant.addResourceScope(resource, scopes.join(' '));
    }
    return { consent: { grantId: await grant.save() } };
  }
}
