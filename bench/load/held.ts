import { monotonicMicroseconds } from "../wire/clock.ts";
import { Connection } from "./connection.ts";
import type { HoldJob, LeaveJob, LeaveResult } from "./jobs.ts";
import { readyRequest } from "./request.ts";

/** Milliseconds for the first words of a reply. */
const patience = 15_000;

const held = new Map<number, Connection>();

/** Rejects where the reply that was waited for ends or does not come. */
export async function hold({ via, id, order, until, thenReads }: HoldJob): Promise<null> {
	const connection = new Connection(via.port);
	await connection.open();
	held.set(id, connection);
	const reached = Promise.withResolvers<null>();
	const clock = setTimeout(() => reached.reject(new Error(`Request ${id} got no word.`)), patience);
	connection.send(readyRequest(via, order, id).bytes, {
		onBody: () => {
			if (!thenReads) connection.stopReading();
			reached.resolve(null);
		},
		onEnd: (status) => reached.reject(new Error(`Request ${id} ended with status ${status}.`)),
	});
	if (until === "sent") reached.resolve(null);
	return reached.promise.finally(() => clearTimeout(clock));
}

export async function leave({ id }: LeaveJob): Promise<LeaveResult> {
	const leftAt = monotonicMicroseconds();
	held.get(id)?.close();
	held.delete(id);
	return { leftAt };
}
