// `npm run bench`: our proxy beside others, measured in turn in one run, as a Markdown table. Options: see bench/options.ts.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type AimResult, resultOf } from "../bench/aim.ts";
import { aims } from "../bench/aims.ts";
import { type BlockedHostResult, blockedAims, runBlockedHost } from "../bench/blockedHost.ts";
import { openLab } from "../bench/lab.ts";
import { thisMachine } from "../bench/machine.ts";
import { type BenchOptions, blockedPart, readOptions, usage } from "../bench/options.ts";
import { takesPart } from "../bench/parts/part.ts";
import { parts } from "../bench/parts/parts.ts";
import { profilePart } from "../bench/profile/profilePart.ts";
import { reportOf } from "../bench/report.ts";
import { type PartResult, runPart } from "../bench/run.ts";
import { bare } from "../bench/targets/bare.ts";
import { claudeCodeRouter } from "../bench/targets/claudeCodeRouter.ts";
import { h3 } from "../bench/targets/h3.ts";
import { nginx } from "../bench/targets/nginx.ts";
import { portkey } from "../bench/targets/portkey.ts";
import { relayAccounts } from "../bench/targets/relayAccounts.ts";
import type { MissingTarget, Target, TargetName } from "../bench/targets/target.ts";
import { withDirect } from "../bench/wire/directions.ts";
import { buildBundles } from "./build/command.ts";
import { root } from "./build/shipped.ts";
import { isEnding, makeRunFolder, runToEnd } from "./ending.ts";

type Got = { readonly targets: readonly Target[]; readonly missing: readonly MissingTarget[] };

/** Brings what the wanted targets take. */
async function getTargets(wanted: readonly TargetName[], worker: string): Promise<Got> {
	const makers: Readonly<Record<TargetName, () => Target | Promise<Target | MissingTarget>>> = {
		relayAccounts: () => relayAccounts(worker),
		nginx,
		h3,
		portkey,
		claudeCodeRouter,
		bare,
	};
	const got: (Target | MissingTarget)[] = [];
	for (const name of wanted) {
		const target = await makers[name]();
		if ("why" in target) console.log(`${target.title} is left out: ${target.why}`);
		got.push(target);
	}
	return {
		targets: got.filter((target) => "start" in target),
		missing: got.filter((target) => "why" in target),
	};
}

/** Every part but the one in an extension host. */
async function runParts(options: BenchOptions, worker: string, folder: string) {
	const wanted = parts.filter(({ name }) => options.only.includes(name));
	if (wanted.length === 0) return { targets: [], missing: [], results: [] };
	const needed = options.targets.filter((name) => wanted.some((part) => takesPart(part, name)));
	const { targets, missing } = await getTargets(needed, worker);
	const lab = await openLab({ quick: options.quick, pinned: true });
	const { rounds, ways } = options;
	const directions = withDirect(ways);
	const results: PartResult[] = [];
	for (const part of wanted) {
		const onProgress = (line: string) => console.log(line);
		results.push(await runPart(part, lab, targets, { rounds, directions, folder, onProgress }));
	}
	await lab.stop();
	return { targets, missing, results };
}

function aimsOf(results: readonly PartResult[], blockedHost: BlockedHostResult | null): readonly AimResult[] {
	const ofParts = aims.flatMap((aim) => {
		const result = results.find(({ part }) => part.name === aim.part);
		return result === undefined ? [] : [resultOf(aim, result)];
	});
	return [...ofParts, ...(blockedHost === null ? [] : blockedAims(blockedHost))];
}

/** @returns whether our own proxy answered everything, and rightly. */
function isSound(results: readonly PartResult[]): boolean {
	return results.every(
		({ rounds, failures }) =>
			!failures.has("relayAccounts") && (rounds.get("relayAccounts") ?? []).every(({ bad }) => bad === 0),
	);
}

async function bench(options: BenchOptions): Promise<number> {
	const folder = makeRunFolder();
	const machine = thisMachine();
	const startedAt = new Date();
	const dist = join(folder, "dist");
	const worker = join(dist, "worker.cjs");
	await buildBundles(`--outdir=${dist}`, ...(options.profile === null ? ["--production"] : []));
	const part = parts.find(({ name }) => name === options.profile);
	if (part !== undefined) {
		const lab = await openLab({ quick: options.quick, pinned: true });
		await profilePart(part, lab, {
			directions: options.ways,
			worker,
			folder,
			keep: join(root, "out", "profiles"),
			root,
		});
		return 0;
	}

	const { targets, missing, results } = await runParts(options, worker, folder);
	const remarks: string[] = [];
	let blockedHost: BlockedHostResult | null = null;
	if (options.only.includes(blockedPart)) {
		blockedHost = await runBlockedHost({ dist, folder, rounds: options.rounds, quick: options.quick }).catch(
			(error: unknown) => {
				remarks.push(`\`${blockedPart}\` failed: ${error instanceof Error ? error.message : error}`);
				return null;
			},
		);
	}
	if (isEnding()) return 1;
	const report = reportOf({
		machine,
		startedAt,
		rounds: options.rounds,
		quick: options.quick,
		targets,
		missing,
		aims: aimsOf(results, blockedHost),
		parts: results,
		blockedHost,
		remarks,
	});
	await mkdir(dirname(options.out), { recursive: true });
	await writeFile(options.out, `${report}\n`);
	console.log(`\n${report}\n\n${options.out}`);
	return isSound(results) && remarks.length === 0 ? 0 : 1;
}

async function main(): Promise<void> {
	let options: BenchOptions;
	try {
		options = readOptions(process.argv.slice(2), root);
	} catch (error) {
		console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
		process.exit(2);
	}
	await runToEnd(() => bench(options));
}

await main();
