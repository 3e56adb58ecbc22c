import { isRecord } from "../accounts/fieldProblem.ts";

type NamesOf<Defaults, Kind> = {
	[Name in keyof Defaults]: Defaults[Name] extends Kind ? Name : never;
}[keyof Defaults] &
	string;

/** Reads settings one by one: a value that does not fit counts as its default, and is noted. */
export class SettingReader<Defaults extends object> {
	/** Sentences for the log, one for each value that was not used. */
	readonly problems: string[] = [];
	readonly #read: (name: keyof Defaults & string) => unknown;
	readonly #defaults: Defaults;

	constructor(read: (name: keyof Defaults & string) => unknown, defaults: Defaults) {
		this.#read = read;
		this.#defaults = defaults;
	}

	boolean(name: NamesOf<Defaults, boolean>): boolean {
		return this.#pick(name, (value) => typeof value === "boolean", "true or false");
	}

	text(name: NamesOf<Defaults, string>): string {
		return this.#pick(name, (value) => typeof value === "string", "a text");
	}

	/** @param from null: it does not fit. Takes the default too. */
	read<Value>(name: NamesOf<Defaults, string>, from: (typed: string) => Value | null, expected: string): Value {
		const fits = (value: unknown): value is string => typeof value === "string" && from(value) !== null;
		const value = from(this.#pick(name, fits, expected));
		if (value === null) throw new Error(`The default of relayAccounts.${name} does not fit.`);
		return value;
	}

	choice<Choice extends string>(name: NamesOf<Defaults, Choice>, choices: readonly Choice[]): Choice {
		const isChoice = (value: unknown): value is Choice => choices.some((choice) => choice === value);
		return this.#pick(name, isChoice, `one of ${choices.join(", ")}`);
	}

	wholeNumber(name: NamesOf<Defaults, number>, least: number, most: number): number {
		const fits = (value: unknown): value is number => Number.isInteger(value) && isBetween(value, least, most);
		return this.#pick(name, fits, `a whole number from ${least} to ${most}`);
	}

	number(name: NamesOf<Defaults, number>, least: number, most: number, unit: string): number {
		const fits = (value: unknown): value is number => isBetween(value, least, most);
		return this.#pick(name, fits, `a number from ${least} to ${most} (${unit})`);
	}

	/** @param from null: left out, because it `is no …`. */
	list<Item>(name: NamesOf<Defaults, readonly Item[]>, from: (typed: string) => Item | null, isWhat: string): Item[] {
		const isList = (value: unknown): value is readonly string[] =>
			Array.isArray(value) && value.every((item) => typeof item === "string");
		const items: Item[] = [];
		for (const typed of this.#pick<readonly string[]>(name, isList, "a list of texts")) {
			const item = from(typed);
			if (item === null) this.#leaveOut(name, typed, isWhat);
			else items.push(item);
		}
		return items;
	}

	/** @param from null: left out, because it `is no …`. */
	map(
		name: NamesOf<Defaults, Readonly<Record<string, string>>>,
		from: (key: string, value: unknown) => readonly [key: string, value: string] | null,
		isWhat: string,
	): Readonly<Record<string, string>> {
		const entries = new Map<string, string>();
		// What VS Code hands out is a proxy object, which cannot be sent to another thread: this makes a plain one.
		for (const [typed, value] of Object.entries(this.#pick(name, isRecord, "an object of names"))) {
			const entry = from(typed, value);
			if (entry === null || entries.has(entry[0])) this.#leaveOut(name, typed, isWhat);
			else entries.set(...entry);
		}
		return Object.fromEntries(entries);
	}

	#leaveOut(name: string, typed: string, isWhat: string): void {
		this.problems.push(`relayAccounts.${name}: ${JSON.stringify(typed)} ${isWhat} and is left out.`);
	}

	#pick<T>(name: keyof Defaults & string, fits: (value: unknown) => value is T, expected: string): T {
		const value = this.#read(name);
		if (value !== undefined && value !== null) {
			if (fits(value)) return value;
			this.problems.push(`The setting relayAccounts.${name} must be ${expected}; its default is used.`);
		}
		// The name says which kind of default it has.
		return this.#defaults[name] as T;
	}
}

function isBetween(value: unknown, least: number, most: number): value is number {
	return typeof value === "number" && value >= least && value <= most;
}
