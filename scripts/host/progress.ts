/** Seconds between two lines of progress where the output is no terminal. */
const quietInterval = 10;

/** Shows that something long is alive: one line that is redrawn in a terminal, a line every ten seconds in a log. */
export interface Progress {
	end(): void;
}

/** @param latest what is being done now; asked for each time a line is shown. */
export function showProgress(latest: () => string): Progress {
	const began = performance.now();
	const terminal = process.stdout.isTTY === true;
	const show = () => {
		const seconds = Math.round((performance.now() - began) / 1000);
		const line = `  ${seconds} s  ${latest()}`;
		if (terminal) {
			process.stdout.write(`\r\u001b[K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
		} else {
			console.log(line.slice(0, 160));
		}
	};
	const timer = setInterval(show, terminal ? 500 : quietInterval * 1000);
	return {
		end: () => {
			clearInterval(timer);
			if (terminal) {
				process.stdout.write("\r\u001b[K");
			}
			console.log(`  done after ${Math.round((performance.now() - began) / 1000)} s`);
		},
	};
}
