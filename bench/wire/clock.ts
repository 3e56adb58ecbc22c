/** Microseconds of the machine's monotonic clock: the same in every process on it. */
export function monotonicMicroseconds(): number {
	const [seconds, nanoseconds] = process.hrtime();
	return seconds * 1_000_000 + Math.round(nanoseconds / 1000);
}
