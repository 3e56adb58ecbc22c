import assert from "node:assert/strict";
import type { Conversation, Turn } from "../../../src/formats/conversation.ts";
import { Untranslatable } from "../../../src/formats/translation.ts";
import type { FetchMedia, MediaAddress } from "../../../src/proxy/mediaFetcher.ts";
import { withFetchedMedia } from "../../../src/proxy/remoteMedia.ts";

const takesNone: ReadonlySet<"image" | "document" | "audio" | "video"> = new Set();
const stays = () => new AbortController().signal;

function talk(...turns: readonly Turn[]): Conversation {
	return { stream: false, turns, tools: [], sampling: {}, stop: [] };
}

function image(url: string): { kind: "image"; source: { kind: "url"; url: string } } {
	return { kind: "image", source: { kind: "url", url } };
}

/** Gives the URL itself as the data. */
function echo(): { readonly asked: MediaAddress[]; readonly fetchMedia: FetchMedia } {
	const asked: MediaAddress[] = [];
	return {
		asked,
		fetchMedia: async (address) => {
			asked.push(address);
			return { mediaType: `${address.kind}/test`, data: Buffer.from(address.url).toString("base64") };
		},
	};
}

const data = (kind: string, url: string) => ({
	kind: "data",
	mediaType: `${kind}/test`,
	data: Buffer.from(url).toString("base64"),
});

describe("a conversation with media by URL", () => {
	it("holds their data afterwards, wherever they stood, and everything else as it was", async () => {
		const { fetchMedia } = echo();
		const before = talk(
			{ role: "system", parts: [{ kind: "text", text: "Be brief." }] },
			{
				role: "user",
				parts: [
					{ kind: "text", text: "Look:", cache: { lifetime: "1h" } },
					{ ...image("https://a.example/1.png"), detail: "high", cache: {} },
					{ kind: "document", source: { kind: "url", url: "https://a.example/2.pdf" }, name: "two.pdf", cited: true },
					{ kind: "document", source: { kind: "text", text: "words" } },
					{ kind: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" } },
					{ kind: "audio", source: { kind: "url", url: "https://a.example/3.mp3" } },
				],
			},
			{ role: "assistant", parts: [{ kind: "text", text: "Seen." }, image("https://a.example/4.png")] },
			{
				role: "user",
				parts: [
					{
						kind: "toolResult",
						callId: "call_1",
						name: "shoot",
						content: [{ kind: "text", text: "here" }, image("https://a.example/5.png")],
						isError: false,
					},
				],
			},
		);
		const copy = structuredClone(before);
		const after = await withFetchedMedia(before, takesNone, fetchMedia, stays);
		assert.deepEqual(before, copy);
		assert.deepEqual(after.turns, [
			before.turns[0],
			{
				role: "user",
				parts: [
					{ kind: "text", text: "Look:", cache: { lifetime: "1h" } },
					{ kind: "image", source: data("image", "https://a.example/1.png"), detail: "high", cache: {} },
					{
						kind: "document",
						source: data("document", "https://a.example/2.pdf"),
						...{ name: "two.pdf", cited: true },
					},
					{ kind: "document", source: { kind: "text", text: "words" } },
					{ kind: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" } },
					{ kind: "audio", source: data("audio", "https://a.example/3.mp3") },
				],
			},
			{
				role: "assistant",
				parts: [
					{ kind: "text", text: "Seen." },
					{ kind: "image", source: data("image", "https://a.example/4.png") },
				],
			},
			{
				role: "user",
				parts: [
					{
						kind: "toolResult",
						callId: "call_1",
						name: "shoot",
						content: [
							{ kind: "text", text: "here" },
							{ kind: "image", source: data("image", "https://a.example/5.png") },
						],
						isError: false,
					},
				],
			},
		]);
	});

	it("is left alone where the account takes such URLs, and nothing is fetched", async () => {
		const { asked, fetchMedia } = echo();
		const conversation = talk({ role: "user", parts: [image("https://a.example/1.png")] });
		assert.equal(await withFetchedMedia(conversation, new Set(["image"]), fetchMedia, stays), conversation);
		assert.deepEqual(asked, []);
	});

	it("is filled by kind: what the account takes by URL stays a URL", async () => {
		const { asked, fetchMedia } = echo();
		const conversation = talk({
			role: "user",
			parts: [
				image("https://a.example/1.png"),
				{ kind: "document", source: { kind: "url", url: "https://a.example/2.pdf", mediaType: "application/pdf" } },
			],
		});
		const after = await withFetchedMedia(conversation, new Set(["image"]), fetchMedia, stays);
		assert.deepEqual(asked, [{ kind: "document", url: "https://a.example/2.pdf", mediaType: "application/pdf" }]);
		assert.deepEqual(after.turns[0]?.parts[0], image("https://a.example/1.png"));
	});

	it("has the same one fetched once", async () => {
		const { asked, fetchMedia } = echo();
		const url = "https://a.example/1.png";
		const conversation = talk({ role: "user", parts: [image(url)] }, { role: "user", parts: [image(url), image(url)] });
		const after = await withFetchedMedia(conversation, takesNone, fetchMedia, stays);
		assert.equal(asked.length, 1);
		assert.deepEqual(
			after.turns.flatMap(({ parts }): readonly object[] => parts),
			[1, 2, 3].map(() => ({ kind: "image", source: data("image", url) })),
		);
	});

	it("is refused where one cannot be had, and the others are given up", async () => {
		const given: unknown[] = [];
		const fetchMedia: FetchMedia = ({ url }, signal) => {
			if (url.endsWith("bad")) return Promise.reject(new Untranslatable("cannot be had"));
			return new Promise((_, reject) => {
				signal.addEventListener("abort", () => {
					given.push(url);
					reject(signal.reason);
				});
			});
		};
		const conversation = talk({
			role: "user",
			parts: [image("https://a.example/good"), image("https://a.example/bad")],
		});
		await assert.rejects(withFetchedMedia(conversation, takesNone, fetchMedia, stays), /cannot be had/);
		assert.deepEqual(given, ["https://a.example/good"]);
	});

	it("is refused where all together are too large", async () => {
		const large = "A".repeat(20 * 1024 * 1024);
		const fetchMedia: FetchMedia = async () => ({ mediaType: "image/png", data: large });
		const some = (count: number) =>
			talk({ role: "user", parts: Array.from({ length: count }, (_, place) => image(`https://a.example/${place}`)) });
		await withFetchedMedia(some(4), takesNone, fetchMedia, stays);
		await assert.rejects(withFetchedMedia(some(5), takesNone, fetchMedia, stays), (error) => {
			assert.ok(error instanceof Untranslatable);
			assert.match(error.message, /more than 64 MiB/);
			return true;
		});
	});
});
