import { percentile } from "../statistics.ts";
import { BodyCheck } from "../wire/bodyCheck.ts";
import { expectedBody } from "../wire/replies.ts";
import { Connection } from "./connection.ts";
import type { FirstByteJob, FirstByteResult } from "./jobs.ts";
import { readyRequest } from "./request.ts";

export async function runFirstByte({ via, warmUp, count }: FirstByteJob): Promise<FirstByteResult> {
	const order = { kind: "first" } as const;
	const request = readyRequest(via, order, 0);
	const check = new BodyCheck(expectedBody(request.model, { id: 0, order }));
	const connection = new Connection(via.port);
	await connection.open();
	const waits: number[] = [];
	let bad = 0;
	for (let number = 0; number < warmUp + count; number += 1) {
		const { wait, status } = await ask(connection, request.bytes, check);
		if (number < warmUp) continue;
		waits.push(wait);
		if (status !== 200 || !check.isComplete) bad += 1;
	}
	connection.close();
	return { bad, p50: percentile(waits, 0.5), p99: percentile(waits, 0.99) };
}

/** @returns milliseconds until the first byte of the body, Infinity where none came. */
function ask(connection: Connection, request: Buffer, check: BodyCheck): Promise<{ wait: number; status: number }> {
	check.reset();
	return new Promise((resolve) => {
		const began = performance.now();
		let wait = Number.POSITIVE_INFINITY;
		connection.send(request, {
			onBody: (buffer, start, end) => {
				if (wait === Number.POSITIVE_INFINITY) wait = performance.now() - began;
				check.take(buffer, start, end);
			},
			onEnd: (status) => resolve({ wait, status }),
		});
	});
}
