import { formats } from "../../src/accounts/account.ts";
import type { Lab } from "../lab.ts";
import type { FirstEventJob, PacedJob, Via } from "../load/jobs.ts";
import { median } from "../statistics.ts";
import { translatingTargets, type Ways } from "../targets/target.ts";
import { type DirectionName, directions, nameOf, titleOf } from "../wire/directions.ts";
import { type Measures, type Part, perUnit } from "./part.ts";

/** 5000 events in a second. */
function events({ quick }: Lab, via: Via): PacedJob {
	return { kind: "paced", via, streams: 100, interval: 20, count: quick ? 25 : 150, openOver: 0 };
}

/** Turns in which the ways of a client are asked for first events, so that what else happens meets all of them alike. */
const turns = 5;

function firstEvents({ quick }: Lab, via: Via): FirstEventJob {
	return { kind: "firstEvent", via, warmUp: quick ? 1 : 5, count: quick ? 4 : 40 };
}

/** What one way came to. */
interface WayMeasures {
	readonly bad: number;
	/** Microseconds an event. */
	readonly cpu: number;
	/** Milliseconds. */
	readonly delay: number;
	readonly first: number;
}

type NamedWay = readonly [name: DirectionName, via: Via];

/** The ways of a client of one format, each after the other. */
async function measureWays(lab: Lab, ways: readonly NamedWay[]): Promise<ReadonlyMap<DirectionName, WayMeasures>> {
	const found = ways.map(([name, via]) => ({ name, via, bad: 0, cpu: 0, delay: 0, firsts: [] as number[] }));
	for (const way of found) {
		const { bad, cpu, events: count, p50 } = await lab.load(events(lab, way.via));
		Object.assign(way, { bad, cpu: perUnit(cpu, count) * 1000, delay: p50 });
	}
	for (let turn = 0; turn < turns; turn += 1) {
		for (const way of found) {
			const { bad, p50 } = await lab.load(firstEvents(lab, way.via));
			way.bad += bad;
			way.firsts.push(p50);
		}
	}
	return new Map(found.map(({ name, bad, cpu, delay, firsts }) => [name, { bad, cpu, delay, first: median(firsts) }]));
}

/** As columns, with what each way takes of what the direct one does. */
function columnsOf(name: DirectionName, own: WayMeasures, direct: WayMeasures | undefined) {
	const columns: Readonly<Record<string, number>> = {
		...own,
		...(direct === undefined || direct === own
			? {}
			: { cpuShare: own.cpu / direct.cpu, firstShare: own.first / direct.first }),
	};
	return Object.entries(columns).map(([column, value]): readonly [string, number] => [`${name}.${column}`, value]);
}

async function measure(lab: Lab, _: Via, ways: Ways): Promise<Measures> {
	const columns: (readonly [string, number])[] = [];
	let bad = 0;
	for (const format of formats) {
		const own = directions
			.filter(({ client }) => client === format)
			.map(nameOf)
			.flatMap((name): readonly NamedWay[] => (ways[name] === undefined ? [] : [[name, ways[name]]]));
		const measured = await measureWays(lab, own);
		const direct = measured.get(nameOf({ client: format, account: format }));
		for (const [name, one] of measured) {
			bad += one.bad;
			columns.push(...columnsOf(name, one, direct));
		}
	}
	return { ...Object.fromEntries(columns), bad };
}

export const translated: Part = {
	name: "translated",
	title: "Translated streams",
	how:
		"a client of each format on an account of each, one after the other, the direct one of the client's format first. CPU: " +
		"100 streams at once, each with an event every 20 ms for 3 s; delay: from an event's sending to its arrival. First " +
		"event: one client, one short stream after another, from the request to the reply's first word; the ways of a client " +
		"in turns, five each. × direct: against the direct one of the same target in the same round. Streams are checked by what " +
		"they say, not byte for byte.",
	columns: [
		{ key: "cpu", title: "CPU µs/event", digits: 1 },
		{ key: "cpuShare", title: "× direct", digits: 2 },
		{ key: "first", title: "first event p50 ms", digits: 3 },
		{ key: "firstShare", title: "× direct", digits: 2 },
		{ key: "delay", title: "delay p50 ms", digits: 3 },
	],
	rows: directions.map((direction) => ({ key: nameOf(direction), title: titleOf(direction) })),
	targets: translatingTargets,
	isFresh: false,
	warmUp: async (lab, _, ways) => {
		for (const via of Object.values(ways)) {
			await lab.load({ ...events(lab, via), count: lab.quick ? 10 : 75 });
			await lab.load({ ...firstEvents(lab, via), warmUp: 0, count: lab.quick ? 10 : 150 });
		}
	},
	measure,
};
