import { type Aim, atMost, own, ratio } from "./aim.ts";
import type { TargetName } from "./targets/target.ts";
import { type Direction, directions, isDirect, nameOf, titleOf } from "./wire/directions.ts";

const one = { part: "translated", digits: 2 };
/** Of what the direct path takes. */
const mostShare = { cpu: 2, first: 1.5 };

/** What others can do, too. */
const rivals: readonly (readonly [other: TargetName, title: string, directions: readonly Direction[]])[] = [
	[
		"portkey",
		"portkey",
		[
			{ client: "openai", account: "anthropic" },
			{ client: "openai", account: "gemini" },
		],
	],
	[
		"claudeCodeRouter",
		"claude-code-router",
		[
			{ client: "anthropic", account: "openai" },
			{ client: "anthropic", account: "gemini" },
		],
	],
];

/** Both measures of a direction. */
function both(
	direction: Direction,
	against: string,
	aims: (column: "cpu" | "first") => Pick<Aim, "values" | "figure" | "holds">,
) {
	const aim = (what: string) => `${titleOf(direction)}: ${what}, against ${against}`;
	return [
		{ ...one, aim: aim("CPU per paced event"), ...aims("cpu") },
		{ ...one, aim: aim("time to first event, p50"), ...aims("first") },
	];
}

/** Our translation against our own direct path of the same client's format, and against others. */
export const translatedAims: readonly Aim[] = [
	...directions
		.filter((direction) => !isDirect(direction))
		.flatMap((direction) =>
			both(direction, "direct", (column) => ({
				values: own(`${nameOf(direction)}.${column}Share`),
				...atMost(mostShare[column]),
			})),
		),
	...rivals.flatMap(([other, title, theirs]) =>
		theirs.flatMap((direction) =>
			both(direction, title, (column) => ({ values: ratio(other, `${nameOf(direction)}.${column}`), ...atMost(1) })),
		),
	),
];
