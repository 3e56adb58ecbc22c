import { randomUUID } from "node:crypto";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { LogLevel } from "../bridge/protocol.ts";
import type { Account } from "./account.ts";
import { withFileLock } from "./fileLock.ts";
import { codeOf, prepareText, readText, realPathOf, removeLeftovers, replaceText } from "./fileText.ts";
import { type AsideEntry, accountFileJson, type FileReading, fileVersion, readAccountFile } from "./migration.ts";

export const accountFileName = "accounts.json";
const lastGoodName = `${accountFileName}.last-good`;

/** A newer release of the extension wrote the file: this one must neither guess what it says nor write over it. */
export class NewerFileError extends Error {
	readonly version: number;

	constructor(version: number) {
		super(
			`${accountFileName} has version ${version}, this release of Relay Accounts knows up to ${fileVersion}. Update the extension.`,
		);
		this.name = "NewerFileError";
		this.version = version;
	}
}

export type Log = (level: LogLevel, message: string) => void;

/** Takes accounts, gives accounts. May run more than once, on what the file holds by then. */
export type Edit = (accounts: readonly Account[]) => readonly Account[];

type Content = Extract<FileReading, { kind: "read" }> & {
	/** What stood in the file; null when there is none, or when this comes from the last good copy. */
	readonly text: string | null;
};

/** Milliseconds. An editor that writes in place empties the file first: the text is unreadable for a moment. */
const settling = 100;

/**
 * The saved accounts in `folder`: `accounts.json`, its last good copy, and what had to be put aside. Only the user can
 * read them.
 */
export class AccountFile {
	readonly #path: string;
	readonly #lastGood: string;
	readonly #log: Log;
	/** Entries that were logged, so that each reading does not say it again. */
	readonly #reported = new Set<string>();

	constructor(folder: string, log: Log) {
		this.#path = join(folder, accountFileName);
		this.#lastGood = join(folder, lastGoodName);
		this.#log = log;
	}

	/**
	 * What the file holds. Puts an unreadable file aside, restores a lost one and migrates an old one on the way.
	 * @throws NewerFileError, and what the file system throws.
	 */
	async load(): Promise<readonly Account[]> {
		const text = await readText(this.#path);
		const reading = text === null ? null : this.#understand(text);
		if (reading?.kind === "newer") throw new NewerFileError(reading.version);
		if (reading?.kind === "read" && !reading.outdated) return reading.accounts;
		if (text === null && (await readText(this.#lastGood)) === null) return [];
		try {
			return await this.update((accounts) => accounts);
		} catch (error) {
			if (error instanceof NewerFileError) throw error;
			this.#log("error", `The account file could not be mended or migrated: ${messageOf(error)}`);
			return reading?.kind === "read" ? reading.accounts : ((await this.#readLastGood())?.accounts ?? []);
		}
	}

	/** Locks, reads, edits, writes in one step, unlocks. Writes nothing when nothing changed. */
	async update(edit: Edit): Promise<readonly Account[]> {
		for (;;) {
			const saved = await withFileLock(this.#path, async (held) => {
				const path = await realPathOf(this.#path);
				await removeLeftovers(path);
				const content = await this.#readLocked();
				const accounts = edit(content.accounts);
				const unchanged = isDeepStrictEqual(accounts, content.accounts);
				if (unchanged && !content.outdated) return content.accounts;
				const text = textOf(accounts, content.aside);
				const pending = await prepareText(path, text);
				// A lock that was taken over, or an editor that knows no lock: what was read is no longer what is there.
				if (held.lost || (await readText(this.#path)) !== content.text) {
					await pending.discard();
					return null;
				}
				await pending.commit();
				await this.#keepLastGood(text);
				return accounts;
			});
			if (saved !== null) return saved;
		}
	}

	async #readLocked(): Promise<Content> {
		const text = await this.#settledText();
		const reading = text === null ? null : this.#understand(text);
		if (reading?.kind === "newer") throw new NewerFileError(reading.version);
		if (reading?.kind === "read") return { ...reading, text };
		if (reading?.kind === "unreadable") await this.#putAside(this.#path);
		return (await this.#restored()) ?? { kind: "read", accounts: [], aside: [], outdated: false, text: null };
	}

	async #settledText(): Promise<string | null> {
		let text = await readText(this.#path);
		while (text !== null && this.#understand(text).kind === "unreadable") {
			await pause(settling);
			const later = await readText(this.#path);
			if (later === text) break;
			text = later;
		}
		return text;
	}

	async #restored(): Promise<Content | null> {
		const content = await this.#readLastGood();
		if (content !== null) {
			this.#log("warn", `${accountFileName} was missing or unreadable; the last good copy is used.`);
		} else if ((await readText(this.#lastGood)) !== null) {
			await this.#putAside(this.#lastGood);
		}
		return content;
	}

	async #readLastGood(): Promise<Content | null> {
		const text = await readText(this.#lastGood);
		const reading = text === null ? null : this.#understand(text);
		if (reading?.kind === "newer") throw new NewerFileError(reading.version);
		return reading?.kind === "read" ? { ...reading, outdated: true, text: null } : null;
	}

	async #putAside(named: string): Promise<void> {
		const path = await realPathOf(named);
		const aside = `${path}.unreadable-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
		await rename(path, aside);
		this.#log("error", `An account file that could not be read was put aside as ${aside}`);
	}

	async #keepLastGood(text: string): Promise<void> {
		try {
			await replaceText(this.#lastGood, text);
		} catch (error) {
			this.#log("warn", `The accounts are saved, but their last good copy is not: ${messageOf(error)}`);
		}
	}

	#understand(text: string): FileReading {
		const reading = readAccountFile(jsonIn(text), { now: new Date().toISOString(), makeId: randomUUID });
		if (reading.kind === "read") for (const entry of reading.aside) this.#report(entry);
		return reading;
	}

	#report({ raw, field }: AsideEntry): void {
		const known = JSON.stringify(raw) ?? "";
		if (this.#reported.has(known)) return;
		this.#reported.add(known);
		this.#log("warn", `An entry of ${accountFileName} is left as it is because its ${field} cannot be understood.`);
	}
}

export function messageOf(error: unknown): string {
	return codeOf(error) ?? (error instanceof Error ? error.message : String(error));
}

function textOf(accounts: readonly Account[], aside: readonly AsideEntry[]): string {
	return `${JSON.stringify(accountFileJson(accounts, aside), null, "\t")}\n`;
}

/** @returns undefined for what is no JSON. */
function jsonIn(text: string): unknown {
	try {
		return JSON.parse(text.replace(/^\ufeff/, ""));
	} catch {
		return undefined;
	}
}
