import assert from "node:assert/strict";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import type { Conversation } from "../../../src/formats/conversation.ts";
import { countableOf, estimateTokens, totalOf } from "../../../src/proxy/tokenEstimate.ts";
import { pngOf } from "../../support/pictures.ts";

/** The library itself, in this thread. */
const count = async (texts: readonly string[]) => texts.reduce((sum, text) => sum + countTokens(text), 0);

function talk(changes: Partial<Conversation>): Conversation {
	return { stream: false, turns: [], tools: [], sampling: {}, stop: [], ...changes };
}

const said = (text: string): Conversation["turns"] => [{ role: "user", parts: [{ kind: "text", text }] }];
const estimate = (conversation: Conversation) => estimateTokens(countableOf(conversation), "anthropic", count);
const total = async (conversation: Conversation) => totalOf(await estimate(conversation));

describe("the estimate of a conversation's tokens", () => {
	it("is that of its words and a little for each turn", async () => {
		const words = "The quick brown fox jumps over the lazy dog.";
		assert.equal(await total(talk({ turns: said(words) })), countTokens(words) + 7);
		assert.equal(await total(talk({})), 3);
	});

	it("grows with everything that a model reads", async () => {
		const schema = { type: "object", properties: { path: { type: "string", description: "where it is" } } };
		const image = { kind: "image", source: { kind: "data", mediaType: "image/png", data: pngOf(200, 200) } } as const;
		const call = {
			kind: "toolCall",
			id: "c",
			name: "read",
			input: { kind: "json", text: '{"path":"a.txt"}' },
		} as const;
		const result = (
			content: Extract<Conversation["turns"][number]["parts"][number], { kind: "toolResult" }>["content"],
		) => talk({ turns: [{ role: "user", parts: [{ kind: "toolResult", callId: "c", name: "read", content }] }] });
		const steps: readonly (readonly [less: Conversation, more: Conversation, by: number])[] = [
			[talk({}), talk({ turns: [{ role: "system", parts: [{ kind: "text", text: "Be brief." }] }] }), 3],
			[talk({}), talk({ tools: [{ kind: "function", name: "read" }] }), 1],
			[
				talk({ tools: [{ kind: "function", name: "read" }] }),
				talk({ tools: [{ kind: "function", name: "read", description: "Reads a file.", parameters: schema }] }),
				20,
			],
			[
				talk({ tools: [{ kind: "free", name: "patch" }] }),
				talk({ tools: [{ kind: "free", name: "patch", grammar: { syntax: "lark", definition: "start: line+" } }] }),
				4,
			],
			[talk({}), talk({ output: { kind: "schema", schema } }), 15],
			[talk({}), talk({ turns: [{ role: "assistant", parts: [call] }] }), 8],
			[
				talk({}),
				talk({ turns: [{ role: "assistant", parts: [{ kind: "reasoning", text: "Well, let me see." }] }] }),
				5,
			],
			[talk({}), talk({ turns: [{ role: "assistant", parts: [{ kind: "refusal", text: "I will not." }] }] }), 3],
			[result([]), result([{ kind: "text", text: "one two three" }]), 3],
			[result([]), result([image]), 54],
			[talk({ turns: said("") }), talk({ turns: [{ role: "user", parts: [image] }] }), 54],
		];
		for (const [less, more, by] of steps) {
			const grown = (await total(more)) - (await total(less));
			assert.ok(grown >= by, `${JSON.stringify(more)} counts ${grown} more`);
		}
	});

	it("is told by kind, and leaves out what is not there", async () => {
		const tokens = await estimate(
			talk({
				turns: [
					{
						role: "user",
						parts: [
							{ kind: "text", text: "Look" },
							{ kind: "image", source: { kind: "data", mediaType: "image/png", data: pngOf(1000, 1000) } },
							{ kind: "document", source: { kind: "url", url: "https://a.example/a.pdf" } },
						],
					},
				],
			}),
		);
		assert.deepEqual(
			[...tokens],
			[
				["text", 8],
				["image", 1334],
				["document", 15_000],
			],
		);
	});

	it("counts documents that are texts by their words", async () => {
		const text = "Some words of a plain document. ".repeat(20);
		const data = Buffer.from(text).toString("base64");
		for (const source of [
			{ kind: "text", text },
			{ kind: "data", mediaType: "text/plain", data },
		] as const) {
			const tokens = await estimate(talk({ turns: [{ role: "user", parts: [{ kind: "document", source }] }] }));
			assert.deepEqual([...tokens.keys()], ["text"]);
			const difference = totalOf(tokens) - 7 - countTokens(text);
			assert.ok(Math.abs(difference) <= 2, String(difference));
		}
	});

	it("stays near the truth where a text is so long that only a sample of it is counted", async () => {
		const line = "export function sum(one: number, other: number): number { return one + other; }\n";
		const text = line.repeat(40_000);
		let characters = 0;
		const watched = (texts: readonly string[]) => {
			characters += texts.join("").length;
			return count(texts);
		};
		const tokens = totalOf(await estimateTokens(countableOf(talk({ turns: said(text) })), "anthropic", watched));
		const truth = countTokens(line) * 40_000;
		assert.ok(Math.abs(tokens / truth - 1) < 0.03, `${tokens} for ${truth}`);
		assert.ok(characters <= 501_000, String(characters));
	});

	it("says nothing of seals, which only their makers can read", async () => {
		const sealed = { kind: "reasoning", text: "", seal: { maker: "anthropic", value: "x".repeat(5000) } } as const;
		assert.ok((await total(talk({ turns: [{ role: "assistant", parts: [sealed] }] }))) < 10);
	});
});
