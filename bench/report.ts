import type { AimResult } from "./aim.ts";
import type { BlockedHostResult } from "./blockedHost.ts";
import { canPin, hasProc, type Machine } from "./machine.ts";
import { type Column, type Measures, type Part, takesPart } from "./parts/part.ts";
import type { PartResult } from "./run.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import type { MissingTarget, Target } from "./targets/target.ts";

export interface Report {
	readonly machine: Machine;
	readonly startedAt: Date;
	readonly rounds: number;
	readonly quick: boolean;
	readonly targets: readonly Target[];
	readonly missing: readonly MissingTarget[];
	readonly aims: readonly AimResult[];
	readonly parts: readonly PartResult[];
	/** Null: not run. */
	readonly blockedHost: BlockedHostResult | null;
	/** What went wrong beside the parts. */
	readonly remarks: readonly string[];
}

/** The whole as Markdown. */
export function reportOf(report: Report): string {
	return [
		"# Bench",
		`${conditions(report).join("\n")}`,
		"## Aims",
		aimsTable(report.aims),
		"Ratios are taken round by round inside this run; the median counts unless a line says every time.",
		...report.parts.flatMap((part) => section(part, report.targets)),
		...(report.blockedHost === null ? [] : blockedSection(report.blockedHost)),
		"## What was measured",
		notes(report),
	].join("\n\n");
}

function conditions({ machine, startedAt, rounds, quick }: Report): readonly string[] {
	const pinning = canPin
		? "the target on core 0, upstream and load on core 1"
		: "processes not kept to cores of their own, which needs Linux, taskset and two cores";
	return [
		...(quick ? ["**A quick run: it shows that everything works; its figures mean nothing.**", ""] : []),
		`- ${startedAt.toISOString().slice(0, 16).replace("T", " ")} UTC, ${rounds} ${rounds === 1 ? "round" : "rounds"}, targets in turn, each run paired with a direct one just before`,
		`- ${machine.cpu}, ${machine.cores} cores, ${machine.memory}; ${machine.system}; load before the run ${machine.load}`,
		`- Node ${machine.node} for everything that runs on Node; ${pinning}`,
		`- CPU: user and system time of all processes of a target${hasProc ? "" : "; **not measured: this needs Linux**"}`,
		"- cells: median (least..most) over the rounds; bad: replies that broke off, were not what the upstream sent, or never came, in all rounds",
	];
}

function aimsTable(aims: readonly AimResult[]): string {
	const rows = aims.map(({ aim, figure, measured, digits, isMet }) => [
		aim,
		figure,
		measured === null ? "not measured" : cell(measured, digits),
		isMet === null ? "–" : isMet ? "met" : "**missed**",
	]);
	return table([["aim", "figure", "measured", ""], ...rows]);
}

function section({ part, rounds, failures }: PartResult, all: readonly Target[]): readonly string[] {
	const targets = all.filter(({ name }) => takesPart(part, name));
	const failed = targets
		.filter(({ name }) => failures.has(name))
		.map(({ name, title }) => `- ${title} failed: ${firstLine(failures.get(name) ?? "")}`);
	return [
		`## ${part.title}`,
		`\`${part.name}\`: ${part.how}`,
		part.rows === undefined ? targetTable(part, rounds, targets) : rowTable(part, part.rows, rounds, targets),
		...(failed.length > 0 ? [failed.join("\n")] : []),
	];
}

type Rounds = PartResult["rounds"];

function targetTable({ columns }: Part, rounds: Rounds, targets: readonly Target[]): string {
	return table([
		["target", ...columns.map(({ title }) => title), "rounds", "bad"],
		row("direct", columns, rounds.get("direct") ?? []),
		...targets.map(({ name, title }) => row(title, columns, rounds.get(name) ?? [])),
	]);
}

/** A line for each row of the part and each target that was measured in it. */
function rowTable(
	{ columns }: Part,
	rows: NonNullable<Part["rows"]>,
	rounds: Rounds,
	targets: readonly Target[],
): string {
	const lines = rows.flatMap(({ key, title }) =>
		targets.flatMap((target) => {
			const measured = measuresOf(key, rounds.get(target.name) ?? []);
			return measured.length === 0 ? [] : [[title, ...row(target.title, columns, measured)]];
		}),
	);
	return table([["", "target", ...columns.map(({ title }) => title), "rounds", "bad"], ...lines]);
}

/** Those of one row, by the keys of the columns. */
function measuresOf(key: string, rounds: readonly Measures[]): readonly Measures[] {
	return rounds.flatMap((round) => {
		const bad = round[`${key}.bad`];
		const own = Object.entries(round).filter(([column]) => column.startsWith(`${key}.`));
		return bad === undefined
			? []
			: [{ ...Object.fromEntries(own.map(([column, value]) => [column.slice(key.length + 1), value])), bad }];
	});
}

function blockedSection({ how, columns, rows }: BlockedHostResult): readonly string[] {
	return [
		"## Another extension blocks the host",
		`\`blocked\`: ${how}`,
		table([
			["way", ...columns.map(({ title }) => title), "rounds", "bad"],
			...rows.map(({ title, rounds }) => row(title, columns, rounds)),
		]),
	];
}

function row(title: string, columns: readonly Column[], rounds: readonly Measures[]): readonly string[] {
	const cells = columns.map(({ key, digits }) => {
		const spread = spreadOf(rounds.map((one) => one[key] ?? Number.NaN).filter((value) => Number.isFinite(value)));
		return spread === null ? "–" : cell(spread, digits);
	});
	const bad = rounds.reduce((sum, one) => sum + one.bad, 0);
	return [title, ...cells, String(rounds.length), String(bad)];
}

function cell({ median, least, most, rounds }: Spread, digits: number): string {
	const text = (value: number) => value.toFixed(digits);
	return rounds === 1 ? text(median) : `${text(median)} (${text(least)}..${text(most)})`;
}

function notes({ targets, missing, remarks }: Report): string {
	return [
		"- direct: the load asks the upstream itself",
		...targets.map(({ title, note }) => `- ${title}: ${note}`),
		...missing.map(({ title, why }) => `- ${title} was left out: ${why.trim().replace(/\s*\n\s*/g, " ")}`),
		...remarks.map((remark) => `- ${remark}`),
	].join("\n");
}

function firstLine(text: string): string {
	return text.split("\n", 1)[0] ?? "";
}

function table([head = [], ...body]: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}
