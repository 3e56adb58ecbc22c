// Ten thousand requests over five relays of which two fail at random: npm run test:soak [-- --requests N --seed N]
import { parseArgs } from "node:util";
import { soakPool } from "./poolSoak.ts";

const { values } = parseArgs({
	options: {
		requests: { type: "string", default: "10000" },
		concurrency: { type: "string", default: "64" },
		seed: { type: "string", default: "1" },
	},
});
const requests = Number(values.requests);
/** Bytes by which the memory may differ between two quarters: what a collection leaves differs by as much. */
const allowedGrowth = 2 * 1024 * 1024;
/** Requests between two looks at the memory. */
const pace = Math.max(1, Math.floor(requests / 40));

const collect = globalThis.gc;
if (!collect) throw new Error("The memory can be looked at only under node --expose-gc.");

const memory: number[] = [];
const began = performance.now();
const report = await soakPool({
	requests,
	concurrency: Number(values.concurrency),
	seed: Number(values.seed),
	onProgress: (done) => {
		if (done % pace !== 0) return;
		collect();
		const { heapUsed, external } = process.memoryUsage();
		memory.push(heapUsed + external);
	},
});
const seconds = (performance.now() - began) / 1000;
const middle = median(memory.slice(memory.length / 4, memory.length / 2));
const last = median(memory.slice((memory.length * 3) / 4));
const growth = last - middle;

write(`${requests} requests in ${seconds.toFixed(1)} s, ${report.calls} calls to relays that were reached`);
write(`answered ${report.answered}, of these ${report.moved} by another account than the first`);
write(`excused ${report.excused}, clients that left ${report.left}`);
write(`failures that another account could have answered: ${report.wrong.length}`);
for (const what of report.wrong.slice(0, 10)) write(`  ${what}`);
write(`leaks: ${report.leaks.length === 0 ? "none" : report.leaks.join("; ")}`);
write(`memory: ${mebibytes(middle)} in the second quarter, ${mebibytes(last)} in the last`);
write(`  at each fortieth: ${memory.map((bytes) => (bytes / 1024 / 1024).toFixed(1)).join(" ")}`);
const isFine = report.wrong.length === 0 && report.leaks.length === 0 && growth <= allowedGrowth;
process.exitCode = isFine ? 0 : 1;

function median(numbers: readonly number[]): number {
	return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function mebibytes(bytes: number): string {
	return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

function write(line: string): void {
	process.stdout.write(`${line}\n`);
}
