import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { formats } from "../src/accounts/account.ts";
import { parts } from "./parts/parts.ts";
import { type TargetName, targetNames, usualTargets } from "./targets/target.ts";
import { type DirectionName, directions, nameOf } from "./wire/directions.ts";

/** The part that runs in a real extension host. */
export const blockedPart = "blocked";

export interface BenchOptions {
	readonly rounds: number;
	/** Names of parts. */
	readonly only: readonly string[];
	readonly targets: readonly TargetName[];
	/** Of `translated`. */
	readonly ways: readonly DirectionName[];
	/** For the Markdown. An absolute path. */
	readonly out: string;
	readonly quick: boolean;
	/** The part in which our target is profiled, instead of a run. */
	readonly profile: string | null;
}

const wayNames = directions.map(nameOf);
const partNames = [...parts.map(({ name }) => name), blockedPart];

export const usage = `npm run bench -- [options]

  --rounds N       rounds of each part; 5 by default
  --only PART      only this part; may be given several times: ${partNames.join(", ")}
  --target NAME    only this target; may be given several times: ${targetNames.join(", ")};
                   bare, the least a relay on Node can be, is measured only when it is named
  --way NAME       only this way of the part translated, and the direct one of its client; may be given several times:
                   ${formats.join(", ")} twice with a hyphen between, the client's first
  --out FILE       where the Markdown goes; out/bench.md by default
  --quick          small jobs, one round: shows that everything works, the figures mean nothing
  --profile PART   profiles our proxy's threads during one part and prints where the time goes`;

/** @throws with a text for people. Paths are relative to the folder that npm was called in. */
export function readOptions(args: readonly string[], root: string): BenchOptions {
	const { values } = parseArgs({
		args: [...args],
		options: {
			rounds: { type: "string" },
			only: { type: "string", multiple: true },
			target: { type: "string", multiple: true },
			way: { type: "string", multiple: true },
			out: { type: "string" },
			quick: { type: "boolean", default: false },
			profile: { type: "string" },
		},
	});
	const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
	if (!Number.isInteger(rounds) || rounds < 1) {
		throw new Error(`--rounds takes a whole number from 1 on, not ${values.rounds}.`);
	}
	const here = process.env["INIT_CWD"] ?? process.cwd();
	return {
		rounds,
		only: values.only === undefined ? partNames : values.only.map((name) => known("--only", name, partNames)),
		targets:
			values.target === undefined ? usualTargets : values.target.map((name) => known("--target", name, targetNames)),
		ways: values.way === undefined ? wayNames : values.way.map((name) => known("--way", name, wayNames)),
		out: values.out === undefined ? resolve(root, "out", "bench.md") : resolve(here, values.out),
		quick: values.quick,
		profile:
			values.profile === undefined
				? null
				: known(
						"--profile",
						values.profile,
						parts.map(({ name }) => name),
					),
	};
}

function known<Name extends string>(option: string, given: string, names: readonly Name[]): Name {
	const found = names.find((name) => name === given);
	if (found === undefined) throw new Error(`${option} takes one of ${names.join(", ")}, not ${given}.`);
	return found;
}
