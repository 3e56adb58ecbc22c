/** undici's clocks for headers and bodies, with its own way to let time pass in tests. */
declare module "undici/lib/util/timers.js" {
	const timers: {
		/** @param delay milliseconds. */
		tick(delay: number): void;
	};
	export = timers;
}
