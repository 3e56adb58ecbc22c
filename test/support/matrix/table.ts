import { type Format, formats } from "../../../src/accounts/account.ts";

export interface Pair {
	readonly client: Format;
	readonly account: Format;
}

/** The twelve in which something is translated. */
export const pairs: readonly Pair[] = formats.flatMap((client) =>
	formats.filter((account) => account !== client).map((account) => ({ client, account })),
);

/** How a case went: whole, without what the account cannot be told, or wrong. */
export type Result = "whole" | "lost" | "wrong";

/** The lines of what has to come through, in the order in which they are met. */
const lines = new Map<string, Map<string, Set<Result>>>();

export function note(line: string, pair: Pair, result: Result): void {
	const row = lines.get(line) ?? new Map<string, Set<Result>>();
	lines.set(line, row);
	const cell = row.get(nameOf(pair)) ?? new Set<Result>();
	row.set(nameOf(pair), cell.add(result));
}

export function nameOf({ client, account }: Pair): string {
	return `${client} → ${account}`;
}

const short: Readonly<Record<Format, string>> = { openai: "op", anthropic: "an", gemini: "ge", codex: "co" };

/** ✓ it comes through, – the account cannot be told and the client is told so, ✗ it is wrong, · the client cannot say it. */
export function tableText(): string {
	if (lines.size === 0) return "";
	const width = Math.max(...[...lines.keys()].map(({ length }) => length));
	const head = pairs.map(({ client, account }) => `${short[client]}→${short[account]}`).join(" ");
	const rows = [...lines].map(([line, row]) => {
		const cells = pairs.map((pair) => `  ${signOf(row.get(nameOf(pair)))}  `).join(" ");
		return `${line.padEnd(width)}  ${cells}`;
	});
	return ["", `${"".padEnd(width)}  ${head}`, ...rows, ""].join("\n");
}

function signOf(results: ReadonlySet<Result> | undefined): string {
	if (results === undefined) return "·";
	if (results.has("wrong")) return "✗";
	return results.has("whole") ? "✓" : "–";
}
