import { type Format, formats } from "../../src/accounts/account.ts";
import { type Message, messages } from "./sdkTypes/typeReading.ts";

/** A row of a table in `docs/translation.md`. */
export interface TableRow {
	readonly format: Format;
	/** null: a field that the SDK does not know. */
	readonly message: Message | null;
	readonly path: string;
	readonly becomes: string;
}

const formatHeadings: Readonly<Record<Format, string>> = {
	openai: "OpenAI Chat Completions",
	codex: "Codex Responses",
	anthropic: "Anthropic Messages",
	gemini: "Gemini generateContent",
};
const messageHeadings: Readonly<Record<Message, string>> = {
	request: "Request",
	reply: "Reply",
	stream: "Stream events",
	errors: "Errors",
};
const otherHeading = "Beyond the SDK";

/** The rows of all tables below a heading that is known here. */
export function readTables(text: string): readonly TableRow[] {
	const rows: TableRow[] = [];
	let format: Format | undefined;
	let message: Message | null | undefined;
	for (const line of text.split("\n")) {
		const [, hashes, heading] = /^(##+) (.*)$/.exec(line) ?? [];
		if (hashes !== undefined && hashes.length <= 2) {
			format = formats.find((one) => formatHeadings[one] === heading);
			message = undefined;
		} else if (hashes === "###") {
			message = heading === otherHeading ? null : messages.find((one) => messageHeadings[one] === heading);
		} else if (format !== undefined && message !== undefined) {
			const row = rowOf(line);
			if (row !== null) rows.push({ format, message, ...row });
		}
	}
	return rows;
}

/** @returns null for what is no row of a field. */
function rowOf(line: string): Pick<TableRow, "path" | "becomes"> | null {
	const [, path, becomes] = /^\| `([^`]+)` \|(.*)\|$/.exec(line.trim()) ?? [];
	return path === undefined || becomes === undefined ? null : { path, becomes: becomes.trim() };
}

/** What tables of one format lack, or have too much, against the fields that its SDK knows. */
export function tableGaps(
	rows: readonly TableRow[],
	fields: readonly Pick<TableRow, "message" | "path">[],
): readonly string[] {
	const keyOf = ({ message, path }: Pick<TableRow, "message" | "path">) => `${message ?? "beyond"}: ${path}`;
	const told = new Map(rows.map((row) => [keyOf(row), row]));
	const known = new Set(fields.map(keyOf));
	const knownPaths = new Set(fields.map(({ path }) => path));
	return [
		...fields.filter((field) => !told.has(keyOf(field))).map((field) => `no row for ${keyOf(field)}`),
		...rows
			.filter((row) => row.message !== null && !known.has(keyOf(row)))
			.map((row) => `no such field: ${keyOf(row)}`),
		...rows
			.filter(({ message, path }) => message === null && knownPaths.has(path))
			.map((row) => `the SDK knows ${row.path}`),
		...rows
			.filter((row, place) => rows.findIndex((other) => keyOf(other) === keyOf(row)) !== place)
			.map((row) => `twice: ${keyOf(row)}`),
		...rows.filter(({ becomes }) => !/[a-z]/i.test(becomes)).map((row) => `empty: ${keyOf(row)}`),
	];
}

/** The words of a row, with those of the row that it refers to by "as `path`". */
export function toldBy(row: TableRow, rows: readonly TableRow[]): string {
	const other = referredBy(row);
	if (other === null) return row.becomes;
	const referred = rows.find(({ format, path }) => format === row.format && isSamePlace(path, other));
	return referred === undefined || referred === row ? row.becomes : `${referred.becomes}; ${row.becomes}`;
}

/** The path of the row that a row refers to. */
export function referredBy({ becomes }: Pick<TableRow, "becomes">): string | null {
	return /^as `([^`]+)`/i.exec(becomes)?.[1] ?? null;
}

/** A list and its items are one place; so are a whole and its members. */
export function isSamePlace(one: string, other: string): boolean {
	const place = (path: string) => path.replace(/(?:\[\]|\.\*)+$/, "");
	return place(one) === place(other);
}
