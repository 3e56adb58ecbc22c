import { rm, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { AimResult } from "./aim.ts";
import { type BlockedWindow, openBlockedWindow } from "./blockedHost/window.ts";
import { type Lab, openLab } from "./lab.ts";
import type { Via } from "./load/jobs.ts";
import type { Column, Measures } from "./parts/part.ts";
import { spreadOf } from "./statistics.ts";

/** How streams fare in a real extension host that another extension blocks. */
export interface BlockedHostResult {
	readonly how: string;
	readonly columns: readonly Column[];
	readonly rows: readonly { readonly title: string; readonly rounds: readonly Measures[] }[];
	/** Ours, in the same order. */
	readonly unblocked: readonly Measures[];
	readonly blocked: readonly Measures[];
}

export interface BlockedHostOptions {
	/** The bundles, as they are shipped. */
	readonly dist: string;
	/** Goes with the run. */
	readonly folder: string;
	readonly rounds: number;
	readonly quick: boolean;
}

const streams = 20;
/** Milliseconds. */
const interval = 20;
const aimed = 1.5;

const columns: readonly Column[] = [
	{ key: "p50", title: "p50 ms", digits: 2 },
	{ key: "p95", title: "p95 ms", digits: 2 },
	{ key: "p99", title: "p99 ms", digits: 2 },
	{ key: "blocks", title: "times blocked", digits: 0 },
];

async function measure(lab: Lab, window: BlockedWindow, via: Via): Promise<Measures> {
	const before = await window.blocks();
	const count = lab.quick ? 100 : 750;
	const { bad, p50, p95, p99 } = await lab.load({ kind: "paced", via, streams, interval, count, openOver: 0 });
	return { bad, p50, p95, p99, blocks: (await window.blocks()) - before };
}

/** Runs something while the other extension blocks the host; resolves after the blocking has ended. */
async function whileBlocked<T>(window: BlockedWindow, run: () => Promise<T>): Promise<T> {
	const before = await window.blocks();
	await writeFile(window.flagFile, "");
	try {
		while ((await window.blocks()) === before) await pause(50);
		return await run();
	} finally {
		await rm(window.flagFile);
		// Longer than one block.
		await pause(500);
	}
}

export async function runBlockedHost({ dist, folder, rounds, quick }: BlockedHostOptions): Promise<BlockedHostResult> {
	// As on a person's machine: nothing is kept to a core.
	const lab = await openLab({ quick, pinned: false });
	const window = await openBlockedWindow({ dist, folder, upstreamPort: lab.upstreamPort });
	const ways = [
		{ title: "Relay Accounts, in its worker thread", via: window.proxy },
		{ title: "a bare pipe on the host's main thread, for comparison", via: window.pipe },
	].map((way) => ({ ...way, unblocked: [] as Measures[], blocked: [] as Measures[] }));
	for (const { via } of ways) await measure(lab, window, via);
	for (let round = 1; round <= rounds; round += 1) {
		console.log(`blocked: round ${round} of ${rounds}`);
		for (const { via, unblocked, blocked } of ways) {
			unblocked.push(await measure(lab, window, via));
			blocked.push(await whileBlocked(window, () => measure(lab, window, via)));
		}
	}
	await window.close();
	await lab.stop();
	return {
		how:
			`${streams} streams at once with an event every ${interval} ms for 15 s, in a real extension host (VS Code's server ` +
			"with a headless browser, nothing kept to a core), while an extension of the bench's own blocks the host's main " +
			"thread 300 ms of each second, and without that; delay: from an event's sending to its arrival.",
		columns,
		rows: ways.flatMap(({ title, unblocked, blocked }) => [
			{ title: `${title}: unblocked`, rounds: unblocked },
			{ title: `${title}: blocked`, rounds: blocked },
		]),
		unblocked: ways[0]?.unblocked ?? [],
		blocked: ways[0]?.blocked ?? [],
	};
}

/** The blocked run against the unblocked one of the same round. */
export function blockedAims({ unblocked, blocked }: BlockedHostResult): readonly AimResult[] {
	return ["p95", "p99"].map((column) => {
		const ratios = blocked.map(
			(one, round) => (one[column] ?? Number.NaN) / (unblocked[round]?.[column] ?? Number.NaN),
		);
		const measured = spreadOf(ratios.filter((ratio) => Number.isFinite(ratio)));
		return {
			aim: `20 paced streams while another extension blocks the host, event delay ${column} against the unblocked run`,
			figure: `≤ ${aimed}`,
			measured,
			digits: 2,
			isMet: measured === null ? null : measured.median <= aimed,
		};
	});
}
