import type { Format } from "../../src/accounts/account.ts";

/** How a client of a format asks for one streaming reply, and where the words are in what comes back. */
export interface ChatRequest {
	readonly path: (model: string) => string;
	readonly modelsPath: string;
	readonly headers: (localKey: string) => Readonly<Record<string, string>>;
	readonly body: (model: string, prompt: string) => unknown;
	/** The text that one event of the stream adds. */
	readonly words: (event: StreamEvent) => string;
}

/** The fields of any format's events that carry text. */
export interface StreamEvent {
	readonly type?: string;
	readonly delta?: string | { readonly text?: string };
	readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
	readonly candidates?: readonly {
		readonly content?: { readonly parts?: readonly { readonly text?: string; readonly thought?: boolean }[] };
	}[];
}

const bearer = (localKey: string) => ({ authorization: `Bearer ${localKey}` });

export const chatRequests: Readonly<Record<Format, ChatRequest>> = {
	openai: {
		path: () => "/v1/chat/completions",
		modelsPath: "/v1/models",
		headers: bearer,
		body: (model, prompt) => ({ model, stream: true, messages: [{ role: "user", content: prompt }] }),
		words: ({ choices }) => choices?.[0]?.delta?.content ?? "",
	},
	anthropic: {
		path: () => "/v1/messages",
		modelsPath: "/v1/models",
		headers: (localKey) => ({ "x-api-key": localKey, "anthropic-version": "2023-06-01" }),
		body: (model, prompt) => ({
			model,
			stream: true,
			max_tokens: 256,
			messages: [{ role: "user", content: prompt }],
		}),
		words: ({ type, delta }) => (type === "content_block_delta" && typeof delta === "object" ? (delta.text ?? "") : ""),
	},
	gemini: {
		path: (model) => `/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`,
		modelsPath: "/v1beta/models",
		headers: (localKey) => ({ "x-goog-api-key": localKey }),
		body: (_model, prompt) => ({ contents: [{ role: "user", parts: [{ text: prompt }] }] }),
		words: ({ candidates }) => {
			const parts = candidates?.[0]?.content?.parts ?? [];
			return parts.map((part) => (part.thought === true ? "" : (part.text ?? ""))).join("");
		},
	},
	codex: {
		path: () => "/v1/responses",
		modelsPath: "/v1/models?client_version=1.0.0",
		headers: bearer,
		body: (model, prompt) => ({
			model,
			stream: true,
			store: false,
			instructions: "Answer in a few words.",
			input: [{ type: "message", role: "user", content: [{ type: "input_text", text: prompt }] }],
		}),
		words: ({ type, delta }) => (type === "response.output_text.delta" && typeof delta === "string" ? delta : ""),
	},
};
