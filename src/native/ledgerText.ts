import { randomBytes } from "node:crypto";
import { isRecord } from "../accounts/fieldProblem.ts";
import type { TextForm, TextReading } from "../accounts/sharedFile.ts";

/** What the windows agree on about one account's refresh tokens. */
export interface LedgerEntry {
	/** Digest of the one token that may be sent; null: none may. */
	readonly current: string | null;
	/** When it became so, in milliseconds since 1970. */
	readonly rotatedAt: number;
	/** When it was sent without an answer that was stored, in milliseconds since 1970; null: it was not. */
	readonly sentAt: number | null;
}

export interface Ledger {
	/** Of the digests, in hex. */
	readonly salt: string;
	/** By account id. */
	readonly entries: ReadonlyMap<string, LedgerEntry>;
}

const version = 1;

/** Each instance has a salt of its own until there is a file. */
export function ledgerForm(): TextForm<Ledger> {
	return { empty: { salt: randomBytes(16).toString("hex"), entries: new Map() }, read: readLedger, write: writeLedger };
}

function writeLedger({ salt, entries }: Ledger): string {
	const logins = [...entries].map(([accountId, entry]) => ({ accountId, ...entry }));
	return `${JSON.stringify({ version, salt, logins })}\n`;
}

function readLedger(text: string): TextReading<Ledger> {
	try {
		const json: unknown = JSON.parse(text);
		if (!isRecord(json) || !Array.isArray(json["logins"])) return { kind: "unreadable" };
		const found = Number(json["version"]);
		if (found > version) return { kind: "newer", version: found };
		const { salt } = json;
		if (typeof salt !== "string" || salt === "") return { kind: "unreadable" };
		const logins: readonly unknown[] = json["logins"];
		return { kind: "read", value: { salt, entries: new Map(logins.map(readEntry).filter((entry) => entry !== null)) } };
	} catch {
		return { kind: "unreadable" };
	}
}

function readEntry(raw: unknown): readonly [accountId: string, entry: LedgerEntry] | null {
	if (!isRecord(raw)) return null;
	const { accountId, current, rotatedAt, sentAt } = raw;
	if (typeof accountId !== "string" || (current !== null && typeof current !== "string")) return null;
	return [
		accountId,
		{
			current,
			rotatedAt: isMoment(rotatedAt) ? rotatedAt : 0,
			sentAt: isMoment(sentAt) ? sentAt : null,
		},
	];
}

function isMoment(value: unknown): value is number {
	return typeof value === "number" && Number.isFinite(value);
}
