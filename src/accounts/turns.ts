/** Tasks one after the other, in the order in which they came; one that fails does not stop the next. */
export class Turns {
	#last: Promise<unknown> = Promise.resolve();

	take<T>(task: () => Promise<T>): Promise<T> {
		const result = this.#last.then(task);
		this.#last = result.catch(() => undefined);
		return result;
	}
}
