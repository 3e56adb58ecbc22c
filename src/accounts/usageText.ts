import { isRecord } from "./fieldProblem.ts";
import type { TextForm, TextReading } from "./sharedFile.ts";
import { type Counts, countNames, UsageTable } from "./usageTable.ts";

const version = 1;
const isoDay = /^\d{4}-\d\d-\d\d$/;

/** The table as JSON: account id → day → model → counts. */
export const usageText: TextForm<UsageTable> = { empty: new UsageTable(), read, write };

function write(table: UsageTable): string {
	const accounts = new Map<string, Map<string, Map<string, Counts>>>();
	for (const { accountId, day, model, counts } of table.rows()) {
		const days = accounts.get(accountId) ?? new Map<string, Map<string, Counts>>();
		const models = days.get(day) ?? new Map<string, Counts>();
		accounts.set(accountId, days.set(day, models.set(model, counts)));
	}
	const json = [...accounts].map(([id, days]) => [id, Object.fromEntries([...days].map(dayJson))] as const);
	return `${JSON.stringify({ version, accounts: Object.fromEntries(json) })}\n`;
}

function dayJson([day, models]: readonly [string, ReadonlyMap<string, Counts>]) {
	return [day, Object.fromEntries(models)] as const;
}

function read(text: string): TextReading<UsageTable> {
	const json = jsonIn(text);
	if (!isRecord(json) || !Number.isSafeInteger(json["version"]) || !isRecord(json["accounts"])) {
		return { kind: "unreadable" };
	}
	const found = Number(json["version"]);
	if (found > version) return { kind: "newer", version: found };
	const table = new UsageTable();
	for (const [accountId, days] of entriesOf(json["accounts"])) {
		for (const [day, models] of entriesOf(days)) {
			if (!isoDay.test(day)) continue;
			for (const [model, raw] of entriesOf(models)) {
				const counts = countsIn(raw);
				if (counts !== null) table.add({ accountId, day, model, counts });
			}
		}
	}
	return { kind: "read", value: table };
}

/** A count that is missing is zero; one that is no count makes the whole row worthless. */
function countsIn(raw: unknown): Counts | null {
	if (!isRecord(raw)) return null;
	const numbers = countNames.map((name) => [name, raw[name] ?? 0] as const);
	if (!numbers.every(([, value]) => Number.isSafeInteger(value) && Number(value) >= 0)) return null;
	return Object.fromEntries(numbers) as Counts;
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
	return isRecord(value) ? Object.entries(value) : [];
}

/** @returns undefined for what is no JSON. */
function jsonIn(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
