import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Rest, RestReason, SavedRest } from "../bridge/accountLive.ts";
import { type Log, messageOf } from "./accountFile.ts";
import { Debounce } from "./debounce.ts";
import { isRecord } from "./fieldProblem.ts";
import type { Disposable } from "./listeners.ts";
import { SharedFile, type TextForm, type TextReading } from "./sharedFile.ts";
import { Turns } from "./turns.ts";

const restFileName = "rests.json";
const version = 1;
const mostRests = 500;
/** Characters. */
const longestText = 300;
/** Milliseconds: a year. Whatever lies beyond is a mistake. */
const longestRest = 366 * 86_400_000;

/** Milliseconds. */
const writing = { quiet: 1_000, longest: 5_000 };

/** A refused key is tried again after a restart. */
const reasons: readonly RestReason[] = ["outOfQuota", "rateLimited", "failing", "modelUnknown"];

/** Cooldowns in a file, so that a reload of the window does not end them. Only the window that serves writes it. */
export class RestFile implements Disposable {
	readonly #log: Log;
	readonly #now: () => number;
	readonly #file: SharedFile<readonly SavedRest[]>;
	readonly #turns = new Turns();
	readonly #writeSoon = new Debounce(() => void this.flush(), writing);
	/** As the file had them at first, then as they were kept last. */
	#rests: readonly SavedRest[] = [];
	/** Whether this window has kept any: what another one has left in the file is written over only then. */
	#hasKept = false;
	/** Null before the first write. */
	#written: readonly SavedRest[] | null = null;

	/** @param now milliseconds since 1970. */
	constructor(folder: string, log: Log, now: () => number = Date.now) {
		this.#log = log;
		this.#now = now;
		this.#file = new SharedFile(join(folder, restFileName), restText, log);
	}

	/** Never rejects: what cannot be read is logged. */
	async load(): Promise<void> {
		try {
			this.#rests = await this.#file.load();
		} catch (error) {
			this.#log("warn", `The saved cooldowns could not be read: ${messageOf(error)}`);
		}
	}

	/** Those that have not ended. */
	get rests(): readonly SavedRest[] {
		return this.#rests.filter(({ rest }) => isOpen(rest, this.#now()));
	}

	/** Takes the place of what was kept before; written soon. */
	keep(lasting: readonly SavedRest[]): void {
		const clean = lasting.map(cleanRest).filter((saved) => saved !== null);
		const rests = clean.filter(({ rest }) => isOpen(rest, this.#now())).slice(0, mostRests);
		if (this.#written !== null && isDeepStrictEqual(rests, this.#rests)) return;
		this.#rests = rests;
		this.#hasKept = true;
		this.#writeSoon.start();
	}

	/** Writes what is not in the file yet. Never rejects. */
	flush(): Promise<void> {
		this.#writeSoon.cancel();
		return this.#turns.take(() => this.#write());
	}

	/** Writes what is left on its own time; `flush` before is what waits for it. */
	dispose(): void {
		if (this.#writeSoon.isDue) void this.flush();
	}

	async #write(): Promise<void> {
		const rests = this.#rests;
		if (!this.#hasKept || rests === this.#written) return;
		try {
			await this.#file.update(() => rests);
			this.#written = rests;
		} catch (error) {
			this.#log("warn", `The cooldowns could not be saved: ${messageOf(error)}`);
		}
	}
}

const restText: TextForm<readonly SavedRest[]> = {
	empty: [],
	write: (rests) => `${JSON.stringify({ version, rests })}\n`,
	read: readRests,
};

function readRests(text: string): TextReading<readonly SavedRest[]> {
	try {
		const json: unknown = JSON.parse(text);
		if (!isRecord(json) || !Array.isArray(json["rests"])) return { kind: "unreadable" };
		const found = Number(json["version"]);
		if (found > version) return { kind: "newer", version: found };
		const rests = (json["rests"] as readonly unknown[]).map(cleanRest).filter((rest) => rest !== null);
		return { kind: "read", value: rests.slice(0, mostRests) };
	} catch {
		return { kind: "unreadable" };
	}
}

/** What may stand in the file; null for anything else. */
function cleanRest(raw: unknown): SavedRest | null {
	if (!isRecord(raw) || !isRecord(raw["rest"])) return null;
	const { accountId, model } = raw;
	const { reason: named, until, status, detail } = raw["rest"];
	const reason = reasons.find((known) => known === named);
	if (typeof accountId !== "string" || !(model === null || typeof model === "string")) return null;
	if (reason === undefined || typeof until !== "number" || !Number.isFinite(until)) return null;
	if (accountId === "" || [accountId, model ?? ""].some(({ length }) => length > longestText)) return null;
	return {
		accountId,
		model,
		rest: {
			reason,
			until,
			status: Number.isSafeInteger(status) ? Number(status) : null,
			detail: typeof detail === "string" ? [...detail].slice(0, longestText).join("").toWellFormed() : "",
		},
	};
}

function isOpen({ until }: Rest, now: number): boolean {
	return until !== null && until > now && until <= now + longestRest;
}
