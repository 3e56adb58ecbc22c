import assert from "node:assert/strict";
import { APIError as AnthropicError } from "@anthropic-ai/sdk";
import { ApiError as GeminiError } from "@google/genai";
import { APIError as OpenaiError } from "openai";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { type Bed, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import { anthropicClient, geminiClient, openaiClient } from "../../support/sdkClients.ts";

const prompt = "[long 12]";
const allWords = Array.from({ length: 12 }, (_, index) => `word${index + 1} `).join("");

interface Client {
	/** Reads a stream, and hands over each piece of text. Settles when the SDK says that the stream is over. */
	readonly read: (origin: string, key: string, onText: (text: string) => void) => Promise<void>;
	/** Whether an error is the SDK's own for what a server reports. */
	readonly isTyped: (error: unknown) => boolean;
}

const clients: Readonly<Record<Format, Client>> = {
	openai: {
		read: async (origin, key, onText) => {
			const stream = await openaiClient(origin, key).chat.completions.create({
				model: "demo-openai-large",
				messages: [{ role: "user", content: prompt }],
				stream: true,
			});
			for await (const { choices } of stream) onText(choices[0]?.delta.content ?? "");
		},
		isTyped: (error) => error instanceof OpenaiError,
	},
	codex: {
		read: async (origin, key, onText) => {
			const stream = openaiClient(origin, key).responses.stream({ model: "demo-codex-large", input: prompt });
			for await (const event of stream) {
				if (event.type === "response.output_text.delta") onText(event.delta);
				if (event.type === "response.failed") throw new ResponseFailed(event.response.error?.message);
			}
		},
		isTyped: (error) => error instanceof OpenaiError || error instanceof ResponseFailed,
	},
	anthropic: {
		read: async (origin, key, onText) => {
			const stream = anthropicClient(origin, key).messages.stream({
				model: "demo-anthropic-large",
				max_tokens: 99,
				messages: [{ role: "user", content: prompt }],
			});
			stream.on("text", onText);
			await stream.finalMessage();
		},
		isTyped: (error) => error instanceof AnthropicError && error.type === "api_error",
	},
	gemini: {
		read: async (origin, key, onText) => {
			const stream = await geminiClient(origin, key).models.generateContentStream({
				model: "demo-gemini-large",
				contents: prompt,
			});
			for await (const { text } of stream) onText(text ?? "");
		},
		isTyped: (error) => error instanceof GeminiError && error.status >= 500,
	},
};

/** The SDK hands this event out as a part of the stream, for its user to read. */
class ResponseFailed extends Error {}

for (const format of formats) {
	describe(`the official SDK of ${format}, when a stream does not end well`, () => {
		let bed: Bed<"first" | "second">;
		before(async () => {
			bed = await startBed(format, { first: { priority: 1 }, second: {} });
		});
		beforeEach(() => bed.reset());
		after(() => bed.close());

		const { read, isTyped } = clients[format];
		const readAll = async () => {
			let text = "";
			const error = await read(bed.proxy.origin, bed.proxy.localKey, (piece) => {
				text += piece;
			}).then(
				() => null,
				(thrown: unknown) => thrown,
			);
			return { text, error };
		};

		for (const stop of ["reset", "close", "end"] as const) {
			it(`gives the text so far and then a typed error (${stop} after an event)`, async () => {
				bed.relays.first.next(behave.stopAfterContent(stop));
				const { text, error } = await readAll();
				assert.ok(text.length > 40 && allWords.startsWith(text), text);
				assert.ok(isTyped(error), String(error));
				assert.match(String((error as Error).message), /first/);
			});

			it(`never sees half an event (${stop} inside an event)`, async () => {
				bed.relays.first.next(behave.stopInsideEvent(stop));
				const { text, error } = await readAll();
				assert.equal(text, "word1 ");
				assert.ok(isTyped(error), String(error));
			});
		}

		it("gives the whole text when the last event lacks its empty line", async () => {
			bed.relays.first.next(behave.answerWithoutNewline);
			assert.deepEqual(await readAll(), { text: allWords, error: null });
		});

		it("knows nothing of an account that failed before", async () => {
			bed.relays.first.next(behave.errorAfterOpening("overloaded"));
			assert.deepEqual(await readAll(), { text: allWords, error: null });
			assert.equal(bed.relays.second.calls.length, 1);
		});
	});
}
