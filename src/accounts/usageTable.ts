/** What is counted for an account, a model and a day. */
export const countNames = ["requests", "failures", "unknown", "input", "output", "cached", "reasoning"] as const;
/**
 * Requests; of them: failures, and those whose tokens nobody told (`unknown`). Tokens in and out; of those in: read from
 * a cache; of those out: reasoning.
 */
export type Counts = Readonly<Record<(typeof countNames)[number], number>>;

export const noCounts: Counts = {
	requests: 0,
	failures: 0,
	unknown: 0,
	input: 0,
	output: 0,
	cached: 0,
	reasoning: 0,
};

/** The models that got no row of their own. */
export const otherModels = "";

/** Rows for one account and day. Clients choose the names of models, and could fill the disk with them. */
const mostModels = 40;
const longestName = 200;

type ByModel = Map<string, Counts>;
type ByDay = Map<string, ByModel>;

export function sumOf(one: Counts, other: Counts): Counts {
	return {
		requests: added(one.requests, other.requests),
		failures: added(one.failures, other.failures),
		unknown: added(one.unknown, other.unknown),
		input: added(one.input, other.input),
		output: added(one.output, other.output),
		cached: added(one.cached, other.cached),
		reasoning: added(one.reasoning, other.reasoning),
	};
}

/** Relays tell what they like; what is no exact count any more could not be read back. */
function added(one: number, other: number): number {
	return Math.min(one + other, Number.MAX_SAFE_INTEGER);
}

/** One line of the table. */
export interface UsageRow {
	readonly accountId: string;
	/** Local date, ISO 8601. */
	readonly day: string;
	/** As the relay names it; `otherModels` for all that have no row of their own. */
	readonly model: string;
	readonly counts: Counts;
}

/** Counts by account, day and model. */
export class UsageTable {
	readonly #accounts = new Map<string, ByDay>();

	get isEmpty(): boolean {
		return this.#accounts.size === 0;
	}

	add({ accountId, day, model, counts }: UsageRow): void {
		const days = this.#accounts.get(accountId) ?? new Map<string, ByModel>();
		const models = days.get(day) ?? new Map<string, Counts>();
		const name = rowName(models, model);
		models.set(name, sumOf(models.get(name) ?? noCounts, counts));
		days.set(day, models);
		this.#accounts.set(accountId, days);
	}

	addAll(other: UsageTable): void {
		for (const row of other.rows()) this.add(row);
	}

	copy(): UsageTable {
		const copy = new UsageTable();
		copy.addAll(this);
		return copy;
	}

	remove(accountId: string): void {
		this.#accounts.delete(accountId);
	}

	has(accountId: string): boolean {
		return this.#accounts.has(accountId);
	}

	/** @param firstDay the oldest that stays. */
	dropBefore(firstDay: string): void {
		for (const [accountId, days] of this.#accounts) {
			for (const day of days.keys()) if (day < firstDay) days.delete(day);
			if (days.size === 0) this.#accounts.delete(accountId);
		}
	}

	*rows(): Generator<UsageRow> {
		for (const accountId of this.#accounts.keys()) yield* this.rowsOf(accountId);
	}

	*rowsOf(accountId: string): Generator<UsageRow> {
		for (const [day, models] of this.#accounts.get(accountId) ?? []) {
			for (const [model, counts] of models) yield { accountId, day, model, counts };
		}
	}
}

function rowName(models: ByModel, model: string): string {
	if (models.has(model)) return model;
	const own = models.size - (models.has(otherModels) ? 1 : 0);
	return own >= mostModels || model.length > longestName || !model.isWellFormed() ? otherModels : model;
}

/** The local date of a moment, as ISO 8601 writes it. @param at milliseconds since 1970. */
export function dayOf(at: number): string {
	const date = new Date(at);
	const two = (part: number) => String(part).padStart(2, "0");
	return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The local date `days` before a moment's; days are counted by the calendar, whatever their length. */
export function dayBefore(at: number, days: number): string {
	const date = new Date(at);
	date.setDate(date.getDate() - days);
	return dayOf(date.getTime());
}
