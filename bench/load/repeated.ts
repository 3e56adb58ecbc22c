import { setTimeout as pause } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { cpuTime } from "../processes/processStats.ts";
import { percentile } from "../statistics.ts";
import { BodyCheck } from "../wire/bodyCheck.ts";
import { expectedBody, type Stretch, uploadReply } from "../wire/replies.ts";
import { type Connection, openConnections } from "./connection.ts";
import type { RepeatedResult, SmallJob, UploadJob } from "./jobs.ts";
import { type ReadyRequest, readyRequest } from "./request.ts";

/** What one connection asks for again and again, and what has to come back. */
interface Repeated {
	readonly request: ReadyRequest;
	readonly expected: readonly Stretch[];
}

export function runSmall(job: SmallJob): Promise<RepeatedResult> {
	return repeat(job, (id) => {
		const order = { kind: "json" } as const;
		const request = readyRequest(job.via, order, id);
		return { request, expected: expectedBody(request.model, { id, order }) };
	});
}

export function runUpload(job: UploadJob): Promise<RepeatedResult> {
	return repeat(job, (id) => {
		const request = readyRequest(job.via, { kind: "upload" }, id, job.bytes);
		const told = uploadReply(request.model, request.body.length, crc32(request.body));
		return { request, expected: [{ bytes: Buffer.from(told), times: 1 }] };
	});
}

async function repeat(job: SmallJob | UploadJob, make: (id: number) => Repeated): Promise<RepeatedResult> {
	const connections = await openConnections(job.via.port, job.connections);
	const tally: Tally = { latencies: [], bad: 0, isOver: false };
	const pace = job.rate === null ? null : (job.connections / job.rate) * 1000;
	const loops = connections.map(async (connection, id) => {
		if (pace !== null) await pause((id / job.connections) * pace);
		return loop(connection, make(id), pace, tally);
	});
	await pause(job.warmUp);
	Object.assign(tally, { latencies: [], bad: 0 });
	const began = performance.now();
	const cpuBefore = cpuTime(job.via.pids);
	await pause(job.duration);
	const cpuAfter = cpuTime(job.via.pids);
	const seconds = (performance.now() - began) / 1000;
	const { latencies, bad } = tally;
	tally.isOver = true;
	await Promise.all(loops);
	for (const connection of connections) connection.close();
	return {
		requests: latencies.length,
		bad,
		seconds,
		cpu: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
		p50: percentile(latencies, 0.5),
		p99: percentile(latencies, 0.99),
	};
}

/** What all connections count into. */
interface Tally {
	/** Milliseconds. */
	latencies: number[];
	bad: number;
	/** No further request is sent. */
	isOver: boolean;
}

/** @param pace milliseconds from one request to the next, where the reply has come by then; null: as soon as it has. */
function loop(connection: Connection, { request, expected }: Repeated, pace: number | null, tally: Tally) {
	return new Promise<void>((resolve) => {
		const check = new BodyCheck(expected);
		let began = 0;
		let due = performance.now();
		const watcher = {
			onBody: (buffer: Buffer, start: number, end: number) => check.take(buffer, start, end),
			onEnd: (status: number) => {
				const now = performance.now();
				tally.latencies.push(now - began);
				if (status !== 200 || !check.isComplete) tally.bad += 1;
				if (tally.isOver) {
					resolve();
				} else if (pace !== null) {
					due = Math.max(due + pace, now);
					setTimeout(next, due - now);
				} else if (status === 0) {
					// A failure may come at once: the next request must not deepen the stack.
					setImmediate(next);
				} else {
					next();
				}
			},
		};
		const next = () => {
			check.reset();
			began = performance.now();
			connection.send(request.bytes, watcher);
		};
		next();
	});
}
