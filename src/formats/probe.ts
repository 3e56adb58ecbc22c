/** What a relay's reply to the minimal request held. */
export type ProbeReply =
	| { readonly kind: "text" /** May be empty. */; readonly text: string }
	/** An error of the relay inside a reply with a good status. */
	| { readonly kind: "error"; readonly message: string }
	/** No reply of this format. */
	| { readonly kind: "otherFormat" };

/** The smallest real request of a format, and how its reply is read. Used to test a relay. */
export interface Probe {
	/** Below the relay's base URL. */
	readonly path: (model: string) => string;
	readonly body: (model: string) => object;
	readonly read: (body: string) => ProbeReply;
}

/** Enough for a few words; reasoning models may spend it on thinking, which is an answer too. */
export const probeTokens = 16;
export const probePrompt = "Say hello in three words.";

/** @returns undefined where the text is no JSON. A byte order mark before it is passed over, as `fetch` does. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
	} catch {
		return undefined;
	}
}
