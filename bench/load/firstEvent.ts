import { percentile } from "../statistics.ts";
import { firstWord } from "../wire/streams/streamText.ts";
import { type ClientStream, clientStream } from "./clientStreams.ts";
import { Connection } from "./connection.ts";
import type { FirstEventJob, FirstEventResult } from "./jobs.ts";
import { type ReadyRequest, readyRequest } from "./request.ts";

export async function runFirstEvent({ via, warmUp, count }: FirstEventJob): Promise<FirstEventResult> {
	const request = readyRequest(via, { kind: "first" }, 0);
	const stream = clientStream(via);
	const connection = new Connection(via.port);
	await connection.open();
	const waits: number[] = [];
	let bad = 0;
	for (let number = 0; number < warmUp + count; number += 1) {
		const { wait, isWhole } = await ask(connection, request, stream);
		if (number < warmUp) continue;
		waits.push(wait);
		if (!isWhole) bad += 1;
	}
	connection.close();
	return { bad, p50: percentile(waits, 0.5), p99: percentile(waits, 0.99) };
}

/** @returns milliseconds until the first word, Infinity where none came, and whether the stream came whole. */
function ask(
	connection: Connection,
	{ model, bytes }: ReadyRequest,
	{ separator, isFrame }: ClientStream,
): Promise<{ wait: number; isWhole: boolean }> {
	let text = "";
	let wait = Number.POSITIVE_INFINITY;
	return new Promise((resolve) => {
		const began = performance.now();
		connection.send(bytes, {
			onBody: (buffer, start, end) => {
				text += buffer.toString("latin1", start, end);
				if (wait === Number.POSITIVE_INFINITY && text.includes(`"${firstWord}"`)) wait = performance.now() - began;
			},
			onEnd: (status) =>
				resolve({ wait, isWhole: status === 200 && isFrame(text.split(separator).join("\n\n"), model) }),
		});
	});
}
