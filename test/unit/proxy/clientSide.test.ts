import assert from "node:assert/strict";
import type { Conversation } from "../../../src/formats/conversation.ts";
import { Untranslatable } from "../../../src/formats/translation.ts";
import { ClientSide } from "../../../src/proxy/clientSide.ts";
import type { FetchMedia } from "../../../src/proxy/mediaFetcher.ts";
import { withFetchedMedia } from "../../../src/proxy/remoteMedia.ts";
import { routeRequest } from "../../../src/proxy/routedRequest.ts";
import { plainRequests } from "../../support/wire.ts";

function clientSide(): ClientSide {
	const bytes = Buffer.from(plainRequests.openai.body);
	const routed = routeRequest("openai", "/chat/completions", { bytes, clear: bytes });
	assert.ok("model" in routed);
	return new ClientSide("openai", "", routed);
}

const conversation: Conversation = {
	stream: false,
	turns: [
		{
			role: "user",
			parts: ["slow", "gone", "there"].map((name) => ({
				kind: "image",
				source: { kind: "url", url: `https://pictures.example/${name}.png` },
			})),
		},
	],
	tools: [],
	sampling: {},
	stop: [],
};
const nothing: ReadonlySet<"image"> = new Set();
const stays = () => new AbortController().signal;

describe("media of a client's request", () => {
	it("are fetched once, whichever accounts are asked, but for those that were given up because of another", async () => {
		const asked: string[] = [];
		const fetchMedia: FetchMedia = async ({ url }, signal) => {
			asked.push(url);
			if (url.endsWith("there.png")) return { mediaType: "image/png", data: "AAAA" };
			if (url.endsWith("gone.png")) throw new Untranslatable("It is gone.");
			return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
		};
		const client = clientSide();
		for (const attempt of [1, 2]) {
			await assert.rejects(
				withFetchedMedia(conversation, nothing, client.fetchOnce(fetchMedia), stays),
				{ name: "Untranslatable", message: "It is gone." },
				`attempt ${attempt}`,
			);
		}
		assert.deepEqual(
			asked.map((url) => url.split("/").at(-1)),
			["slow.png", "gone.png", "there.png", "slow.png"],
		);
	});
});
