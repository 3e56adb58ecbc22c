import { isRecord } from "./modelList.ts";
import { Malformed } from "./translation.ts";

type JsonRecord = Readonly<Record<string, unknown>>;

/** Names of fields that were found and cannot be carried, each once. */
export class LostFields {
	readonly #paths = new Set<string>();

	add(path: string): void {
		this.#paths.add(path);
	}

	get paths(): readonly string[] {
		return [...this.#paths];
	}
}

/**
 * The members of one JSON object of a request, each to be taken. What nobody takes is lost, and named: a reader that does not
 * know a field cannot lose it in silence. `null` counts as absent, as the SDKs have it.
 */
export class Fields {
	/** Of the object itself, for messages: `messages[3].content`. */
	readonly path: string;
	readonly #record: JsonRecord;
	readonly #lost: LostFields;
	readonly #taken = new Set<string>();

	private constructor(record: JsonRecord, path: string, lost: LostFields) {
		this.#record = record;
		this.path = path;
		this.#lost = lost;
	}

	/**
	 * Reads the members with `read`; whatever it leaves is lost.
	 * @throws Malformed where the value is no object.
	 */
	static read<Result>(value: unknown, path: string, lost: LostFields, read: (fields: Fields) => Result): Result {
		if (!isRecord(value)) throw new Malformed(`${path === "" ? "The body" : path} must be an object.`);
		const fields = new Fields(value, path, lost);
		const result = read(fields);
		fields.#loseRest();
		return result;
	}

	/** The path of a member. */
	at(name: string): string {
		return this.path === "" ? name : `${this.path}.${name}`;
	}

	/** Whatever it is; undefined where it is absent or null. */
	take(name: string): unknown {
		this.#taken.add(name);
		return this.#record[name] ?? undefined;
	}

	/** Says nothing to any account but those of its own format, or repeats what is the rule anyway. */
	skip(...names: readonly string[]): void {
		for (const name of names) this.#taken.add(name);
	}

	/** Lost by decision: the same as not to take it. */
	lose(name: string): void {
		this.#taken.add(name);
		if ((this.#record[name] ?? undefined) !== undefined) this.#lost.add(withoutPlaces(this.at(name)));
	}

	text(name: string): string | undefined {
		return this.#typed(name, "a string", (value): value is string => typeof value === "string");
	}

	number(name: string): number | undefined {
		return this.#typed(name, "a number", (value): value is number => Number.isFinite(value));
	}

	boolean(name: string): boolean | undefined {
		return this.#typed(name, "true or false", (value): value is boolean => typeof value === "boolean");
	}

	list(name: string): readonly unknown[] | undefined {
		return this.#typed(name, "a list", (value): value is readonly unknown[] => Array.isArray(value));
	}

	/** As it is, with all its members. */
	record(name: string): JsonRecord | undefined {
		return this.#typed(name, "an object", isRecord);
	}

	texts(name: string): readonly string[] | undefined {
		const isTexts = (value: unknown): value is readonly string[] =>
			Array.isArray(value) && value.every((item) => typeof item === "string");
		return this.#typed(name, "a list of strings", isTexts);
	}

	oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
		const listed = words.map((word) => `“${word}”`).join(", ");
		return this.#typed(name, `one of ${listed}`, (value): value is Word => words.some((word) => word === value));
	}

	/** A member that is an object, read in the same way. */
	inside<Result>(name: string, read: (fields: Fields) => Result): Result | undefined {
		const value = this.take(name);
		return value === undefined ? undefined : Fields.read(value, this.at(name), this.#lost, read);
	}

	/** A member that is a list of objects, each read in the same way. */
	each<Result>(name: string, read: (fields: Fields, index: number) => Result): readonly Result[] | undefined {
		return this.list(name)?.map((item, index) =>
			Fields.read(item, `${this.at(name)}[${index}]`, this.#lost, (fields) => read(fields, index)),
		);
	}

	/** @throws Malformed always: for what has no sense. */
	wrong(name: string, expected: string): never {
		throw new Malformed(`${this.at(name)} must be ${expected}.`);
	}

	#typed<Value>(name: string, expected: string, isIt: (value: unknown) => value is Value): Value | undefined {
		const value = this.take(name);
		if (value === undefined) return undefined;
		return isIt(value) ? value : this.wrong(name, expected);
	}

	#loseRest(): void {
		for (const name of Object.keys(this.#record)) if (!this.#taken.has(name)) this.lose(name);
	}
}

/** One name for the fields of all items of a list. */
function withoutPlaces(path: string): string {
	return path.replace(/\[\d+\]/g, "[]");
}
