import assert from "node:assert/strict";
import { geminiTranslation } from "../../../../src/formats/gemini/translation.ts";
import { sealText } from "../../../../src/formats/seals.ts";
import { Malformed, Untranslatable } from "../../../../src/formats/translation.ts";

const readAll = (contents: unknown, more: object = {}) =>
	geminiTranslation.readRequest({ body: { contents, ...more }, stream: false });
const read = (contents: unknown) => readAll(contents).conversation.turns;
const readParts = (role: string, ...parts: readonly object[]) => read([{ role, parts }])[0]?.parts;
const call = (name: string, more: object = {}) => ({ functionCall: { name, args: {}, ...more } });
const result = (name: string, output: unknown, more: object = {}) => ({
	functionResponse: { name, response: { output }, ...more },
});

describe("Gemini's contents, read", () => {
	it("have a role, or are the user's", () => {
		const roles = (...told: readonly (string | undefined)[]) =>
			told.map((role) => read([{ role, parts: [{ text: "Hi" }] }])[0]?.role);
		assert.deepEqual(roles("user", undefined, "USER"), ["user", "user", "user"]);
		assert.deepEqual(roles("model", "MODEL", "assistant"), ["assistant", "assistant", "assistant"]);
		assert.deepEqual(roles("system", "user"), ["system", "user"]);
	});

	it("may be one content, and a content may have one part", () => {
		const turns = [{ role: "user", parts: [{ kind: "text", text: "Hi" }] }];
		assert.deepEqual(read({ parts: { text: "Hi" } }), turns);
		assert.deepEqual(read("Hi"), turns);
		assert.deepEqual(read([{ parts: ["Hi"] }]), turns);
	});

	it("join what a client kept of a stream, chunk by chunk", () => {
		assert.deepEqual(
			readParts(
				"model",
				{ text: "Let me", thought: true },
				{ text: " see.", thought: true },
				{ text: "It is " },
				{ text: "warm", thoughtSignature: "c2ln" },
				{ text: "" },
			),
			[
				{ kind: "reasoning", text: "Let me see." },
				{ kind: "text", text: "It is warm" },
				{ kind: "reasoning", text: "", seal: { maker: "gemini", value: "c2ln" } },
			],
		);
	});

	it("join what the official SDK kept of a stream, each chunk a content", () => {
		const model = (...parts: readonly object[]) => ({ role: "model", parts });
		assert.deepEqual(
			read([
				{ role: "user", parts: [{ text: "How is it?" }] },
				model({ text: "Hm", thought: true }),
				model({ text: "It is ", thoughtSignature: "czE=" }),
				model({ text: "warm" }),
				model(call("a")),
				model(call("a")),
				model({ text: "" }),
				{ role: "user", parts: [result("a", "1")] },
				{ role: "user", parts: [result("a", "2")] },
				model({ text: "" }),
			]),
			[
				{ role: "user", parts: [{ kind: "text", text: "How is it?" }] },
				{
					role: "assistant",
					parts: [
						{ kind: "reasoning", text: "Hm", seal: { maker: "gemini", value: "czE=" } },
						{ kind: "text", text: "It is warm" },
						{ kind: "toolCall", id: "call_0_a", name: "a", input: { kind: "json", text: "{}" } },
						{ kind: "toolCall", id: "call_1_a", name: "a", input: { kind: "json", text: "{}" } },
					],
				},
				...["1", "2"].map((text, place) => ({
					role: "user",
					parts: [{ kind: "toolResult", callId: `call_${place}_a`, name: "a", content: [{ kind: "text", text }] }],
				})),
			],
		);
	});

	it("seal with a signature the thoughts before it", () => {
		assert.deepEqual(
			readParts("model", { text: "Hm", thought: true }, { ...call("a"), thoughtSignature: "czE=" }, call("b")),
			[
				{ kind: "reasoning", text: "Hm", seal: { maker: "gemini", value: "czE=" } },
				{ kind: "toolCall", id: "call_0_a", name: "a", input: { kind: "json", text: "{}" } },
				{ kind: "toolCall", id: "call_1_b", name: "b", input: { kind: "json", text: "{}" } },
			],
		);
		assert.deepEqual(readParts("model", { text: "Hi", thoughtSignature: "czE=" }), [
			{ kind: "reasoning", text: "", seal: { maker: "gemini", value: "czE=" } },
			{ kind: "text", text: "Hi" },
		]);
	});

	it("give back what another maker has sealed, in whatever alphabet of Base64 it comes", () => {
		const seal = { maker: "anthropic" as const, value: "??>>~~ÿÿ" };
		const text = sealText(seal);
		const urlSafe = text.replaceAll("+", "-").replaceAll("/", "_");
		for (const thoughtSignature of [text, urlSafe]) {
			assert.deepEqual(readParts("model", { ...call("a"), thoughtSignature })?.[0], {
				kind: "reasoning",
				text: "",
				seal,
			});
		}
	});

	it("take Google's placeholders for no signature at all", () => {
		for (const thoughtSignature of ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"]) {
			assert.deepEqual(
				readParts("model", { ...call("a"), thoughtSignature })?.map(({ kind }) => kind),
				["toolCall"],
			);
		}
	});

	it("keep the parts of Google's own tools for Gemini", () => {
		const part = {
			toolCall: { id: "1", toolType: "GOOGLE_SEARCH_WEB", args: { queries: ["x"] } },
			thoughtSignature: "czE=",
		};
		const code = { executableCode: { language: "PYTHON", code: "1+1" } };
		assert.deepEqual(readParts("model", part, code, { text: "2" }), [
			{ kind: "reasoning", text: "", seal: { maker: "gemini", value: { part } } },
			{ kind: "reasoning", text: "", seal: { maker: "gemini", value: { part: code } } },
			{ kind: "text", text: "2" },
		]);
	});

	describe("with calls and results", () => {
		const resultsOf = (contents: unknown) =>
			read(contents).flatMap(({ parts }) => parts.flatMap((part) => (part.kind === "toolResult" ? [part] : [])));
		const answers = (contents: unknown) =>
			resultsOf(contents).map(({ callId, content }) => [
				callId,
				content.map((part) => part.kind === "text" && part.text)[0],
			]);

		it("match results to calls of the same name in order", () => {
			const contents = [
				{ role: "model", parts: [call("read"), call("list"), call("read")] },
				{ role: "user", parts: [result("list", "l"), result("read", "r0"), result("read", "r2")] },
			];
			assert.deepEqual(answers(contents), [
				["call_1_list", "l"],
				["call_0_read", "r0"],
				["call_2_read", "r2"],
			]);
		});

		it("match results to the latest turn's calls, where earlier ones were never answered", () => {
			const contents = [
				{ role: "model", parts: [call("read")] },
				{ role: "user", parts: [{ text: "Stop. Again." }] },
				{ role: "model", parts: [call("read"), call("read")] },
				{ role: "function", parts: [result("read", "first"), result("read", "second")] },
			];
			assert.deepEqual(answers(contents), [
				["call_1_read", "first"],
				["call_2_read", "second"],
			]);
		});

		it("match by ids where both have them, whatever the order", () => {
			const contents = [
				{ role: "model", parts: [call("read", { id: "x" }), call("read", { id: "y" })] },
				{ role: "user", parts: [result("read", "y's", { id: "y" }), result("read", "x's", { id: "x" })] },
			];
			assert.deepEqual(answers(contents), [
				["y", "y's"],
				["x", "x's"],
			]);
		});

		it("match by name where only the result has an id", () => {
			const contents = [
				{ role: "model", parts: [call("read")] },
				{ role: "user", parts: [result("read", "r", { id: "made-up" })] },
			];
			assert.deepEqual(answers(contents), [["call_0_read", "r"]]);
		});

		it("give two calls of the same id two ids", () => {
			const contents = [
				{ role: "model", parts: [call("read", { id: "x" })] },
				{ role: "user", parts: [result("read", "1", { id: "x" })] },
				{ role: "model", parts: [call("read", { id: "x" })] },
				{ role: "user", parts: [result("read", "2", { id: "x" })] },
			];
			assert.deepEqual(answers(contents), [
				["x", "1"],
				["x_2", "2"],
			]);
		});

		it("keep made ids the same while the history grows", () => {
			const before = [
				{ role: "model", parts: [call("read")] },
				{ role: "user", parts: [result("read", "r")] },
			];
			const after = [
				...before,
				{ role: "model", parts: [call("read")] },
				{ role: "user", parts: [result("read", "s")] },
			];
			assert.deepEqual(answers(after).slice(0, 1), answers(before));
		});

		it("take the words of a result from where they stand", () => {
			const textOf = (response: unknown) => {
				const [found] = resultsOf([
					{ role: "model", parts: [call("f")] },
					{ role: "user", parts: [{ functionResponse: { name: "f", response } }] },
				]);
				return [found?.content.map((part) => part.kind === "text" && part.text), found?.isError];
			};
			assert.deepEqual(textOf({ output: "warm" }), [["warm"], undefined]);
			assert.deepEqual(textOf({ output: { celsius: 20 } }), [['{"celsius":20}'], undefined]);
			assert.deepEqual(textOf({ celsius: 20 }), [['{"celsius":20}'], undefined]);
			assert.deepEqual(textOf({ output: "part", celsius: 20 }), [['{"output":"part","celsius":20}'], undefined]);
			assert.deepEqual(textOf({ error: "no such city" }), [["no such city"], true]);
			assert.deepEqual(textOf({ error: { code: 5 } }), [['{"code":5}'], true]);
			assert.deepEqual(textOf({ output: "warm", error: null }), [["warm"], undefined]);
			assert.deepEqual(textOf({ output: "so far", error: "cut" }), [['{"output":"so far","error":"cut"}'], true]);
			assert.deepEqual(textOf({ output: 0 }), [["0"], undefined]);
			assert.deepEqual(textOf({ name: "f", content: "warm" }), [["warm"], undefined]);
			assert.deepEqual(textOf({ name: "f", error: "cold" }), [["cold"], true]);
			assert.deepEqual(textOf({ name: "Ann", content: "warm" }), [['{"name":"Ann","content":"warm"}'], undefined]);
			assert.deepEqual(textOf({}), [[], undefined]);
			assert.deepEqual(textOf("warm"), [["warm"], undefined]);
		});

		it("join a result that comes in pieces, with and without ids", () => {
			const pieces = (more: object) => [
				{ role: "model", parts: [call("read", more), call("list")] },
				{ role: "user", parts: [result("read", "a", more), result("list", "l"), result("read", "b", more)] },
			];
			for (const [more, id] of [
				[{ id: "x" }, "x"],
				[{}, "call_0_read"],
			] as const) {
				const [first, second, ...others] = resultsOf(pieces(more));
				assert.deepEqual([first?.callId, second?.callId, others], [id, "call_1_list", []]);
				assert.deepEqual(
					first?.content.map((part) => part.kind === "text" && part.text),
					["a", "b"],
				);
			}
		});

		it("read the media of a result", () => {
			const [found] = resultsOf([
				{ role: "model", parts: [call("shoot")] },
				{
					role: "user",
					parts: [result("shoot", "done", { parts: [{ inlineData: { mimeType: "image/png", data: "AA==" } }] })],
				},
			]);
			assert.deepEqual(found?.content, [
				{ kind: "text", text: "done" },
				{ kind: "image", source: { kind: "data", mediaType: "image/png", data: "AA==" } },
			]);
		});

		it("are refused where a result answers no call, or stands with the wrong role", () => {
			const wrong: readonly (readonly [unknown, RegExp])[] = [
				[[{ role: "user", parts: [result("f", "x")] }], /functionResponse answers no call/],
				[
					[
						{ role: "model", parts: [call("f")] },
						{ role: "user", parts: [result("f", "x")] },
						{ role: "user", parts: [result("f", "y")] },
					],
					/contents\[2\]\.parts\[0\]\.functionResponse answers no call/,
				],
				[[{ role: "user", parts: [call("f")] }], /functionCall must be in a content of the role “model”/],
				[[{ role: "model", parts: [result("f", "x")] }], /functionResponse must be in a content of the role “user”/],
				[[{ role: "model", parts: [{ functionCall: {} }] }], /functionCall\.name must be there/],
			];
			for (const [contents, message] of wrong) {
				assert.throws(
					() => read(contents),
					(error) => error instanceof Malformed && message.test(error.message),
				);
			}
		});
	});

	describe("with media", () => {
		const inline = (mimeType: string, data = "AA==") => ({ inlineData: { mimeType, data } });
		const file = (fileUri: string, mimeType?: string) => ({ fileData: { fileUri, mimeType } });

		it("know them by their type", () => {
			assert.deepEqual(
				readParts(
					"user",
					inline("image/webp"),
					inline("application/pdf"),
					inline("audio/wav"),
					inline("video/mp4"),
				)?.map(({ kind }) => kind),
				["image", "document", "audio", "video"],
			);
			assert.deepEqual(readParts("user", inline("text/markdown", Buffer.from("# Hæ").toString("base64"))), [
				{ kind: "document", source: { kind: "text", text: "# Hæ" } },
			]);
			assert.throws(() => readParts("user", inline("application/zip")), Untranslatable);
		});

		it("are written in the alphabet that others take", () => {
			assert.deepEqual(readParts("user", inline("image/png", "_-8=")), [
				{ kind: "image", source: { kind: "data", mediaType: "image/png", data: "/+8=" } },
			]);
		});

		it("can be a URL that anybody can fetch", () => {
			assert.deepEqual(
				readParts("user", file("https://example.com/a.png"), file("https://youtu.be/x"))?.map(({ kind }) => kind),
				["image", "video"],
			);
			assert.deepEqual(readParts("user", file("https://example.com/a", "application/pdf")), [
				{ kind: "document", source: { kind: "url", url: "https://example.com/a", mediaType: "application/pdf" } },
			]);
		});

		it("cannot be a file in Google's store, or one of which nobody says what it is", () => {
			for (const uri of [
				"https://generativelanguage.googleapis.com/v1beta/files/abc",
				"gs://bucket/a.png",
				"files/abc",
				"https://example.com/a",
			]) {
				assert.throws(() => readParts("user", file(uri)), Untranslatable, uri);
			}
		});

		it("tell how closely they are looked at, each or all", () => {
			const details = (part: object, generationConfig: object) => {
				const { conversation } = readAll([{ parts: [{ ...inline("image/png"), ...part }] }], { generationConfig });
				return conversation.turns[0]?.parts.map((media) => media.kind === "image" && media.detail)[0];
			};
			const level = (name: string) => ({ mediaResolution: { level: `MEDIA_RESOLUTION_${name}` } });
			assert.equal(details(level("LOW"), { mediaResolution: "MEDIA_RESOLUTION_HIGH" }), "low");
			assert.equal(details(level("ULTRA_HIGH"), {}), "original");
			assert.equal(details({}, { mediaResolution: "MEDIA_RESOLUTION_HIGH" }), "high");
			assert.deepEqual(readAll([{ parts: [{ ...inline("image/png"), ...level("MEDIUM") }] }]).losses, [
				"contents[].parts[].mediaResolution.level",
			]);
		});

		it("name what nobody else is told of them", () => {
			const part = { ...inline("video/mp4"), videoMetadata: { fps: 2 }, partMetadata: { a: 1 } };
			assert.deepEqual(readAll([{ parts: [part] }]).losses, [
				"contents[].parts[].videoMetadata",
				"contents[].parts[].partMetadata",
			]);
		});
	});

	it("cannot be said to others where a part is of a kind that nobody knows", () => {
		assert.throws(() => readParts("user", { hologram: { data: "x" } }), Untranslatable);
		assert.throws(() => readParts("user", { toolResponse: { id: "1" } }), Untranslatable);
	});
});
