import type { Format } from "../../../src/accounts/account.ts";
import { startUpstream, type Upstream } from "../upstream.ts";
import type { DemoFormat, Inquiry, Manner } from "./answer.ts";
import { demoAnthropic } from "./anthropic.ts";
import { demoCodex } from "./codex.ts";
import { demoGemini } from "./gemini.ts";
import { demoOpenai } from "./openai.ts";
import { send } from "./send.ts";

export interface DemoRelayOptions {
	/** 0, the default, picks a free one. */
	readonly port?: number;
	/** The API key that each format accepts; `demoKeys` by default. */
	readonly keys?: Partial<Readonly<Record<Format, string>>>;
	/** Milliseconds between the events of a stream, as a model that thinks while it writes. */
	readonly delayBetweenEvents?: number;
	/** `lenient` by default. */
	readonly manner?: Manner;
}

/** An upstream for all four formats that answers the same to the same request. */
export type DemoRelay = Upstream;

/** A key is no part of a model's name, so that a search for leaked keys finds keys only. */
export const demoKeys: Readonly<Record<Format, string>> = {
	codex: "key-of-demo-codex",
	openai: "key-of-demo-openai",
	anthropic: "key-of-demo-anthropic",
	gemini: "key-of-demo-gemini",
};

const demoFormats: Readonly<Record<Format, DemoFormat>> = {
	codex: demoCodex,
	openai: demoOpenai,
	anthropic: demoAnthropic,
	gemini: demoGemini,
};

export function startDemoRelay(options: DemoRelayOptions = {}): Promise<DemoRelay> {
	const keys = { ...demoKeys, ...options.keys };
	return startUpstream((request, response) => {
		const { pathname, searchParams } = new URL(request.url, "http://demo");
		const inquiry: Inquiry = {
			method: request.method,
			path: pathname,
			query: searchParams,
			headers: request.headers,
			body: request.body,
		};
		const format = formatOf(inquiry, keys);
		return send(
			response,
			demoFormats[format].answer(inquiry, keys[format], options.manner),
			options.delayBetweenEvents ?? 0,
		);
	}, options.port);
}

/** Four APIs share one host here, so that paths, and for the shared ones headers, tell which is meant. */
function formatOf({ path, query, headers }: Inquiry, keys: Readonly<Record<Format, string>>): Format {
	if (path.startsWith("/backend-api/") || /\/responses(?:\/|$)/.test(path)) return "codex";
	if (path.startsWith("/v1/messages")) return "anthropic";
	if (path.startsWith("/v1beta/") || /\/models\/.+:\w+$/.test(path)) return "gemini";
	if (!path.startsWith("/v1/models")) return "openai";
	if (headers["x-goog-api-key"] !== undefined || query.has("key")) return "gemini";
	if (headers["anthropic-version"] !== undefined) return "anthropic";
	const isCodex = query.has("client_version") || headers.authorization === `Bearer ${keys.codex}`;
	return isCodex ? "codex" : "openai";
}
