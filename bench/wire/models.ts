/**
 * What the upstream is to do stands in the model's name, which every target hands on: a request for `bench.paced.7.20.100`
 * gets a stream of 100 events, one each 20 ms.
 */
export type Order =
	/** A small JSON reply. */
	| { readonly kind: "json" }
	/** A short stream: its first word at once, the rest `later`. */
	| { readonly kind: "first" }
	/** Events at an even pace, each with the time at which it was sent. Milliseconds. */
	| { readonly kind: "paced"; readonly interval: number; readonly count: number }
	/** Blocks of events as fast as they are taken; 0: without end. */
	| { readonly kind: "flat"; readonly blocks: number }
	/** Tells length and checksum of the body it got. */
	| { readonly kind: "upload" }
	/** Takes the request and says nothing. */
	| { readonly kind: "silent" };

/** @param id which of the requests that run at once, or ever, this is. */
export function modelFor(order: Order, id: number): string {
	const { kind, ...numbers } = order;
	return ["bench", kind, id, ...Object.values(numbers)].join(".");
}

export interface Ordered {
	readonly id: number;
	readonly order: Order;
}

/** @returns null for a name that orders nothing. */
export function readModel(model: string): Ordered | null {
	const [bench, kind, id, first = "", second = ""] = model.split(".");
	if (bench !== "bench" || id === undefined) return null;
	const order = orderOf(kind ?? "", Number(first), Number(second));
	return order === null ? null : { id: Number(id), order };
}

function orderOf(kind: string, first: number, second: number): Order | null {
	switch (kind) {
		case "json":
		case "first":
		case "upload":
		case "silent":
			return { kind };
		case "paced":
			return { kind, interval: first, count: second };
		case "flat":
			return { kind, blocks: first };
		default:
			return null;
	}
}
