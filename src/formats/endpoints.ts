import type { AuthStyle, Format } from "../accounts/account.ts";
import { anthropicEndpoint } from "./anthropic/endpoint.ts";
import { codexEndpoint } from "./codex/endpoint.ts";
import type { Endpoint } from "./endpoint.ts";
import { geminiEndpoint } from "./gemini/endpoint.ts";
import { openaiEndpoint } from "./openai/endpoint.ts";

/** The endpoint of each format. Kept apart from the rest of a format so that the activation bundle carries only this. */
export const endpoints: Readonly<Record<Format, Endpoint>> = {
	codex: codexEndpoint,
	openai: openaiEndpoint,
	anthropic: anthropicEndpoint,
	gemini: geminiEndpoint,
};

/**
 * The URL of an operation at a relay.
 * @param baseUrl normalised (see `normaliseBaseUrl`).
 * @param operationPath starts with a slash.
 */
export function upstreamUrl(format: Format, baseUrl: string, operationPath: string): string {
	const { origin, path } = upstreamRoot(format, baseUrl);
	return origin + path + operationPath;
}

/**
 * Where a relay's operations stand.
 * @param baseUrl normalised.
 */
export function upstreamRoot(format: Format, baseUrl: string): { readonly origin: string; readonly path: string } {
	const { origin, pathname } = new URL(baseUrl);
	return { origin, path: endpoints[format].operationRoot(pathname === "/" ? "" : pathname) };
}

/** The URL that a plain chat request to this relay calls, as shown to people; a model in the path reads `{model}`. */
export function chatUrl(format: Format, baseUrl: string): string {
	return upstreamUrl(format, baseUrl, endpoints[format].chatPath);
}

/** How a relay's key travels when nothing else was chosen for it. */
export function effectiveAuth(format: Format, chosen: AuthStyle | null): AuthStyle {
	return chosen ?? endpoints[format].defaultAuth;
}
