import type { Format } from "../../src/accounts/account.ts";

/** A question as the SDK of a format sends it. */
export interface ClientRequest {
	/** Beside what every request has. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: object;
}

const instructions = "You answer briefly.";

/** Gemini's clients say model and streaming by the path. */
export const clientRequests: Readonly<
	Record<Format, (model: string, question: string, stream: boolean) => ClientRequest>
> = {
	openai: (model, content, stream) => ({
		headers: {},
		body: {
			model,
			messages: [
				{ role: "system", content: instructions },
				{ role: "user", content },
			],
			...(stream ? { stream: true } : {}),
		},
	}),
	anthropic: (model, content, stream) => ({
		headers: { "anthropic-version": "2023-06-01" },
		body: {
			model,
			max_tokens: 4096,
			system: instructions,
			messages: [{ role: "user", content }],
			...(stream ? { stream: true } : {}),
		},
	}),
	gemini: (_, text) => ({
		headers: {},
		body: {
			systemInstruction: { parts: [{ text: instructions }] },
			contents: [{ role: "user", parts: [{ text }] }],
		},
	}),
	codex: (model, text, stream) => ({
		headers: {},
		body: {
			model,
			instructions,
			input: [{ type: "message", role: "user", content: [{ type: "input_text", text }] }],
			store: false,
			...(stream ? { stream: true } : {}),
		},
	}),
};
