import type { Format } from "../../../src/accounts/account.ts";

/** One plain request of a client. */
export interface Question {
	readonly format?: Format;
	readonly stream?: boolean;
	readonly model?: string;
	/** What the user says; another text is another conversation. */
	readonly text?: string;
	/** Asks for one token only. */
	readonly oneToken?: boolean;
	readonly headers?: Readonly<Record<string, string>>;
}

/** A question as it goes over the wire. */
export function wireQuestion(question: Question & { readonly format: Format }): {
	readonly path: string;
	readonly body: string;
} {
	const { format, stream = false, text = "hi", oneToken = false } = question;
	const model = question.model ?? `demo-${format}-large`;
	switch (format) {
		case "openai": {
			const body = { model, messages: [{ role: "user", content: text }], stream, ...(oneToken && { max_tokens: 1 }) };
			return { path: "/v1/chat/completions", body: JSON.stringify(body) };
		}
		case "anthropic": {
			const messages = [{ role: "user", content: text }];
			return { path: "/v1/messages", body: JSON.stringify({ model, max_tokens: oneToken ? 1 : 64, messages, stream }) };
		}
		case "codex": {
			const body = { model, input: text, stream, ...(oneToken && { max_output_tokens: 1 }) };
			return { path: "/v1/responses", body: JSON.stringify(body) };
		}
		case "gemini": {
			const generationConfig = oneToken ? { generationConfig: { maxOutputTokens: 1 } } : {};
			const verb = stream ? "streamGenerateContent?alt=sse" : "generateContent";
			return {
				path: `/v1beta/models/${encodeURIComponent(model)}:${verb}`,
				body: JSON.stringify({ contents: [{ role: "user", parts: [{ text }] }], ...generationConfig }),
			};
		}
	}
}
