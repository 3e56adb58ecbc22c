import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { GoogleGenAI } from "@google/genai";
import fc from "fast-check";
import OpenAI from "openai";
import type { EmbeddingTranslation } from "../../../src/formats/embeddings.ts";
import { embeddingTranslations } from "../../../src/formats/embeddings.ts";
import { geminiEmbeddings } from "../../../src/formats/gemini/embeddings.ts";
import { openaiEmbeddings } from "../../../src/formats/openai/embeddings.ts";
import { Malformed, Untranslatable } from "../../../src/formats/translation.ts";

const target = { model: "the/model" };
const context = { model: "asked-for", body: {} };

describe("embeddings", () => {
	it("are known to OpenAI and Gemini alone", () => {
		assert.deepEqual(Object.keys(embeddingTranslations).sort(), ["gemini", "openai"]);
	});

	describe("asked for by an OpenAI client", () => {
		const read = (body: unknown) => openaiEmbeddings.readRequest(body);

		it("are texts, one or several, with how long the vectors are to be", () => {
			assert.deepEqual(read({ model: "m", input: "a" }), { request: { inputs: ["a"] }, losses: [] });
			assert.deepEqual(read({ model: "m", input: ["a", "b"], dimensions: 256, encoding_format: "base64" }), {
				request: { inputs: ["a", "b"], dimensions: 256 },
				losses: [],
			});
		});

		it("lose the user, and name it with whatever else is unknown", () => {
			const { losses } = read({ model: "m", input: "a", user: "u1", input_type: "query" });
			assert.deepEqual(losses, ["user", "input_type"]);
		});

		it("cannot be of token numbers", () => {
			for (const input of [
				[1, 2, 3],
				[[1, 2], [3]],
			]) {
				assert.throws(() => read({ model: "m", input }), Untranslatable);
			}
		});

		it("are malformed where OpenAI would refuse them, by the name of the field", () => {
			for (const [body, words] of [
				[null, /The body must be an object/],
				[{ model: "m" }, /^input must be/],
				[{ model: "m", input: "" }, /^input must be .* none of them empty/],
				[{ model: "m", input: [] }, /^input must be/],
				[{ model: "m", input: ["a", ""] }, /^input must be/],
				[{ model: "m", input: ["a", 1] }, /^input must be/],
				[{ model: "m", input: "a", dimensions: "many" }, /^dimensions must be a number/],
				[{ model: "m", input: "a", encoding_format: "hex" }, /^encoding_format must be one of/],
			] as const) {
				assert.throws(() => read(body), { name: Malformed.name, message: words });
			}
		});
	});

	describe("asked for by a Gemini client", () => {
		const read = (body: unknown) => geminiEmbeddings.readRequest(body);
		const content = (...texts: readonly string[]) => ({ role: "user", parts: texts.map((text) => ({ text })) });

		it("are one text, or a batch", () => {
			assert.deepEqual(read({ model: "models/m", content: content("a"), outputDimensionality: 8 }), {
				request: { inputs: ["a"], dimensions: 8 },
				losses: [],
			});
			const requests = ["a", "b"].map((text) => ({ model: "models/m", content: content(text) }));
			assert.deepEqual(read({ requests }), { request: { inputs: ["a", "b"] }, losses: [] });
			assert.deepEqual(read({ content: content("a"), output_dimensionality: 8 }).request.dimensions, 8);
		});

		it("are one vector for all parts of a content", () => {
			assert.deepEqual(read({ content: content("a", "b") }).request.inputs, ["a\nb"]);
		});

		it("lose what they are for, and name it once", () => {
			const requests = ["a", "b"].map((text) => ({ content: content(text), taskType: "RETRIEVAL_QUERY", title: text }));
			assert.deepEqual(read({ requests }).losses, ["requests[].taskType", "requests[].title"]);
			assert.deepEqual(read({ content: content("a"), taskType: "CLUSTERING" }).losses, ["taskType"]);
		});

		it("cannot be of images, nor of different lengths", () => {
			const image = { content: { parts: [{ inlineData: { mimeType: "image/png", data: "AA==" } }] } };
			assert.throws(() => read(image), Untranslatable);
			const requests = [8, 16].map((outputDimensionality) => ({ content: content("a"), outputDimensionality }));
			assert.throws(() => read({ requests }), Untranslatable);
			assert.throws(() => read({ requests: [requests[0], { content: content("a") }] }), Untranslatable);
		});

		it("are malformed where Gemini would refuse them", () => {
			const bodies = [[], {}, { requests: [] }, { requests: {} }, { content: "a" }, { content: { parts: [] } }];
			for (const body of bodies) assert.throws(() => read(body), Malformed);
		});
	});

	describe("asked of an account", () => {
		it("of OpenAI are wanted as numbers", () => {
			assert.deepEqual(openaiEmbeddings.writeRequest({ inputs: ["a", "b"], dimensions: 8 }, target), {
				path: "/embeddings",
				body: { model: "the/model", input: ["a", "b"], encoding_format: "float", dimensions: 8 },
			});
		});

		it("of Gemini are a batch, with the model in path and requests", () => {
			assert.deepEqual(geminiEmbeddings.writeRequest({ inputs: ["a"], dimensions: 8 }, target), {
				path: "/models/the%2Fmodel:batchEmbedContents",
				body: {
					requests: [{ model: "models/the/model", content: { parts: [{ text: "a" }] }, outputDimensionality: 8 }],
				},
			});
			const { body } = geminiEmbeddings.writeRequest({ inputs: ["a", "b"] }, target);
			assert.deepEqual(geminiEmbeddings.readRequest(body), { request: { inputs: ["a", "b"] }, losses: [] });
		});
	});

	describe("of an account", () => {
		const two = { inputs: ["a", "b"] };

		it("of OpenAI come in the order of their index, as numbers or packed", () => {
			const data = [
				{ object: "embedding", index: 1, embedding: [3, 4] },
				{ object: "embedding", index: 0, embedding: Buffer.from(new Float32Array([1, 2]).buffer).toString("base64") },
			];
			const reply = openaiEmbeddings.readReply({ data, usage: { prompt_tokens: 7, total_tokens: 7 } }, two);
			assert.deepEqual(reply, {
				vectors: [
					[1, 2],
					[3, 4],
				],
				inputTokens: 7,
			});
		});

		it("of Gemini come with their tokens where it tells them", () => {
			const embeddings = [{ values: [1, 2] }, { values: [3, 4] }];
			const vectors = [
				[1, 2],
				[3, 4],
			];
			assert.deepEqual(geminiEmbeddings.readReply({ embeddings }, two), { vectors, inputTokens: null });
			const usageMetadata = { promptTokenCount: 5, totalTokenCount: 5 };
			assert.equal(geminiEmbeddings.readReply({ embeddings, usageMetadata }, two)?.inputTokens, 5);
			const counted = embeddings.map((embedding) => ({ ...embedding, statistics: { tokenCount: 2 } }));
			assert.equal(geminiEmbeddings.readReply({ embeddings: counted }, two)?.inputTokens, 4);
			assert.deepEqual(geminiEmbeddings.readReply({ embedding: { values: [1] } }, { inputs: ["a"] })?.vectors, [[1]]);
		});

		for (const [format, translation] of Object.entries(embeddingTranslations)) {
			it(`of ${format} are none where they are too few, broken, or something else`, () => {
				const bodies = [
					...[null, "x", {}, { data: [] }, { embeddings: [] }, { error: { message: "no" } }],
					...[{ data: [{ embedding: [1] }] }, { embeddings: [{ values: [1] }] }],
					...[{ data: [{ embedding: [1] }, { embedding: ["x"] }] }, { embeddings: [{ values: [1] }, {}] }],
					...[{ data: [{ embedding: [1] }, { embedding: "AAA=" }] }, { embeddings: [{ values: [] }, { values: [1] }] }],
				];
				for (const body of bodies) assert.equal(translation.readReply(body, two), null);
			});

			it(`of ${format} come back as they were written`, () => {
				const vector = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
				const batch = { requests: [] };
				fc.assert(
					fc.property(fc.array(vector, { minLength: 1, maxLength: 5 }), (vectors) => {
						const written = translation.writeReply({ vectors, inputTokens: 3 }, { model: "m", body: batch });
						const read = translation.readReply(written, { inputs: vectors.map(() => "a") });
						assert.deepEqual(read, { vectors, inputTokens: 3 });
					}),
				);
			});
		}
	});

	describe("for a client", () => {
		it("of OpenAI tell zero tokens where nobody counted: the field is required", () => {
			assert.deepEqual(openaiEmbeddings.writeReply({ vectors: [[1, 2]], inputTokens: null }, context), {
				object: "list",
				data: [{ object: "embedding", index: 0, embedding: [1, 2] }],
				model: "asked-for",
				usage: { prompt_tokens: 0, total_tokens: 0 },
			});
		});

		it("of Gemini are one or many, as it asked", () => {
			const reply = { vectors: [[1, 2]], inputTokens: null };
			assert.deepEqual(geminiEmbeddings.writeReply(reply, context), { embedding: { values: [1, 2] } });
			assert.deepEqual(
				geminiEmbeddings.writeReply({ ...reply, inputTokens: 4 }, { ...context, body: { requests: [] } }),
				{
					embeddings: [{ values: [1, 2] }],
					usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 },
				},
			);
		});
	});

	describe("for the official SDKs", () => {
		let server: Server;
		let origin: string;
		let client: EmbeddingTranslation;
		let account: EmbeddingTranslation;
		let upstream: unknown;
		const asked: unknown[] = [];

		beforeEach(async () => {
			asked.length = 0;
			server = createServer(async (request, response) => {
				const body = await json(request);
				const { request: wanted } = client.readRequest(body);
				asked.push(account.writeRequest(wanted, target).body);
				const reply = account.readReply(upstream, wanted) ?? assert.fail("no reply");
				response.setHeader("content-type", "application/json");
				response.end(JSON.stringify(client.writeReply(reply, { model: "asked-for", body })));
			}).listen(0, "127.0.0.1");
			await once(server, "listening");
			origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		});
		afterEach(async () => {
			server.close();
			server.closeAllConnections();
			await once(server, "close");
		});

		for (const encoding of [undefined, "float", "base64"] as const) {
			it(`of OpenAI are its vectors from a Gemini account (${encoding ?? "its own choice"})`, async () => {
				[client, account] = [openaiEmbeddings, geminiEmbeddings];
				upstream = { embeddings: [{ values: [0.5, -1.25] }, { values: [3, 0.0625] }] };
				const openai = new OpenAI({ apiKey: "none", baseURL: origin });
				const reply = await openai.embeddings.create({
					...{ model: "m", input: ["a", "b"], dimensions: 2 },
					...(encoding === undefined ? {} : { encoding_format: encoding }),
				});
				const vectors = reply.data.map(({ embedding }): unknown => embedding);
				const packed = (...numbers: number[]) => Buffer.from(new Float32Array(numbers).buffer).toString("base64");
				assert.deepEqual(
					vectors,
					encoding === "base64"
						? [packed(0.5, -1.25), packed(3, 0.0625)]
						: [
								[0.5, -1.25],
								[3, 0.0625],
							],
				);
				assert.deepEqual(
					[reply.object, reply.model, reply.usage],
					["list", "asked-for", { prompt_tokens: 0, total_tokens: 0 }],
				);
			});
		}

		it("of Gemini are its vectors from an OpenAI account", async () => {
			[client, account] = [geminiEmbeddings, openaiEmbeddings];
			upstream = { data: [{ embedding: [1, 2] }, { embedding: [3, 4] }], usage: { prompt_tokens: 9, total_tokens: 9 } };
			const genai = new GoogleGenAI({ apiKey: "none", httpOptions: { baseUrl: origin } });
			const reply = await genai.models.embedContent({
				model: "m",
				contents: ["a", "b"],
				config: { outputDimensionality: 2, taskType: "CLUSTERING" },
			});
			assert.deepEqual(
				reply.embeddings?.map(({ values }) => values),
				[
					[1, 2],
					[3, 4],
				],
			);
			assert.equal(reply.usageMetadata?.promptTokenCount, 9);
			assert.deepEqual(asked, [{ model: "the/model", input: ["a", "b"], encoding_format: "float", dimensions: 2 }]);
		});
	});
});
