import type { TrialResult } from "./trial.ts";

const widest = 60;

function shortened(text: string): string {
	return text.length <= widest ? text : `${text.slice(0, widest - 1)}…`;
}

/** The results as aligned columns. */
export function tableOf(results: readonly TrialResult[]): string {
	const rows = [
		["format", "path", "account", "reply", "ms"],
		...results.map(({ format, path, account, words, milliseconds, ok }) => [
			format,
			path || "–",
			account || "–",
			shortened(ok ? words : `FAILED ${words}`),
			String(milliseconds),
		]),
	];
	const columns = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
	const line = (cells: readonly string[]) =>
		cells
			.map((cell, column) => (column === 4 ? cell.padStart(columns[4] ?? 0) : cell.padEnd(columns[column] ?? 0)))
			.join("  ");
	const rule = columns.map((width) => "─".repeat(width)).join("  ");
	const [head = [], ...body] = rows;
	return [line(head), rule, ...body.map(line)].join("\n");
}
