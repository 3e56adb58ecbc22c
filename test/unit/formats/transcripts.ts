import { request } from "undici";
import type { Format } from "../../../src/accounts/account.ts";
import { demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { weatherTool } from "../../support/fixtures.ts";

/** What a relay of a format sent, byte by byte. */
export interface Transcript {
	readonly what: string;
	readonly format: Format;
	readonly bytes: Buffer;
}

/** Umlauts and a sign of four bytes: a cut may go through the middle of them. */
const question = "grüß dich 🙂";
const tool = weatherTool;

interface Inquiry {
	readonly what: string;
	readonly format: Format;
	readonly path: string;
	readonly body: object;
}

function chat(content: string, stream: boolean) {
	const messages = [{ role: "user", content }];
	const tools = [{ type: "function", function: tool }];
	return { model: "demo-openai-large", messages, tools, stream, stream_options: { include_usage: true } };
}

function message(content: string, stream: boolean) {
	const tools = [{ name: tool.name, input_schema: tool.parameters }];
	return { model: "demo-anthropic-large", max_tokens: 64, messages: [{ role: "user", content }], tools, stream };
}

function response(input: string, stream: boolean) {
	const tools = [{ type: "function", ...tool }];
	return { model: "demo-codex-large", instructions: "", input: [{ role: "user", content: input }], tools, stream };
}

function generation(text: string) {
	return { contents: [{ role: "user", parts: [{ text }] }], tools: [{ functionDeclarations: [tool] }] };
}

const generate = "/v1beta/models/demo-gemini-large:";
const texts = ["text", "tool call"] as const;
const asked = (what: (typeof texts)[number]) => (what === "text" ? question : "the weather please");

const streams: readonly Inquiry[] = texts.flatMap((what) => [
	{ what, format: "openai", path: "/v1/chat/completions", body: chat(asked(what), true) },
	{ what, format: "anthropic", path: "/v1/messages", body: message(asked(what), true) },
	{ what, format: "codex", path: "/v1/responses", body: response(asked(what), true) },
	{ what, format: "gemini", path: `${generate}streamGenerateContent?alt=sse`, body: generation(asked(what)) },
]);

const wholes: readonly Inquiry[] = [
	{ what: "a chat", format: "openai", path: "/v1/chat/completions", body: chat(question, false) },
	{ what: "embeddings", format: "openai", path: "/v1/embeddings", body: { model: "demo-openai-large", input: "hi" } },
	{ what: "a message", format: "anthropic", path: "/v1/messages", body: message(question, false) },
	{ what: "a count", format: "anthropic", path: "/v1/messages/count_tokens", body: message(question, false) },
	{ what: "a response", format: "codex", path: "/v1/responses", body: response(question, false) },
	{ what: "a compaction", format: "codex", path: "/v1/responses/compact", body: response(question, false) },
	{ what: "candidates", format: "gemini", path: `${generate}generateContent`, body: generation(question) },
	{ what: "an array", format: "gemini", path: `${generate}streamGenerateContent`, body: generation(question) },
	{ what: "a count", format: "gemini", path: `${generate}countTokens`, body: generation(question) },
];

/** The event streams of the demo relay. */
export const streamTranscripts = () => ask(streams);

/** Its whole JSON replies. */
export const wholeTranscripts = () => ask(wholes);

async function ask(inquiries: readonly Inquiry[]): Promise<readonly Transcript[]> {
	const relay = await startDemoRelay();
	try {
		return await Promise.all(
			inquiries.map(async ({ what, format, path, body }) => {
				const reply = await request(relay.origin + path, {
					method: "POST",
					headers: { ...keyOf(format), "content-type": "application/json", "anthropic-version": "2023-06-01" },
					body: JSON.stringify(body),
				});
				const bytes = Buffer.from(await reply.body.arrayBuffer());
				if (reply.statusCode !== 200) throw new Error(`${format} ${path}: ${reply.statusCode} ${bytes}`);
				return { what, format, bytes };
			}),
		);
	} finally {
		await relay.close();
	}
}

function keyOf(format: Format): Record<string, string> {
	if (format === "gemini") return { "x-goog-api-key": demoKeys.gemini };
	return format === "anthropic" ? { "x-api-key": demoKeys.anthropic } : { authorization: `Bearer ${demoKeys[format]}` };
}
