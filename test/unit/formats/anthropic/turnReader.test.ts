import assert from "node:assert/strict";
import { sealText } from "../../../../src/formats/seals.ts";
import { read } from "./conversations.ts";

/** What is read of one content. */
const contentOf = (role: string, content: unknown) => {
	const { conversation, losses } = read({ messages: [{ role, content }] });
	return { parts: conversation.turns[0]?.parts, losses };
};
const userBlock = (block: object) => contentOf("user", [block]);

describe("a message of an Anthropic client holds", () => {
	it("images and documents of every kind", () => {
		assert.deepEqual(
			userBlock({ type: "image", source: { type: "base64", media_type: "image/png", data: "aGk=" } }).parts,
			[{ kind: "image", source: { kind: "data", mediaType: "image/png", data: "aGk=" } }],
		);
		const about = { title: "t", context: "c", citations: { enabled: true } };
		assert.deepEqual(
			userBlock({ type: "document", source: { type: "text", media_type: "text/plain", data: "x" }, ...about }).parts,
			[{ kind: "document", source: { kind: "text", text: "x" }, name: "t", context: "c", cited: true }],
		);
		assert.deepEqual(userBlock({ type: "document", source: { type: "url", url: "https://example.org/d" } }).parts, [
			{ kind: "document", source: { kind: "url", url: "https://example.org/d" } },
		]);
	});

	it("documents made of blocks", () => {
		const image = { type: "image", source: { type: "url", url: "https://example.org/i" } };
		const content = [{ type: "text", text: "a" }, { type: "text", text: "b" }, image, { type: "text", text: "c" }];
		assert.deepEqual(userBlock({ type: "document", source: { type: "content", content }, title: "t" }), {
			parts: [
				{ kind: "document", source: { kind: "text", text: "a\n\nb" }, name: "t" },
				{ kind: "image", source: { kind: "url", url: "https://example.org/i" } },
				{ kind: "document", source: { kind: "text", text: "c" }, name: "t" },
			],
			losses: [],
		});
	});

	it("results of the client's own search", () => {
		const content = [{ type: "text", text: "a" }];
		assert.deepEqual(userBlock({ type: "search_result", source: "https://example.org", title: "t", content }).parts, [
			{
				kind: "document",
				source: { kind: "text", text: "a" },
				name: "t",
				context: "Source: https://example.org",
			},
		]);
	});

	it("citations, whatever they cite", () => {
		const citations = [
			{ type: "web_search_result_location", url: "https://a", title: "A", cited_text: "q", encrypted_index: "x" },
			{ type: "char_location", document_index: 1, document_title: "D", cited_text: "r", start_char_index: 0 },
		];
		assert.deepEqual(contentOf("assistant", [{ type: "text", text: "T", citations }]), {
			parts: [
				{
					kind: "text",
					text: "T",
					citations: [
						{ url: "https://a", title: "A", quote: "q" },
						{ title: "D", quote: "r", document: 1 },
					],
				},
			],
			losses: [],
		});
	});

	it("thinking of whoever has sealed it", () => {
		const codex = { maker: "codex", value: { id: "rs_1" } } as const;
		const { parts } = contentOf("assistant", [
			{ type: "thinking", thinking: "Hm", signature: sealText(codex) },
			{ type: "redacted_thinking", data: sealText(codex) },
			{ type: "redacted_thinking", data: "theirs" },
			{ type: "thinking", thinking: "So", signature: "" },
		]);
		assert.deepEqual(parts, [
			{ kind: "reasoning", text: "Hm", seal: codex },
			{ kind: "reasoning", text: "", seal: codex },
			{
				kind: "reasoning",
				text: "",
				seal: { maker: "anthropic", value: { type: "redacted_thinking", data: "theirs" } },
			},
			{ kind: "reasoning", text: "So" },
		]);
	});

	it("a summary in the place of what came before", () => {
		assert.deepEqual(contentOf("assistant", [{ type: "compaction", content: "So far …", signature: "s" }]), {
			parts: [{ kind: "text", text: "So far …" }],
			losses: [],
		});
	});

	it("what a search for tools has found, in words", () => {
		const content = [
			{ type: "tool_reference", tool_name: "WebFetch" },
			{ type: "tool_reference", tool_name: "Grep", cache_control: { type: "ephemeral" } },
		];
		const block = { type: "tool_result", tool_use_id: "gone", content };
		const { parts, losses } = contentOf("user", [block]);
		assert.deepEqual(losses, []);
		assert.deepEqual(
			parts?.map((part) => (part.kind === "toolResult" ? part.content : null)),
			[
				[
					{ kind: "text", text: "The tool WebFetch can be called now." },
					{ kind: "text", text: "The tool Grep can be called now.", cache: {} },
				],
			],
		);
	});

	it("results of calls that are gone", () => {
		const { parts } = userBlock({ type: "tool_result", tool_use_id: "gone" });
		assert.deepEqual(parts, [{ kind: "toolResult", callId: "gone", name: "unknown", content: [] }]);
	});
});
