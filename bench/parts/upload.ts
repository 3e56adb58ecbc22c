import type { Lab } from "../lab.ts";
import type { UploadJob, Via } from "../load/jobs.ts";
import { type Part, perUnit } from "./part.ts";

function job({ quick }: Lab, via: Via): UploadJob {
	const bytes = 5 * 2 ** 20;
	const [warmUp, duration] = quick ? [100, 500] : [500, 3000];
	return { kind: "upload", via, connections: 2, rate: null, bytes, warmUp, duration };
}

export const upload: Part = {
	name: "upload",
	title: "Large bodies",
	how: "2 clients, each with one request of 5 MiB after another and a small reply, which tells length and checksum of what came.",
	columns: [
		{ key: "cpu", title: "CPU ms/request", digits: 2 },
		{ key: "p50", title: "p50 ms", digits: 1 },
		{ key: "added", title: "added p50 ms", digits: 1 },
	],
	isFresh: false,
	warmUp: async (lab, via) => {
		await lab.load({ ...job(lab, via), warmUp: lab.quick ? 200 : 1500, duration: 10 });
	},
	measure: async (lab, via) => {
		const { bad, cpu, requests, p50 } = await lab.load(job(lab, via));
		return { bad, cpu: perUnit(cpu, requests), p50 };
	},
	compare: (own, direct) => ({ added: (own["p50"] ?? Number.NaN) - (direct["p50"] ?? Number.NaN) }),
};
