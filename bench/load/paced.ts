import { setTimeout as pause } from "node:timers/promises";
import { cpuTime, residentMemory } from "../processes/processStats.ts";
import { percentile } from "../statistics.ts";
import { monotonicMicroseconds } from "../wire/clock.ts";
import { type ClientStream, clientStream } from "./clientStreams.ts";
import { type Connection, openConnections } from "./connection.ts";
import type { PacedJob, PacedResult } from "./jobs.ts";
import { type ReadyRequest, readyRequest } from "./request.ts";

/** Milliseconds between two looks at the target's memory. */
const memoryInterval = 100;
/** Milliseconds beyond its own length after which a stream counts as stuck. */
const patience = 30_000;

export async function runPaced(job: PacedJob): Promise<PacedResult> {
	const { via, streams, interval, count } = job;
	const order = { kind: "paced", interval, count } as const;
	const memoryBefore = residentMemory(via.pids);
	let memoryPeak = memoryBefore;
	const memoryClock = setInterval(() => {
		const now = residentMemory(via.pids);
		if (now !== null) memoryPeak = Math.max(memoryPeak ?? 0, now);
	}, memoryInterval);
	const asClient = clientStream(via);
	const connections = await openConnections(via.port, streams);
	const delays: number[] = [];
	const cpuBefore = cpuTime(via.pids);
	const ends = connections.map(async (connection, id) => {
		if (job.openOver > 0) await pause((id / streams) * job.openOver);
		const stream = new PacedReading(readyRequest(via, order, id), asClient, count, delays);
		return stream.read(connection, interval * count + patience);
	});
	const complete = (await Promise.all(ends)).filter((isComplete) => isComplete).length;
	const cpuAfter = cpuTime(via.pids);
	clearInterval(memoryClock);
	for (const connection of connections) connection.close();
	return {
		complete,
		bad: streams - complete,
		events: delays.length,
		cpu: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
		p50: percentile(delays, 0.5),
		p95: percentile(delays, 0.95),
		p99: percentile(delays, 0.99),
		memoryBefore,
		memoryPeak,
	};
}

/** Reads one stream, notes how long each event was on its way, and whether all came in order. */
class PacedReading {
	readonly #request: ReadyRequest;
	readonly #stream: ClientStream;
	readonly #count: number;
	readonly #delays: number[];
	/** What has come and is not yet a whole event. */
	#rest = "";
	/** Everything but the paced events. */
	#frame = "";
	#sequence = 0;
	#isInOrder = true;

	constructor(request: ReadyRequest, stream: ClientStream, count: number, delays: number[]) {
		this.#request = request;
		this.#stream = stream;
		this.#count = count;
		this.#delays = delays;
	}

	/** @returns whether it came whole and right. */
	read(connection: Connection, longest: number): Promise<boolean> {
		return new Promise((resolve) => {
			const clock = setTimeout(() => {
				connection.close();
				resolve(false);
			}, longest);
			connection.send(this.#request.bytes, {
				onBody: (buffer, start, end) => this.#take(buffer.toString("latin1", start, end)),
				onEnd: (status) => {
					clearTimeout(clock);
					resolve(status === 200 && this.#isWhole);
				},
			});
		});
	}

	get #isWhole(): boolean {
		const isFramed = this.#rest === "" && this.#stream.isFrame(this.#frame, this.#request.model);
		return this.#isInOrder && this.#sequence === this.#count && isFramed;
	}

	#take(text: string): void {
		const now = monotonicMicroseconds();
		const events = (this.#rest + text).split(this.#stream.separator);
		this.#rest = events.pop() ?? "";
		for (const event of events) {
			const found = this.#stream.paced.exec(event);
			if (found === null) {
				this.#frame += `${event}\n\n`;
				continue;
			}
			this.#sequence += 1;
			this.#isInOrder &&= Number(found[1]) === this.#sequence;
			this.#delays.push((now - Number(found[2])) / 1000);
		}
	}
}
