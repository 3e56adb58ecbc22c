import assert from "node:assert/strict";
import { clientRequests } from "../../../bench/load/clientRequests.ts";
import { clientStream } from "../../../bench/load/clientStreams.ts";
import { readPath, streamPaths } from "../../../bench/wire/paths.ts";
import { streams } from "../../../bench/wire/streams/streams.ts";
import { pacedWord } from "../../../bench/wire/streams/streamText.ts";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { ReplyCollector } from "../../../src/formats/replyCollector.ts";
import { EventReader } from "../../../src/formats/sse.ts";
import { translations } from "../../../src/formats/translations.ts";

const model = "bench.paced.7.20.2";
const said = [pacedWord(1, 1001), pacedWord(2, 2002)];

function stream(format: Format): string {
	const { opening, pacedEvent, closing } = streams[format];
	return [opening(model), pacedEvent(model, 1, 1001), pacedEvent(model, 2, 2002), closing(model, said)].join("");
}

/** What an account's stream says, as our proxy reads it. */
function understood(format: Format) {
	const body = clientRequests[format](model, "What is a relay?", true).body;
	const { conversation } = translations[format].readRequest({ body, stream: format === "gemini" ? true : null });
	const { names } = translations[format].writeRequest(conversation, { model });
	const reader = translations[format].streamReader({ conversation, names });
	const events = new EventReader()
		.push(Buffer.from(stream(format)))
		.flatMap(({ name, data }) => reader.push(name, data));
	const all = [...events, ...reader.end()];
	const collector = new ReplyCollector();
	for (const event of all) {
		assert.notEqual(event.kind, "error");
		if (event.kind !== "error" && event.kind !== "end") collector.push(event);
	}
	const [candidate] = collector.reply.candidates;
	return {
		text: candidate?.parts.map(({ text }) => text).join(""),
		reason: candidate?.reason,
		input: collector.reply.usage?.input,
		output: collector.reply.usage?.output,
		last: all.at(-1)?.kind,
	};
}

/** What the load takes a stream for. */
function read(format: Format, text: string) {
	const { separator, paced, isFrame } = clientStream({
		port: 0,
		headers: {},
		pids: [],
		way: { client: format, prefix: "" },
	});
	const events = text.split(separator);
	const found = events.flatMap((event) => {
		const [, sequence, sentAt] = paced.exec(event) ?? [];
		return sequence === undefined ? [] : [[Number(sequence), Number(sentAt)]];
	});
	const frame = events.filter((event) => !paced.test(event)).join("\n\n");
	return { found, isWhole: isFrame(frame, model) };
}

describe("the bench's streams", () => {
	for (const format of formats) {
		it(`say in ${format} what they are to say`, () => {
			const text = `First${said.join("")}`;
			assert.deepEqual(understood(format), { text, reason: "stop", input: 21, output: 34, last: "end" });
		});

		it(`are found whole in ${format}, each paced event with its stamp`, () => {
			assert.deepEqual(read(format, stream(format)), {
				found: [
					[1, 1001],
					[2, 2002],
				],
				isWhole: true,
			});
		});

		it(`are not whole in ${format} without their first word or their end`, () => {
			const whole = stream(format);
			assert.equal(read(format, whole.replaceAll("First", "Last")).isWhole, false);
			const { opening, closing } = streams[format];
			assert.equal(read(format, opening(model)).isWhole, false);
			assert.equal(read(format, closing(model, said)).isWhole, false);
			for (const cut of [2, 20]) assert.equal(read(format, whole.slice(0, -cut)).isWhole, false);
		});

		it(`are asked for in ${format} by a path of its own`, () => {
			const asked = readPath(streamPaths[format](`label/${model}`));
			assert.deepEqual(asked, { format, model: format === "gemini" ? `label/${model}` : null });
		});
	}
});
