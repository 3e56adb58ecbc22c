import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";

/**
 * The certificates that relays and proxies are trusted by: those that come with Node, those of `NODE_EXTRA_CA_CERTS`, and
 * if wanted the system's. In an extension host tls.connect alone would not know the system's.
 */
export function trustedCertificates(system: boolean): readonly string[] {
	const own = getCACertificates("default");
	// On Linux each of the system's is there several times; each copy costs as much as a new one.
	return [...new Set(system ? [...own, ...getCACertificates("system")] : own)];
}

/**
 * One secure context for all connections. To read the system's certificates and to build it blocks its thread, for up to
 * 300 ms where there are many, so it is built once, and best before streams run.
 */
export class Certificates {
	#built: { readonly system: boolean; readonly context: SecureContext } | null = null;

	context(system: boolean): SecureContext {
		if (this.#built?.system !== system) {
			this.#built = { system, context: createSecureContext({ ca: [...trustedCertificates(system)] }) };
		}
		return this.#built.context;
	}
}
