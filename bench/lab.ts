import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { LoadJob, LoadResults, Via } from "./load/jobs.ts";
import { loadCore } from "./machine.ts";
import { startChild } from "./processes/child.ts";
import { anyKey } from "./targets/target.ts";
import type { UpstreamAnswer, UpstreamQuestion } from "./wire/upstreamQuestions.ts";

/** Upstream and load, each a process, and how to ask them. */
export interface Lab {
	readonly upstreamPort: number;
	/** Past every target. */
	readonly direct: Via;
	/** Small jobs, which show that everything works, where figures do not matter. */
	readonly quick: boolean;
	load<Job extends LoadJob>(job: Job): Promise<LoadResults[Job["kind"]]>;
	/** What became of a request that was held. */
	upstream(id: number): Promise<UpstreamAnswer>;
	/** For a request that is held: never given twice. */
	nextId(): number;
	stop(): Promise<void>;
}

export interface LabOptions {
	readonly quick: boolean;
	/** Keeps upstream and load to a core of their own, where that is possible. */
	readonly pinned: boolean;
}

function script(name: string): string {
	return fileURLToPath(new URL(name, import.meta.url));
}

export async function openLab({ quick, pinned }: LabOptions): Promise<Lab> {
	const core = pinned ? loadCore : null;
	const upstream = await startChild(script("upstream.ts"), { core });
	const load = await startChild(script("load.ts"), { core });
	if (upstream.port === null) throw new Error("The upstream does not listen.");
	let lastId = 0;
	return {
		upstreamPort: upstream.port,
		direct: { port: upstream.port, headers: anyKey, pids: [] },
		quick,
		// Each kind of job has the result of that kind.
		load: (job) => load.ask(job) as Promise<never>,
		upstream: (id) => upstream.ask({ id } satisfies UpstreamQuestion) as Promise<UpstreamAnswer>,
		nextId: () => {
			lastId += 1;
			return lastId;
		},
		stop: async () => {
			await load.stop();
			await upstream.stop();
		},
	};
}

/** Milliseconds between two looks at what the upstream says. */
const look = 5;

/**
 * Asks the upstream about a request until it says what is waited for.
 * @param patience milliseconds.
 * @returns null when it never did.
 */
export async function untilUpstream(
	lab: Lab,
	id: number,
	holds: (answer: UpstreamAnswer) => boolean,
	patience: number,
): Promise<UpstreamAnswer | null> {
	const deadline = performance.now() + patience;
	for (;;) {
		const answer = await lab.upstream(id);
		if (holds(answer)) return answer;
		if (performance.now() > deadline) return null;
		await pause(look);
	}
}
