import { rename } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Log, messageOf } from "./accountFile.ts";
import { withFileLock } from "./fileLock.ts";
import { prepareText, readText, realPathOf, removeLeftovers } from "./fileText.ts";

/** What a text of the file says. */
export type TextReading<T> =
	| { readonly kind: "read"; readonly value: T }
	| { readonly kind: "newer"; readonly version: number }
	| { readonly kind: "unreadable" };

/** How values are written down. */
export interface TextForm<T> {
	readonly empty: T;
	readonly read: (text: string) => TextReading<T>;
	readonly write: (value: T) => string;
}

/** Milliseconds. An editor that writes in place empties the file first: the text is unreadable for a moment. */
const settling = 100;

/**
 * A file that several windows read and change. Replaced in one step, under a lock; what cannot be read is put aside
 * before it is written over, and what a newer release wrote is not written over at all.
 */
export class SharedFile<T> {
	readonly #path: string;
	readonly #form: TextForm<T>;
	readonly #log: Log;

	constructor(path: string, form: TextForm<T>, log: Log) {
		this.#path = path;
		this.#form = form;
		this.#log = log;
	}

	/**
	 * Changes nothing: what cannot be read counts as empty.
	 * @throws what the file system throws, and when a newer release wrote the file.
	 */
	async load(): Promise<T> {
		const text = await readText(this.#path);
		return text === null ? this.#form.empty : (this.#valueOf(text) ?? this.#form.empty);
	}

	/**
	 * Locks, reads, edits, writes in one step, unlocks.
	 * @param edit may run more than once, on what the file holds by then.
	 */
	async update(edit: (value: T) => T): Promise<T> {
		for (;;) {
			const result = await withFileLock(this.#path, async (held) => {
				const path = await realPathOf(this.#path);
				await removeLeftovers(path);
				const text = await this.#settledText(path);
				const value = edit(text === null ? this.#form.empty : (this.#valueOf(text) ?? this.#form.empty));
				const written = this.#form.write(value);
				if (written === text) return { value };
				const pending = await prepareText(path, written);
				// A lock that was taken over, or an editor that knows no lock: what was read is no longer what is there.
				if (held.lost || (await readText(path)) !== text) {
					await pending.discard();
					return null;
				}
				await pending.commit();
				return { value };
			});
			if (result !== null) return result.value;
		}
	}

	/** The text as it stands; null when there is none, or none that can be read: that one is put aside. */
	async #settledText(path: string): Promise<string | null> {
		let text = await readText(path);
		while (text !== null && this.#valueOf(text) === null) {
			await pause(settling);
			const later = await readText(path);
			if (later === text) {
				await this.#putAside(path);
				return null;
			}
			text = later;
		}
		return text;
	}

	async #putAside(path: string): Promise<void> {
		const aside = `${path}.unreadable-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
		try {
			await rename(path, aside);
		} catch (error) {
			throw new Error(`${basename(path)} is unreadable and could not be put aside: ${messageOf(error)}`);
		}
		this.#log("warn", `A file that could not be read was put aside as ${aside}`);
	}

	/** @returns null when the text is unreadable. */
	#valueOf(text: string): T | null {
		const reading = this.#form.read(text);
		if (reading.kind === "newer") {
			throw new Error(
				`${basename(this.#path)} has version ${reading.version}, which this release of Relay Accounts does not know. Update the extension.`,
			);
		}
		return reading.kind === "read" ? reading.value : null;
	}
}
