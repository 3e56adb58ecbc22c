import { cpuTime } from "../processes/processStats.ts";
import { BodyCheck } from "../wire/bodyCheck.ts";
import { eventsPerBlock, expectedBody } from "../wire/replies.ts";
import { type Connection, openConnections } from "./connection.ts";
import type { FlatJob, FlatResult } from "./jobs.ts";
import { type ReadyRequest, readyRequest } from "./request.ts";

export async function runFlat({ via, streams, blocks }: FlatJob): Promise<FlatResult> {
	const order = { kind: "flat", blocks } as const;
	const connections = await openConnections(via.port, streams);
	const prepared = connections.map((connection, id) => {
		const request = readyRequest(via, order, id);
		return { connection, request, check: new BodyCheck(expectedBody(request.model, { id, order })) };
	});
	const cpuBefore = cpuTime(via.pids);
	const began = performance.now();
	const good = await Promise.all(prepared.map((one) => read(one.connection, one.request, one.check)));
	const seconds = (performance.now() - began) / 1000;
	const cpuAfter = cpuTime(via.pids);
	for (const connection of connections) connection.close();
	const complete = good.filter((isGood) => isGood).length;
	return {
		bad: streams - complete,
		events: complete * blocks * eventsPerBlock,
		seconds,
		cpu: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
	};
}

function read(connection: Connection, request: ReadyRequest, check: BodyCheck): Promise<boolean> {
	return new Promise((resolve) =>
		connection.send(request.bytes, {
			onBody: (buffer, start, end) => check.take(buffer, start, end),
			onEnd: (status) => resolve(status === 200 && check.isComplete),
		}),
	);
}
